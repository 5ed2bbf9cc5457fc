"""Dates, times, ages and lists as the NHS writes them: "Wednesday 25 November 2026", "5.30pm", "2 days"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

# strftime would follow the machine's locale
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December")  # fmt: skip
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def full_date(moment: date, zone: ZoneInfo) -> str:
    """A date, or a moment's date in the zone, with its weekday: "Wednesday 25 November 2026"."""
    day = _day(moment, zone)
    return f"{_DAYS[day.weekday()]} {plain_date(day)}"


def short_date(moment: date, zone: ZoneInfo) -> str:
    """A date, or a moment's date in the zone: "25 November 2026"."""
    return plain_date(_day(moment, zone))


def plain_date(day: date) -> str:
    """A date that has no time of day: "25 November 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month(day: date) -> str:
    """The month of a date: "November 2026"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """A moment's time of day in the zone: "10am", "5.30pm", "midday", "midnight"."""
    return wall_time(local(moment, zone).time())


def wall_time(wall: time) -> str:
    """A time of day: "10am", "5.30pm", "midday", "midnight"."""
    if wall.minute == 0 and wall.hour in (0, 12):
        return "midday" if wall.hour else "midnight"
    minutes = f".{wall.minute:02}" if wall.minute else ""
    return f"{(wall.hour - 1) % 12 + 1}{minutes}{'am' if wall.hour < 12 else 'pm'}"


def when(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in the zone: "Wednesday 25 November 2026 at 10am"."""
    return f"{full_date(moment, zone)} at {clock_time(moment, zone)}"


def age(span: timedelta) -> str:
    """How long something has waited, in its largest whole unit: "2 days", "3 hours", "less than a minute"."""
    seconds = int(span.total_seconds())
    for unit, length in _UNITS:
        if seconds >= length:
            return count(seconds // length, unit)
    return "less than a minute"


def count(number: int, singular: str, plural: str = "") -> str:
    """A number of things: "0 new referrals", "1 new referral"."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Items in one sentence: "a", "a and b", "a, b and c"."""
    *head, tail = [*items] or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment on the zone's clock; one without a timezone of its own is refused."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its timezone")
    return moment.astimezone(zone)


def _day(moment: date, zone: ZoneInfo) -> date:
    return local(moment, zone).date() if isinstance(moment, datetime) else moment


def ended(words: str) -> str:
    """A sentence with its full stop, where it does not end in a question of the form."""
    return words if words.endswith(("?", ".", "!")) else f"{words}."
