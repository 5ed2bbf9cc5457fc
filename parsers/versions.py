"""A form in an older version -> answers to today's questions; what was not asked then has no answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from parsers.form import Field, Form
from parsers.reading import Answer, Reading
from parsers.value import DOUBTFUL, UNSURE


def up_to_date(readings: Sequence[Reading], forms: Sequence[Form], current: str) -> list[Reading]:
    """These readings with their answers under the ids of version `current`; each still says in which version it came.

    Answers to questions that are no longer asked keep the ids they had.
    """
    by_version = {form.version: form for form in forms}
    today = by_version[current]
    return [
        _mapped(reading, by_version[reading.form_version], today)
        if reading.form_version not in (None, current) and reading.form_version in by_version
        else reading
        for reading in readings
    ]


def _mapped(reading: Reading, old: Form, form: Form) -> Reading:
    answers = dict(pair for field in form.fields for pair in _answers(field, reading, old))
    used = {key for field in form.fields if (was := _was(field, old)) for key in was.keys}
    kept = {key: answer for key, answer in reading.answers.items() if key not in used and key not in answers}
    return replace(reading, answers={**answers, **kept})


def _was(field: Field, old: Form) -> Field | None:
    """The question of the older version that asked this."""
    return next((old[name] for name in (field.id, *field.formerly) if name in old), None)


def _answers(field: Field, reading: Reading, old: Form) -> Iterator[tuple[str, Answer]]:
    was = _was(field, old)
    for key in field.keys if was else ():
        answer = reading.answers.get(_old_key(key, field, was)) if was else None
        if was and answer:
            yield key, _answer(answer, field, was)


def _old_key(key: str, field: Field, was: Field) -> str:
    row = key.partition(".")[2]
    rows = {new: old for old, new in field.renamed if old in dict(was.rows)}
    return f"{was.id}.{rows.get(row, row)}" if row else was.id


def _answer(answer: Answer, field: Field, was: Field) -> Answer:
    if field.type != was.type:
        if not (field.options or was.options):
            return answer  # words are words; what they mean was read when they came
        return replace(answer, value=None, confidence=min(answer.confidence, UNSURE), remark=_OTHERWISE)
    value, lost = _value(answer.value, field) if field.options else (answer.value, False)
    if not lost:
        return replace(answer, value=value)
    return replace(answer, value=value, confidence=min(answer.confidence, DOUBTFUL), remark=_GONE)


_OTHERWISE = "this was asked in another way in the version of the form that came"
_GONE = "a choice that was marked is not offered any more"


def _value(value: Any, field: Field) -> tuple[Any, bool]:
    """A choice, or several, by today's ids; and whether one of them is not there today."""
    if isinstance(value, dict):
        choice, lost = _value(value.get("choice"), field)
        return {**value, "choice": choice}, lost
    if isinstance(value, list):
        named = [_value(one, field)[0] for one in value]
        return [one for one in named if one] or None, None in named
    named_ = dict(field.renamed).get(value, value)
    known = value is None or named_ in dict(field.options)
    return (named_ if known else None), not known
