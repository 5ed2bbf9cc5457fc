"""Dates as people write them, day first and never guessed: text -> ISO date or month, and what was odd."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from parsers.value import DOUBTFUL, EXACT, LIKELY, Value

EARLIEST = 1900  # nobody referred was born, and nothing reported happened, before

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_NAME = r"(?P<month>[a-z]{3,9})"
_NUMBER_OR_NAME = r"(?P<month>\d{1,2}|[a-z]{3,9})"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_GAP = r"(?:\s*[./,-]\s*|\s+)"
_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}{_GAP}(?:of\s+)?{_NUMBER_OR_NAME}\.?{_GAP}{_YEAR}",
        rf"{_DAY}{_NAME}{_YEAR}",
        rf"(?P<year>\d{{4}}){_GAP}(?P<month>\d{{1,2}}){_GAP}(?P<day>\d{{1,2}})",
        # month first only by name, where it cannot be mistaken for the day
        rf"{_NAME}\.?\s+{_DAY}(?:\s*,\s*|\s+)(?P<year>\d{{4}})",
    )
)
_MONTHS_OF_YEARS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NUMBER_OR_NAME}\.?{_GAP}(?:of\s+)?(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}}){_GAP}{_NUMBER_OR_NAME}",
        r"(?P<month>\d{1,2})\s*[./-]\s*(?P<year>\d{2})",
    )
)
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s*")
_ABOUT = re.compile(r"^(?:about|around|approx(?:imately|\.)?|roughly|circa|c\.|in|on|since|~)\s*")


class _Parts(NamedTuple):
    day: int
    month: int  # 0: a word that is no month
    year: str


def day(text: str, *, latest: date | None = None) -> Value:
    """A full date as `1985-03-27`; null where vague, impossible, of two-digit year or after `latest`."""
    parts = _day_parts(_tidy(text))
    if parts is None:
        return Value(None, DOUBTFUL, "not a full date with day, month and year")
    if len(parts.year) == 2:
        return Value(None, DOUBTFUL, "the year has only two digits", _centuries(parts, latest))
    when = _date(parts)
    if when is None or when.year < EARLIEST:
        return Value(None, DOUBTFUL, "there is no such date, read day first")
    if latest is not None and when > latest:
        return Value(None, DOUBTFUL, "the date is in the future", (when.isoformat(),))
    return Value(when.isoformat(), EXACT)


def signed_day(text: str, *, today: date) -> Value:
    """The date beside a declaration: as `day`, but a two-digit year can only be a year around today."""
    found = day(text)
    near = [one for one in found.candidates if abs((date.fromisoformat(one) - today).days) < 400]
    if found.value is None and len(near) == 1:
        return Value(near[0], LIKELY, found.remark)
    return found


def about_day(text: str, *, latest: date | None = None) -> Value:
    """A date or an estimate: ISO where a full date stands there, else null: the words are the answer."""
    tidy = _tidy(text)
    exact = _ABOUT.sub("", tidy)
    if _day_parts(exact) is None:
        return Value(None, LIKELY, "approximate")
    return _approximately(day(exact, latest=latest), exact != tidy)


def month(text: str, *, latest: date | None = None) -> Value:
    """A month as `2024-03`; null with the words as the answer where only an estimate stands there."""
    tidy = _tidy(text)
    exact = _ABOUT.sub("", tidy)
    parts = _month_parts(exact)
    if parts is None:
        return Value(None, LIKELY, "approximate")
    if len(parts.year) == 2:
        return Value(None, DOUBTFUL, "the year has only two digits")
    when = _date(parts)
    if when is None or when.year < EARLIEST:
        return Value(None, DOUBTFUL, "there is no such month")
    if latest is not None and when > latest:
        return Value(None, DOUBTFUL, "the date is in the future", (f"{when:%Y-%m}",))
    return _approximately(Value(f"{when:%Y-%m}", EXACT), exact != tidy)


def _tidy(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().strip().rstrip(".")
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", plain)
    return _WEEKDAY.sub("", re.sub(r"\s+", " ", plain))


def _approximately(value: Value, about: bool) -> Value:
    return replace(value, confidence=LIKELY, remark="approximate") if about and value.value else value


def _day_parts(tidy: str) -> _Parts | None:
    for pattern in _DAYS:
        found = pattern.fullmatch(tidy)
        if found and (found["month"].isdigit() or _month_number(found["month"])):
            return _Parts(int(found["day"]), _month_number(found["month"]), found["year"])
    return None


def _month_parts(tidy: str) -> _Parts | None:
    whole = _day_parts(tidy)
    if whole:
        return whole
    for pattern in _MONTHS_OF_YEARS:
        found = pattern.fullmatch(tidy)
        if found and (found["month"].isdigit() or _month_number(found["month"])):
            return _Parts(1, _month_number(found["month"]), found["year"])
    return None


def _month_number(word: str) -> int:
    if word.isdigit():
        return int(word)
    known = word in _MONTH_NAMES or word in _MONTHS or word == "sept"
    return _MONTHS.index(word[:3]) + 1 if known else 0


def _date(parts: _Parts) -> date | None:
    try:
        return date(int(parts.year), parts.month, parts.day)
    except ValueError:
        return None


def _centuries(parts: _Parts, latest: date | None) -> tuple[str, ...]:
    whole = (_date(parts._replace(year=century + parts.year)) for century in ("19", "20"))
    return tuple(when.isoformat() for when in whole if when and (latest is None or when <= latest))
