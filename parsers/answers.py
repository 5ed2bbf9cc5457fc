"""What stands in each control of a returned form -> the answer to each question, by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from parsers import dates, values
from parsers.form import Field, Form
from parsers.reading import Answer
from parsers.value import DOUBTFUL, EXACT, Value

TICKED = "Yes"
_NOT_FOUND = "this question was not found in the file"


@dataclass(frozen=True)
class Written:
    """What stands in one control: words, an option's id or label, or `Yes` in a ticked box."""

    text: str
    confidence: float = EXACT
    remark: str | None = None
    where: dict[str, Any] | None = None
    candidates: tuple[str, ...] = ()  # several things stand there; none of them is the answer

    @property
    def blank(self) -> bool:
        return not (self.text.strip() or self.candidates)


Controls = Mapping[str, Written]
Place = dict[str, Any]  # {"reader": ..., "page": 1-based, "rect": [left, bottom, right, top]}, as far as it is known
_ABSENT = Written("", 0.5, _NOT_FOUND)


def answers(form: Form, controls: Controls, today: date) -> dict[str, Answer]:
    """The answer to every question of the form, by key; null where unanswered."""
    return {key: _answer(field, key, controls, today) for field in form.fields for key in field.keys}


def _answer(field: Field, key: str, controls: Controls, today: date) -> Answer:
    if field.type == "check+name+date":
        return _declaration(field, controls, today)
    multi = field.type.startswith("multi")
    answer = _boxes(field, controls) if multi else _single(field, key, controls, today)
    return _with_text(answer, controls.get(f"{field.id}.text", _ABSENT)) if field.has_text else answer


def _single(field: Field, key: str, controls: Controls, today: date) -> Answer:
    return _made(controls.get(key, _ABSENT), _sense(field, today), field.options)


def _sense(field: Field, today: date) -> Callable[[str], Value]:
    """What makes sense of the words of a question of this type."""
    if field.options:
        return lambda text: values.choice(text, field.options)
    by_type: dict[str, Callable[[str], Value]] = {
        "email": values.email,
        "tel": values.phone,
        "date": lambda text: dates.day(text, latest=today),
        "date~": lambda text: dates.about_day(text, latest=today),
        "monthyear": lambda text: dates.month(text, latest=today),
        "nhsno": values.nhs_number,
        "postcode": values.postcode,
    }
    return by_type.get(field.type, values.text)


def _made(written: Written, sense: Callable[[str], Value], options: Sequence[tuple[str, str]] = ()) -> Answer:
    if written.blank:
        return Answer(None, "", written.confidence, written.where, written.remark)
    labels = dict(options)
    if written.candidates:
        found = tuple(sense(text).value or text for text in written.candidates)
        raw = " / ".join(labels.get(text, text) for text in written.candidates)
        return Answer(None, raw, min(written.confidence, DOUBTFUL), written.where, written.remark, found)
    value = sense(written.text)
    raw = labels.get(written.text, written.text)
    lost = values.text(written.text)  # a lost character makes any answer doubtful
    return Answer(
        value.value,
        raw,
        min(written.confidence, value.confidence, lost.confidence),
        written.where,
        _joined(written.remark, value.remark, lost.remark),
        value.candidates,
    )


def _boxes(field: Field, controls: Controls) -> Answer:
    """A list of the ticked boxes; as sure as the least sure box."""
    boxes = [(key, label, controls.get(f"{field.id}.{key}", _ABSENT)) for key, label in field.options]
    ticked = [(key, label, box) for key, label, box in boxes if not box.blank]
    first, *others = [box for _, _, box in ticked or boxes[:1]]
    return Answer(
        [key for key, _, _ in ticked] or None,
        "; ".join(label for _, label, _ in ticked),
        min(box.confidence for _, _, box in boxes),
        _with_places(first.where, *(box.where for box in others)),
        _joined(*(box.remark for _, _, box in boxes)),
    )


def _with_text(answer: Answer, written: Written) -> Answer:
    beside = _made(written, values.text)
    if answer.value is None and not answer.raw and not beside.raw:
        return answer
    return Answer(
        {"choice": answer.value, "text": beside.value},
        "\n".join(part for part in (answer.raw, beside.raw) if part),
        min(answer.confidence, beside.confidence),
        _with_places(answer.where, beside.where) if answer.raw else _with_places(beside.where, answer.where),
        _joined(answer.remark, beside.remark),
        # of boxes and words, the boxes are what a person confirms
        answer.candidates or beside.candidates,
    )


def _declaration(field: Field, controls: Controls, today: date) -> Answer:
    box = controls.get(field.id, _ABSENT)
    name = _made(controls.get(f"{field.id}.name", _ABSENT), values.text)
    day = _made(controls.get(f"{field.id}.date", _ABSENT), lambda text: dates.signed_day(text, today=today))
    parts = ("" if box.blank else field.label, name.raw, day.raw)
    if not any(parts):
        return Answer(None, "", min(box.confidence, name.confidence), box.where, box.remark)
    return Answer(
        {"checked": not box.blank, "name": name.value, "date": day.value},
        "\n".join(part for part in parts if part),
        min(box.confidence, name.confidence, day.confidence),
        _with_places(box.where, name.where, day.where),
        _joined(box.remark, name.remark, day.remark),
    )


def _with_places(where: Place | None, *others: Place | None) -> Place | None:
    """Where an answer stands, and under `more` where the other parts of it stand on pages."""
    more = [{key: one[key] for key in ("page", "rect")} for one in others if one and {"page", "rect"} <= one.keys()]
    nested = [place for one in (where, *others) if one for place in one.get("more", ())]
    return {**where, "more": [*more, *nested]} if where and (more or nested) else where


def _joined(*remarks: str | None) -> str | None:
    return "; ".join(dict.fromkeys(remark for remark in remarks if remark)) or None
