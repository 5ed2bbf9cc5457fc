"""The Word form filled in, and what other word processors make of it: edited, stripped, saved as another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any

from bench.forms.made import kept_all
from bench.forms.people import People, typed
from bench.forms.returned import Returned
from parsers.write.fill import fill_docx
from tests.parsers import editing
from tests.parsers.crowd import Person
from tests.parsers.fill.clients import libreoffice, libreoffice_typed
from tests.parsers.kit import DOCX, FORM

CHANNEL = "word"

Make = Callable[[Person], bytes]


def _filled(person: Person) -> bytes:
    return fill_docx(DOCX, person.written)


def _edited(*changes: editing.Change) -> Make:
    def make(person: Person) -> bytes:
        data = _filled(person)
        for change in changes:
            data = editing.changed(data, change)
        return data

    return make


def _beside(person: Person) -> bytes:
    """Lists and boxes used, and words typed behind the hints, as where controls cannot be typed into."""
    boxes = dict(filter(None, (_without_words(key, value) for key, value in person.written.items())))
    return editing.changed(fill_docx(DOCX, boxes), editing.typed_beside(typed(person)))


def _without_words(key: str, value: Any) -> tuple[str, Any] | None:
    if isinstance(value, dict):
        return key, {**value, "text": None, "name": None, "date": None}
    return (key, value) if FORM[key.partition(".")[0]].options else None


MAKERS: dict[str, Make] = {
    "controls kept": _filled,
    "tags dropped": _edited(editing.drop_tags),
    "controls stripped": _edited(editing.drop_controls),
    "hints left behind": _edited(editing.leave_hints_behind),
    "questions edited": _edited(editing.edit_questions),
    "boxes as [x]": _edited(editing.drop_the_boxes_and_type_x),
    "tracked changes": _edited(editing.track_changes),
    "typed beside the hints": _beside,
}


class _Batch:
    """One start of LibreOffice for all forms of one kind, when the first of them is asked for."""

    def __init__(
        self, tool: str, convert: Callable[[Sequence[Person]], list[bytes]], persons: Sequence[Person]
    ) -> None:
        self._tool, self._convert, self._persons = tool, convert, persons

    @cached_property
    def made(self) -> list[bytes]:
        of = [typed(person) for person in self._persons]
        return kept_all(lambda: self._convert(self._persons), len(of), self._tool, *of)

    def one(self, number: int) -> Callable[[], bytes]:
        return lambda: self.made[number]


def _saved(kind: str) -> Callable[[Sequence[Person]], list[bytes]]:
    return lambda persons: libreoffice(*map(_filled, persons), to=kind)


def _typed(**how: Any) -> Callable[[Sequence[Person]], list[bytes]]:
    return lambda persons: libreoffice_typed(*((DOCX, typed(person)) for person in persons), **how)


BATCHES: dict[str, tuple[str, Callable[[Sequence[Person]], list[bytes]]]] = {
    "LibreOffice, typed": ("docx", _typed()),
    "LibreOffice, cells typed over": ("docx", _typed(overtype=True)),
    "LibreOffice, saved": ("docx", _saved("docx")),
    "ODT": ("odt", _saved("odt")),
    "RTF": ("rtf", _saved("rtf")),
    "DOC": ("doc", _saved("doc")),
}


def returned(everybody: People) -> Iterator[Returned]:
    """Everybody's form, filled in and saved in each way."""
    for tool, make in MAKERS.items():
        for truth, person in everybody.each():
            yield Returned(CHANNEL, tool, truth, "form.docx", partial(make, person), person.meant)
    for tool, (kind, convert) in BATCHES.items():
        batch = _Batch(tool, convert, [person for _, person in everybody.each()])
        for number, (truth, person) in enumerate(everybody.each()):
            yield Returned(CHANNEL, tool, truth, f"form.{kind}", batch.one(number), person.meant)
