"""Which meeting: its start, cut-off and digest, from wall times that stay put when the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile
from typing import get_args

from mailbot.settings import Day, MeetingSettings

_DAYS = get_args(Day)
_WEEK = timedelta(days=7)
#: Digests older than this are never sent late: their meetings are history.
LONGEST_SILENCE = 8 * _WEEK


@dataclass(frozen=True)
class Meeting:
    """One weekly meeting; the moments are UTC."""

    date: date
    starts_at: datetime
    cut_off: datetime
    digest_at: datetime


def meeting_on(day: date, rules: MeetingSettings) -> Meeting:
    """The meeting held on a day, of whichever weekday; cut-off and digest are the last ones before it."""
    starts_at = _moment(day, rules.time, rules)
    return Meeting(
        date=day,
        starts_at=starts_at,
        cut_off=_last(rules.cut_off_day, rules.cut_off_time, day, starts_at, rules),
        digest_at=_last(rules.digest_day, rules.digest_time, day, starts_at, rules),
    )


def next_meeting(now: datetime, rules: MeetingSettings) -> Meeting:
    """The first meeting that has not started."""
    return next(dropwhile(lambda meeting: meeting.starts_at <= now, _meetings(now, rules)))


def meeting_for(received: datetime, rules: MeetingSettings) -> Meeting:
    """The meeting for what arrived then: the first whose cut-off is still to come."""
    return next(dropwhile(lambda meeting: meeting.cut_off <= received, _meetings(received, rules)))


def came_late(received: datetime, rules: MeetingSettings) -> bool:
    """Whether it arrived after the cut-off of a meeting that had not started."""
    return next_meeting(received, rules) != meeting_for(received, rules)


def digests_due(since: datetime, now: datetime, rules: MeetingSettings) -> list[Meeting]:
    """The meetings whose digest fell due after `since` and by `now`, oldest first; at most eight weeks."""
    since = max(since, now - LONGEST_SILENCE)
    due = []
    for meeting in _meetings(since, rules):
        if meeting.digest_at > now:
            break
        if meeting.digest_at > since:
            due.append(meeting)
    return due


def _meetings(moment: datetime, rules: MeetingSettings) -> Iterator[Meeting]:
    """Every weekly meeting from the moment's own day on, without end."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its timezone")
    today = moment.astimezone(rules.zone).date()
    day = today + timedelta(days=(_DAYS.index(rules.day) - today.weekday()) % 7)
    while True:
        yield meeting_on(day, rules)
        day += _WEEK


def _last(weekday: Day, wall: time, day: date, starts_at: datetime, rules: MeetingSettings) -> datetime:
    latest = day - timedelta(days=(day.weekday() - _DAYS.index(weekday)) % 7)
    moment = _moment(latest, wall, rules)
    return moment if moment <= starts_at else _moment(latest - _WEEK, wall, rules)


def _moment(day: date, wall: time, rules: MeetingSettings) -> datetime:
    # UTC at once: two times of one zone compare by the clock on the wall, wrong on the night it changes
    return datetime.combine(day, wall, rules.zone).astimezone(UTC)
