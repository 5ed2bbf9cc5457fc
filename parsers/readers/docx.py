"""A Word document: each control by its tag, or by the words of its row where a program dropped the tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers import marks
from parsers.answers import TICKED, Written
from parsers.form import Field
from parsers.found import Found
from parsers.match import by_names, by_words
from parsers.readers import Source, rows, typed
from parsers.readers.choices import BESIDE
from parsers.readers.wordxml import Control, Document
from parsers.value import DOUBTFUL, LIKELY
from parsers.write.controls import of_field

MOST_XML = 50 << 20  # far more than any form; a document of this size takes its memory limit to parse


def read(source: Source) -> Found | None:
    """The form in a Word document; None if it holds none."""
    document = Document(source.data, min(source.limits.unpacked_bytes, MOST_XML))
    controls = list(document.controls())
    form = rows.by_subject(document.subject, source)
    form = form or by_names((control.tag for control in controls), source.forms)
    form = form or by_words(document.words, source.forms)
    tagged = by_tag(controls)
    labelled = rows.by_label(document.rows(), form) if form else {}
    if form is None or (rows.too_few(labelled, form) and by_names(tagged, [form]) is None):
        in_text = typed.read_words(source, document.words, "docx")
        if in_text or form is None:
            return in_text
    found = {name: written for field in form.fields for name, written in _written(field, tagged, labelled)}
    return Found(form, found, "word")


def by_tag(controls: list[Control]) -> dict[str, Written]:
    """What stands in the controls of each tag; a tag that was copied with another answer is in conflict."""
    groups: dict[str, list[str]] = {}
    for control in controls:
        groups.setdefault(control.tag, []).append(_inside(control))
    return {tag: _one(tag, texts) for tag, texts in groups.items()}


def _inside(control: Control) -> str:
    if control.ticked is None:
        return typed.clean(control.words)
    # the glyph too: programs that do not know the state still let people replace the box
    return TICKED if control.ticked or marks.marked(control.words).on else ""


def _one(tag: str, texts: list[str]) -> Written:
    where = {"reader": "docx", "tag": tag}
    filled = tuple(dict.fromkeys(text for text in texts if text.strip()))
    if len(filled) > 1:
        return Written("", DOUBTFUL, "this field stands twice and differs", where, filled)
    return Written(filled[0] if filled else "", where=where)


def _written(field: Field, tagged: dict[str, Written], labelled: rows.Cells) -> Iterator[tuple[str, Written]]:
    beside = rows.in_rows(field, labelled, "docx")
    for control in of_field(field):
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
        return replace(outside, confidence=BESIDE, remark="words stand beside the field")
    return replace(inside, confidence=BESIDE, remark="other words stand beside the field")


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
