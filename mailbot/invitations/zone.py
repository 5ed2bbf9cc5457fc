"""VTIMEZONE: a zone's clock changes as yearly rules, which is the one shape that every calendar program reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@lru_cache(maxsize=16)
def timezone(zone: ZoneInfo, year: int) -> Timezone:
    """The zone with the rules of the year before, which have begun by then: "the last Sunday in March"."""
    found = Timezone()
    found.add("tzid", zone.key)
    for before, after in _changes(zone, year - 1):
        found.add_component(_rule(before, after))
    if not found.subcomponents:  # clocks never change here
        moment = datetime(year - 1, 1, 1, tzinfo=zone)
        found.add_component(_observance(moment, moment))
    return found


def _changes(zone: ZoneInfo, year: int) -> Iterator[tuple[datetime, datetime]]:
    """The last minute before and the first after each clock change of a year, on the wall."""
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment.year == year:
        if _offset(moment, zone) != _offset(moment + _HOUR, zone):
            while _offset(moment, zone) == _offset(moment + _MINUTE, zone):
                moment += _MINUTE
            yield moment.astimezone(zone), (moment + _MINUTE).astimezone(zone)
        moment += _HOUR


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def _rule(before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    """One change, every year: it begins where the clock would have stood without it (RFC 5545 3.6.5)."""
    found = _observance(before, after)
    day = found.DTSTART
    last = (day + timedelta(weeks=1)).month != day.month
    which = -1 if last else (day.day + 6) // 7
    found.add("rrule", vRecur(freq="YEARLY", bymonth=day.month, byday=f"{which}{_DAYS[day.weekday()]}"))
    return found


def _observance(before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    was, now = before.utcoffset(), after.utcoffset()
    assert was is not None
    assert now is not None
    found = TimezoneDaylight() if now > was else TimezoneStandard()  # in Dublin too, where the law has it reversed
    found.add("tzname", after.tzname())
    found.TZOFFSETFROM, found.TZOFFSETTO = was, now
    found.DTSTART = (after.replace(tzinfo=None) - now + was).replace(second=0)
    return found
