"""Where each control stands on the pages of a version's blank, as the kept blank itself says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary

from parsers.form import Form
from parsers.readers.plane import Rect
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
    """By pikepdf, ten times as fast as the reader of other people's files: a blank is ours, and whole."""
    controls: dict[str, tuple[Box, ...]] = {}
    with pikepdf.open(blank) as document:
        for number, page in enumerate(document.pages, start=1):
            for widget in page.obj.get("/Annots", Array()):
                if widget.get("/Subtype") == "/Widget":
                    name, box = _name(widget), Box(number, _rect(widget), _state(widget))
                    controls[name] = (*controls.get(name, ()), box)
        return Layout(len(document.pages), controls)


def _name(widget: pikepdf.Object) -> str:
    """The whole name: its own, behind those of what it belongs to (ISO 32000-1 12.7.3.2)."""
    own, above = str(widget.get("/T", "")), widget.get("/Parent")
    return ".".join(filter(None, (_name(above) if above is not None else "", own)))


def _rect(widget: pikepdf.Object) -> Rect:
    x0, y0, x1, y1 = (round(float(one), 1) for one in widget.Rect.as_list())  # as all places are given
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _state(widget: pikepdf.Object) -> str:
    """What a tick in it says; nothing of a place to write."""
    looks = widget.get("/AP", Dictionary()).get("/N")
    if not isinstance(looks, Dictionary):
        return ""
    return next((name.lstrip("/") for name in map(str, looks) if name != "/Off"), "")
