"""A Word document as XML (ISO 29500): its words, its content controls and the rows of its tables."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from parsers.containers import Budget
from parsers.containers.zipped import zip_member
from parsers.marks import OFF, ON
from parsers.reading import Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SUBJECT = "{http://purl.org/dc/elements/1.1/}subject"

# What is deleted, moved away, said twice or about the text is not the text.
_SKIPPED = {
    f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "delInstrText", "sdtPr", "rPr", "pPr", "tcPr")
} | {f"{_MC}Fallback"}
_BREAKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_FALSE = ("0", "false", "off", "none")


@dataclass(frozen=True)
class Control:
    """A content control: the tag it has, its words, and of a box to tick whether it is ticked."""

    tag: str
    words: str
    ticked: bool | None


class Document:
    """The parts of a Word document that a form is read from; raises Unreadable where there are none."""

    def __init__(self, data: bytes, most_bytes: int) -> None:
        budget = Budget(most_bytes)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._body = _parsed(zip_member(archive, "word/document.xml", budget))
                core = "docProps/core.xml"
                self._core = _parsed(zip_member(archive, core, budget)) if core in archive.namelist() else None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            NotImplementedError,
            etree.XMLSyntaxError,
        ):
            raise Unreadable("damaged", "This Word document is damaged. Please send it again.") from None

    @property
    def subject(self) -> str:
        found = self._core.find(_SUBJECT) if self._core is not None else None
        return (found.text or "") if found is not None else ""

    @property
    def words(self) -> str:
        return words(self._body)

    def controls(self) -> Iterator[Control]:
        """The content controls that have a tag."""
        for element in self._body.iter(f"{W}sdt"):
            about, content = element.find(f"{W}sdtPr"), element.find(f"{W}sdtContent")
            tag = about.find(f"{W}tag") if about is not None else None
            if about is not None and content is not None and tag is not None:
                yield Control(tag.get(f"{W}val") or "", words(content), _ticked(about))

    def rows(self) -> Iterator[tuple[str, str]]:
        """Of each table row with an answer: the first line of its first cell, the words of the others."""
        for row in self._body.iter(f"{W}tr"):
            cells = [cell for child in row for cell in _cells(child)]
            if len(cells) > 1:
                first = words(cells[0]).strip().partition("\n")[0]
                yield first, "\n".join(words(cell) for cell in cells[1:]).strip("\n")


def words(element: Any) -> str:
    """The words a reader sees, a line for each paragraph: what was inserted, not what was deleted."""
    return "".join(_pieces(element)).rstrip("\n")


def _pieces(element: Any) -> Iterator[str]:
    tag = element.tag
    if tag in _SKIPPED or not isinstance(tag, str):
        return
    if tag == f"{W}t":
        yield element.text or ""
    elif tag in _BREAKS:
        yield _BREAKS[tag]
    elif tag == f"{W}sym":
        yield _symbol(element.get(f"{W}char") or "")
    elif tag == f"{W}ffData":
        yield _old_box(element)
    elif tag == f"{W}sdt" and _is_ticked(element):
        yield _tick(element)
    else:
        for child in element:
            yield from _pieces(child)
        if tag == f"{W}p":
            yield "\n"


def _is_ticked(control: Any) -> bool:
    about = control.find(f"{W}sdtPr")
    return about is not None and bool(_ticked(about))


def _tick(control: Any) -> str:
    """A box that is ticked, whatever is drawn: programs set its state and leave the empty box, or both boxes."""
    inside = "".join(piece for child in control for piece in _pieces(child))
    drawn = inside.strip()
    return inside.replace(drawn, "☒") if drawn and set(drawn) <= {*ON, *OFF} else f"☒{inside}"


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _old_box(element: Any) -> str:
    box = element.find(f"{W}checkBox")
    if box is None:
        return ""
    state = box.find(f"{W}checked")
    state = box.find(f"{W}default") if state is None else state
    return "☒" if state is not None and state.get(f"{W}val", "1") not in _FALSE else "☐"


def _ticked(about: Any) -> bool | None:
    box = about.find(f"{W14}checkbox")
    if box is None:
        return None
    state = box.find(f"{W14}checked")
    return state is not None and state.get(f"{W14}val", "1") not in _FALSE


def _cells(child: Any) -> Iterator[Any]:
    # a cell may stand inside a content control or an insertion of its own
    if child.tag == f"{W}tc":
        yield child
    elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins"):
        for inner in child:
            yield from _cells(inner)


def _parsed(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)
