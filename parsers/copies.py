"""Copies of one form in one mail, such as a draft beside its final, or a scan beside the file it was printed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers import alike
from parsers.form import Form
from parsers.reading import Answer, Problem, Reading

_ENOUGH = 5  # answers that both have


def without(readings: Sequence[Reading], forms: Iterable[Form]) -> list[Reading]:
    """These readings with the fullest copy of each form; what another copy says otherwise is shown beside it."""
    by_version = {form.version: form for form in forms}
    kept: list[Reading] = []
    for reading in readings:
        form = by_version.get(reading.form_version or "")
        number = next((number for number, one in enumerate(kept) if form and _of_one(one, reading, form)), None)
        if form is None or number is None:
            kept.append(reading)
        else:
            kept[number] = _fullest(kept[number], reading, form)
    return kept


def _of_one(one: Reading, other: Reading, form: Form) -> bool:
    """Whether two filled-in forms are one. Those of brothers, or of one person by two referrers, are two."""
    if one.form_version != other.form_version:
        return False
    both = _answered(one) & _answered(other)
    sender = form.sender in both and all(reading.answers[form.sender].sure for reading in (one, other))
    if sender and one.answers[form.sender].value != other.answers[form.sender].value:
        return False
    if not all(alike.same(one.answers[key], other.answers[key]) for key in both & set(form.person)):
        return False
    return len(both) >= _ENOUGH and alike.mostly(one, other, both)


def _answered(reading: Reading) -> set[str]:
    return {key for key, answer in reading.answers.items() if answer.raw.strip()}


def _fullest(one: Reading, other: Reading, form: Form) -> Reading:
    """The fuller copy, the later where both are as full (B9)."""
    fuller, less = (one, other) if _fullness(one) > _fullness(other) else (other, one)
    here, there = alike.placed(fuller), alike.placed(less)
    answers = {key: _beside(here[key], there[key]) if key in there else here[key] for key in here}
    differ = [key for key in answers if answers[key] != here[key] or _is_new(here[key], there.get(key))]
    problems = (*fuller.problems, *([_differing(form, differ)] if differ else ()))
    return replace(fuller, files=tuple(dict.fromkeys((*one.files, *other.files))), answers=answers, problems=problems)


def _fullness(reading: Reading) -> int:
    return sum(reading.answers[key].sure for key in _answered(reading))


def _is_new(kept: Answer, other: Answer | None) -> bool:
    """Whether the other copy surely leaves open what this one answers: it was a draft."""
    return bool(kept.raw.strip()) and other is not None and other.sure and not other.raw.strip()


def _beside(kept: Answer, other: Answer) -> Answer:
    if not other.raw.strip() or (kept.value is not None and kept.value == other.value):
        return kept
    if not kept.raw.strip():
        return alike.doubted(other, "only another copy of this form says this")
    if alike.same(kept, other) or (kept.sure and not other.sure):
        return kept  # the other is the same words in doubt, such as a scan of what was typed
    shown = replace(kept, candidates=(alike.said(kept), alike.said(other)))
    return alike.doubted(shown, "another copy of this form says something else")


def _differing(form: Form, keys: Iterable[str]) -> Problem:
    labels = dict.fromkeys(form[key.partition(".")[0]].label for key in keys)
    words = f"Two copies of this form are here, and the fuller one was taken. They differ in: {'; '.join(labels)}"
    return Problem("copies", words if words.endswith("?") else f"{words}.")
