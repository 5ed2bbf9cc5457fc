"""Rows of a table, the question before its answer: how a form is read where a program dropped its field names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from parsers import marks
from parsers.answers import TICKED, Written
from parsers.form import Field, Form
from parsers.found import Found
from parsers.match import NEAR, Near, by_words, nearest
from parsers.places import labels_of
from parsers.readers import Source, choices, typed
from parsers.reading import Unreadable
from parsers.value import UNSURE
from parsers.write.controls import of_field
from parsers.write.hints import SUBJECT

#: With fewer questions than this found in rows, the form stands in the text and not in its tables.
_FEW = 0.2

Row = tuple[str, str]
Cells = dict[str, tuple[Near, str]]


def read(source: Source, reader: str, rows: Iterable[Row], words: str, subject: str = "") -> Found | None:
    """The form in a word processor's document; None if it holds none.

    `rows` are pairs of question and answer, `words` all the words of the document, `subject` that of its properties.
    """
    form = by_subject(subject, source) or by_words(words, source.forms)
    found = by_label(rows, form) if form else {}
    if form is None or too_few(found, form):
        in_text = typed.read_words(source, words, reader)
        if in_text or form is None:
            return in_text
    written = {name: one for field in form.fields for name, one in in_rows(field, found, reader).items()}
    return Found(form, written, "word")


def by_subject(subject: str, source: Source) -> Form | None:
    """The version of the form that a document's properties name; raises Unreadable where we do not have it."""
    if not subject.startswith(SUBJECT):
        return None
    version = subject.removeprefix(SUBJECT)
    for form in source.forms:
        if form.version == version:
            return form
    raise Unreadable("unknown_version", "This is our form in a version that we do not have.")


def too_few(found: Cells, form: Form) -> bool:
    """Whether hardly a question stands in a row of its own: then the answers stand in the text."""
    return len(found) < _FEW * len(form.fields)


def by_label(rows: Iterable[Row], form: Form) -> Cells:
    """The answer of each question, row of a matrix and line beside boxes, by the words before it."""
    known = [(name, label) for field in form.fields for name, label in labels_of(field)]
    cells: Cells = {}
    for label, cell in rows:
        near = nearest(label, known)
        if near:
            cells[near.key] = _surer(cells.get(near.key), (near, cell))
    return cells


def _surer(one: tuple[Near, str] | None, other: tuple[Near, str]) -> tuple[Near, str]:
    """Of two rows with one question, the one that has its very words; where both have, what stands in either."""
    if one is None or other[0].score > one[0].score:
        return other
    if other[0].score < one[0].score or one[1] == other[1] or not other[1].strip():
        return one
    return other if not one[1].strip() else (Near(one[0].key, NEAR), f"{one[1]}\n{other[1]}")


def in_rows(field: Field, rows: Cells, reader: str) -> dict[str, Written]:
    """What stands in the controls of this question; those without a row are not there."""
    controls = of_field(field)
    boxes = {control.name: control.label for control in controls if control.kind == "tick"}
    if field.type.startswith("multi") and field.id in rows:
        found = _boxes(boxes, *rows[field.id], reader)
    else:
        found = {name: _box(*rows[name], reader) for name in boxes if name in rows}
    for control in controls:
        if control.kind != "tick" and control.name in rows:
            found[control.name] = _cell(*rows[control.name], reader)
    return found


def _cell(near: Near, cell: str, reader: str) -> Written:
    return Written(typed.clean(cell), near.confidence, where=_row(near, reader))


def _box(near: Near, cell: str, reader: str) -> Written:
    ticked = marks.single(cell)
    if ticked is None:
        return Written(typed.clean(cell), UNSURE, "words stand where a tick was expected", _row(near, reader))
    return Written(TICKED if ticked else "", near.confidence, where=_row(near, reader))


def _boxes(boxes: dict[str, str], near: Near, cell: str, reader: str) -> dict[str, Written]:
    """Which boxes of a list are ticked, by line; words that are none of them make the answer doubtful."""
    blank = Written("", near.confidence, where=_row(near, reader))
    found, rest = choices.several(blank, typed.clean(cell).splitlines(), list(boxes.items()))
    if rest:
        return {name: replace(one, confidence=UNSURE, remark=choices.OTHER_WORDS) for name, one in found.items()}
    return found


def _row(near: Near, reader: str) -> dict[str, str]:
    return {"reader": reader, "row": near.key}
