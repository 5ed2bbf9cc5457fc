"""Where each control stands on the pages of a version's blank, as the kept blank itself says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pypdfium2

from parsers.form import Form
from parsers.readers.objects import Rect
from parsers.readers.widgets import fields
from parsers.reading import Unreadable
from parsers.write import BLANK_FILES


@dataclass(frozen=True)
class Box:
    """A place to write or to tick: its page from 1, its rectangle in points, and what a tick in it says."""

    page: int
    rect: Rect
    state: str


@dataclass(frozen=True)
class Layout:
    """How many pages a blank has, and the boxes of each control by its name."""

    pages: int
    controls: Mapping[str, tuple[Box, ...]]

    def on(self, page: int) -> dict[str, tuple[Box, ...]]:
        """The controls of this page; none stands on two."""
        return {name: boxes for name, boxes in self.controls.items() if boxes[0].page == page}


def layout(form: Form) -> Layout:
    """The layout of a form; raises Unreadable where its blank is not kept."""
    blank = form.folder and form.folder / BLANK_FILES[0]
    if not (blank and blank.is_file()):
        raise Unreadable("unknown_version", "This is a print of our form in a version whose blank was not kept.")
    changed = blank.stat()
    return _read(blank, (changed.st_mtime_ns, changed.st_size))


@lru_cache(maxsize=4)
def _read(blank: Path, _changed: tuple[int, int]) -> Layout:
    data = blank.read_bytes()
    controls: dict[str, tuple[Box, ...]] = {}
    for widget in fields(data).widgets:
        if widget.page is not None and widget.rect is not None:
            box = Box(widget.page, widget.rect, widget.states[0] if widget.states else "")
            controls[widget.name] = (*controls.get(widget.name, ()), box)
    return Layout(len(pypdfium2.PdfDocument(data)), controls)
