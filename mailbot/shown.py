"""An answer as people read it: the form's own words for options, dates in full, and what is not sure marked as such."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import phonenumbers

from mailbot import wording
from parsers.form import Field, Form
from parsers.reading import Answer

NOT_ANSWERED = "Not answered"
PLEASE_CHECK = "please check: "


def label(form: Form, key: str) -> str:
    """What is asked, by the key of its answer: of a table, its row; a key that no form knows is itself."""
    field_id, _, row = key.partition(".")
    if field_id not in form:
        return key
    return dict(form[field_id].rows).get(row, form[field_id].label)


def shown(field: Field, answer: Answer | None) -> str:
    """One answer in words; empty where there is none. What is not sure is shown as it was written, never as read."""
    if answer is None:
        return ""
    if not answer.sure:
        written = answer.raw.strip() or in_words(field, answer.value) or answer.remark
        return f"{PLEASE_CHECK}{written}" if written else ""
    return in_words(field, answer.value) or answer.raw.strip()


def signs(field: Field, answers: Mapping[str, Answer]) -> list[tuple[str, str]]:
    """A matrix the short way: each option with the rows it was given for, then what is not sure and not answered."""
    options = dict(field.options)
    given: dict[str, list[str]] = {label: [] for label in (*options.values(), "To check", NOT_ANSWERED)}
    for row, label in field.rows:
        answer = answers.get(f"{field.id}.{row}")
        if answer is None or (answer.value is None and not answer.raw.strip()):
            given[NOT_ANSWERED].append(label)
        elif not answer.sure or answer.value not in options:
            given["To check"].append(f"{label} ({answer.raw.strip() or options.get(answer.value, 'unclear')})")
        else:
            given[options[answer.value]].append(label)
    return [(option, "; ".join(labels)) for option, labels in given.items() if labels]


def in_words(field: Field, value: Any) -> str:
    """A value in words, whatever was stored: a value of another shape is shown as it is rather than not at all."""
    if value in (None, "", []):
        return ""
    if isinstance(value, dict):
        return _with_text(field, value)
    if isinstance(value, list | tuple):
        return ", ".join(_option(field, item) for item in value)
    try:
        by_type = _BY_TYPE.get(field.type)
        return by_type(field, str(value)) if by_type else _option(field, value)
    except (ValueError, phonenumbers.NumberParseException):
        return str(value)


def aged(born: Any, on: date) -> int | None:
    """Whole years on a day, from an ISO date of birth that is in the past."""
    try:
        day = date.fromisoformat(str(born))
    except ValueError:
        return None
    years = on.year - day.year - ((on.month, on.day) < (day.month, day.day))
    return years if years >= 0 else None


def _with_text(field: Field, value: Mapping[str, Any]) -> str:
    if "checked" in value:
        name = str(value.get("name") or "no name given")
        day = value.get("date")
        return f"{'Ticked' if value['checked'] else 'Not ticked'}, {name}{', ' + _date(field, day) if day else ''}"
    parts: Sequence[str] = (in_words(field, value.get("choice")), str(value.get("text") or "").strip())
    return ": ".join(part for part in parts if part)


def _option(field: Field, value: Any) -> str:
    return dict(field.options).get(value, str(value))


def _date(_field: Field, value: str) -> str:
    return wording.plain_date(date.fromisoformat(value))


def _month(_field: Field, value: str) -> str:
    return wording.month(date.fromisoformat(f"{value}-01"))


def _telephone(_field: Field, value: str) -> str:
    number = phonenumbers.parse(value, "GB")
    extension, number.extension = number.extension, None
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return f"{national} ext {extension}" if extension else str(national)


def _nhs_number(_field: Field, value: str) -> str:
    return f"{value[:3]} {value[3:6]} {value[6:]}"


_BY_TYPE: Mapping[str, Callable[[Field, str], str]] = {
    "date": _date,
    "date~": _date,
    "monthyear": _month,
    "tel": _telephone,
    "nhsno": _nhs_number,
}
