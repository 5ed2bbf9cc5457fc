"""The fields of a PDF as they stand in the file, from the form and from the pages, and what is drawn over them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfplumber.pdf import PDF
from pdfplumber.utils.pdfinternals import resolve

from parsers.readers.objects import array, decoded, dictionary, identity, rectangle, text
from parsers.readers.plane import Rect

DEEPEST = 16  # levels of a field's name, and of its parents
MOST_FIELDS = 20_000
_RADIO = 1 << 15  # ISO 32000-1 table 226
_OFF = ("", "Off")


@dataclass(frozen=True)
class Widget:
    """One place of a field: its whole name, what is stored for it and, of a button, its states."""

    name: str
    button: bool
    radio: bool
    stored: tuple[str, ...]  # from the widget upwards
    shown: str
    states: tuple[str, ...]  # that it can show
    page: int | None
    rect: Rect | None

    @property
    def where(self) -> dict[str, Any]:
        """Where an answer stood, as a reading says it."""
        place = {"page": self.page, "rect": self.rect and list(self.rect)}
        return {"reader": "acroform", **{name: value for name, value in place.items() if value is not None}}


@dataclass(frozen=True)
class Note:
    """Words that somebody drew over a page."""

    words: str
    page: int
    rect: Rect


@dataclass(frozen=True)
class Fields:
    """What a PDF says about its form."""

    version: str | None
    widgets: tuple[Widget, ...]
    notes: tuple[Note, ...]


def fields(data: bytes) -> Fields:
    """The fields of a PDF; raises whatever pdfminer makes of a damaged one."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        version = document.metadata.get("MailbotForm")
        on_pages = list(_annotations(document))
        found = {key: (one, page) for key, one, page in on_pages if decoded(one.get("Subtype")) == "Widget"}
        # Preview saved forms whose /Fields named 3 of 653, others empty it: the pages have them all.
        for key, leaf in _leaves(array(dictionary(document.doc.catalog.get("AcroForm")).get("Fields"))):
            found.setdefault(key, (leaf, None))
        widgets = [_widget(leaf, page) for leaf, page in found.values()]
        notes = [note for _, one, page in on_pages if (note := _note(one, page))]
    named = tuple(widget for widget in widgets if widget.name)
    return Fields(str(version) if version else None, named, tuple(notes))


def state(name: str) -> str:
    """A button's state without what programs put before it; `` where it is off."""
    bare = name.lstrip("/")  # a name written with its slash is stored as //male
    return "" if bare in _OFF else bare


def _annotations(document: PDF) -> Iterator[tuple[object, dict[str, Any], int | None]]:
    for number, page in enumerate(document.pages, start=1):
        for reference in array(page.page_obj.annots)[:MOST_FIELDS]:
            yield identity(reference), dictionary(reference), number


def _leaves(top: list[Any]) -> Iterator[tuple[object, dict[str, Any]]]:
    """The fields without kids; each once, however often or deep it is named."""
    waiting, seen = [(reference, 0) for reference in top], set[object]()
    while waiting and len(seen) < MOST_FIELDS:
        reference, depth = waiting.pop()
        key, field = identity(reference), dictionary(reference)
        if key in seen or depth > DEEPEST:
            continue
        seen.add(key)
        kids = array(field.get("Kids"))
        if kids:
            waiting += [(kid, depth + 1) for kid in kids]
        else:
            yield key, field


def _widget(leaf: dict[str, Any], page: int | None) -> Widget:
    line = list(_upwards(leaf))
    names = [text(one["T"]) for one in line if one.get("T") is not None]
    if len(names) > 1 and len(set(names)) == 1:
        names = names[:1]  # a kid that repeats its group's name
    kind = next((decoded(one["FT"]) for one in line if "FT" in one), "")
    flags = next((resolve(one["Ff"]) for one in line if "Ff" in one), 0)
    states = map(state, dictionary(dictionary(leaf.get("AP")).get("N")))
    return Widget(
        name=".".join(reversed([name for name in names if name])),
        # by its type alone: Poppler gives text fields an appearance state too
        button=kind == "Btn",
        radio=isinstance(flags, int) and bool(flags & _RADIO),
        stored=tuple(text(one["V"]) for one in line if "V" in one),
        shown=state(text(leaf.get("AS"))),
        states=tuple(filter(None, states)),
        page=page,
        rect=rectangle(leaf),
    )


def _upwards(leaf: dict[str, Any]) -> Iterator[dict[str, Any]]:
    seen: set[int] = set()
    while leaf and id(leaf) not in seen and len(seen) <= DEEPEST:
        seen.add(id(leaf))
        yield leaf
        leaf = dictionary(leaf.get("Parent"))


def _note(one: dict[str, Any], page: int | None) -> Note | None:
    words, rect = text(one.get("Contents")).strip(), rectangle(one)
    drawn = decoded(one.get("Subtype")) == "FreeText"
    return Note(words, page, rect) if drawn and words and rect and page is not None else None
