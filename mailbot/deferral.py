"""When a deferred referral comes back: the one day to come that stands in the meeting's words, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from parsers import dates

#: a day later than this was mistyped, or is nothing that a weekly meeting can keep in mind
LONGEST = timedelta(days=2 * 366)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DATE = re.compile(
    rf"\b(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|{_DAY}\s*[./-]\s*\d{{1,2}}(?:\s*[./-]\s*(?:\d{{4}}|\d{{2}}))?\b"
    rf"|{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}}\b)?|{_MONTH}\s+{_DAY}\b(?:,?\s+\d{{4}}\b)?)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:in|for|after)\s+(?P<number>\d{1,2}|an?|one|two|three|four|six)\s+(?P<unit>week|month)s?\b", re.IGNORECASE
)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}


def comes_back_on(words: str, today: date) -> date | None:
    """The day that words such as "after the hearing on 14 January" name; None where they name none to come, or several.

    A day without its year is the next such day; "in 4 weeks" counts from today.
    """
    found = {day for day in _days(words, today) if today < day <= today + LONGEST}
    return found.pop() if len(found) == 1 else None


def _days(words: str, today: date) -> Iterator[date]:
    for one in _DATE.finditer(words):
        if day := _day(one[0], today):
            yield day
    for one in _SPAN.finditer(words):
        number = _NUMBERS.get(one["number"].lower()) or int(one["number"])
        yield today + timedelta(weeks=number) if one["unit"].lower() == "week" else _months_on(today, number)


def _day(text: str, today: date) -> date | None:
    read = dates.day(text)
    if read.value:
        return date.fromisoformat(str(read.value))
    if read.candidates:  # of a year with two digits
        return max(date.fromisoformat(one) for one in read.candidates)
    for year in (today.year, today.year + 1, today.year + 2):  # 29 February may be far
        found = dates.day(f"{re.sub(r'[.]$', '', text)} {year}").value
        if found and date.fromisoformat(str(found)) > today:
            return date.fromisoformat(str(found))
    return None


def _months_on(today: date, number: int) -> date:
    month = today.month - 1 + number
    first = date(today.year + month // 12, month % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(today.day, last.day))
