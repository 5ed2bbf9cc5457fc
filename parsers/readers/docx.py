"""A Word document: each control by its tag, or by the words of its row where a program dropped the tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers import marks
from parsers.answers import TICKED, Written
from parsers.form import Field, Form
from parsers.match import Near, by_names, by_words, nearest
from parsers.readers import Source, returned
from parsers.readers.wordxml import Control, Document
from parsers.reading import Reading, Unreadable
from parsers.value import DOUBTFUL, LIKELY, UNSURE
from parsers.write.controls import of_field
from parsers.write.docx import PLACEHOLDERS, SUBJECT

_MOST_XML = 50 << 20  # far more than any form; a document of this size takes its memory limit to parse
_BESIDE = 0.7  # measured: words in the cell that are not in its control

# Programs wrap and glue what stands in an empty control.
_PLACEHOLDER = re.compile("|".join(r"\s*".join(map(re.escape, words.split())) for words in PLACEHOLDERS))


def read(source: Source) -> Reading | None:
    """The form in a Word document; None if it holds none."""
    document = Document(source.data, min(source.limits.unpacked_bytes, _MOST_XML))
    controls = list(document.controls())
    form = _form(document, controls, source)
    if form is None:
        return None
    tagged, rows = _by_tag(controls), _by_label(document, form)
    found = {name: written for field in form.fields for name, written in _written(field, tagged, rows)}
    return returned(source, form, found, "word")


def _form(document: Document, controls: list[Control], source: Source) -> Form | None:
    if document.subject.startswith(SUBJECT):
        version = document.subject.removeprefix(SUBJECT)
        for form in source.forms:
            if form.version == version:
                return form
        raise Unreadable("unknown_version", "This is our form in a version that we do not have.")
    return by_names((control.tag for control in controls), source.forms) or by_words(document.words, source.forms)


def _by_tag(controls: list[Control]) -> dict[str, Written]:
    """What stands in the controls of each tag; a tag that was copied with another answer is in conflict."""
    groups: dict[str, list[str]] = {}
    for control in controls:
        groups.setdefault(control.tag, []).append(_inside(control))
    return {tag: _one(tag, texts) for tag, texts in groups.items()}


def _inside(control: Control) -> str:
    if control.ticked is None:
        return _clean(control.words)
    # the glyph too: programs that do not know the state still let people replace the box
    return TICKED if control.ticked or marks.marked(control.words).on else ""


def _one(tag: str, texts: list[str]) -> Written:
    where = {"reader": "docx", "tag": tag}
    filled = tuple(dict.fromkeys(text for text in texts if text.strip()))
    if len(filled) > 1:
        return Written("", DOUBTFUL, "this field stands twice and differs", where, filled)
    return Written(filled[0] if filled else "", where=where)


def _by_label(document: Document, form: Form) -> dict[str, tuple[Near, str]]:
    """The answer cell of each question, row of a matrix and line beside boxes, by the words before it."""
    labels = [(name, label) for field in form.fields for name, label in _labels(field)]
    cells: dict[str, tuple[Near, str]] = {}
    for label, cell in document.rows():
        near = nearest(label, labels)
        if near and (near.key not in cells or near.score > cells[near.key][0].score):
            cells[near.key] = (near, cell)
    return cells


def _labels(field: Field) -> Iterator[tuple[str, str]]:
    if field.type.startswith("multi"):
        yield field.id, field.label
    for control in of_field(field):
        if not (field.type.startswith("multi") and control.kind == "tick"):
            yield control.name, control.label


def _written(
    field: Field, tagged: dict[str, Written], rows: dict[str, tuple[Near, str]]
) -> Iterator[tuple[str, Written]]:
    controls = of_field(field)
    boxes = {control.name: control.label for control in controls if control.kind == "tick"}
    if field.type.startswith("multi") and field.id in rows:
        beside = _boxes(boxes, *rows[field.id])
    else:
        beside = {name: _box(*rows[name]) for name in boxes if name in rows}
    for control in controls:
        if control.kind != "tick" and control.name in rows:
            beside[control.name] = _cell(*rows[control.name])
        inside, outside = tagged.get(control.name), beside.get(control.name)
        if inside or outside:
            yield control.name, _either(inside, outside)


def _either(inside: Written | None, outside: Written | None) -> Written:
    """What stands in the control, unless its cell says more."""
    if inside is None or outside is None:
        found = inside or outside
        assert found is not None
        return found
    if outside.blank or inside.candidates or _bare(inside.text) == _bare(outside.text):
        return inside
    if inside.blank:
        return replace(outside, confidence=min(outside.confidence, LIKELY))
    if _bare(inside.text) in _bare(outside.text):
        return replace(outside, confidence=_BESIDE, remark="words stand beside the field")
    return replace(inside, confidence=_BESIDE, remark="other words stand beside the field")


def _cell(near: Near, cell: str) -> Written:
    return Written(_clean(cell), near.confidence, where=_row(near))


def _box(near: Near, cell: str) -> Written:
    ticked = marks.single(cell)
    if ticked is None:
        return Written(_clean(cell), UNSURE, "words stand where a tick was expected", _row(near))
    return Written(TICKED if ticked else "", near.confidence, where=_row(near))


def _boxes(boxes: dict[str, str], near: Near, cell: str) -> dict[str, Written]:
    """Which boxes of a list are ticked, by line; where all boxes are gone, the lines that are left are."""
    found = {name: Written("", near.confidence, where=_row(near)) for name in boxes}
    lines = [marks.marked(line) for line in cell.splitlines() if line.strip()]
    boxless = all(line.on is None for line in lines)
    for line in lines:
        option = nearest(line.words, boxes.items())
        if option and (line.on or boxless):
            confidence = min(near.confidence, option.confidence, 0.85 if line.typed or boxless else 1)
            remark = "marked by hand" if line.typed else "the boxes are gone; this line is left" if boxless else None
            found[option.key] = Written(TICKED, confidence, remark, _row(near))
    return found


def _row(near: Near) -> dict[str, str]:
    return {"reader": "docx", "row": near.key}


def _clean(text: str) -> str:
    return _PLACEHOLDER.sub("", text).strip()


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
