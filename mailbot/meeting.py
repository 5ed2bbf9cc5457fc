"""Which meeting: its start, cut-off and digest, from wall times that stay put when the clocks change.

Every week has its meeting, but for the changes staff decided on: the day it would have been -> the day it is, or None
where there is none that week.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile
from typing import get_args

from mailbot.settings import Day, MeetingSettings

Changes = Mapping[date, date | None]

_DAYS = get_args(Day)
_WEEK = timedelta(days=7)
#: Digests older than this are never sent late: their meetings are history.
LONGEST_SILENCE = 8 * _WEEK
_NONE: Changes = {}


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


def next_meeting(now: datetime, rules: MeetingSettings, changes: Changes = _NONE) -> Meeting:
    """The first meeting that has not started."""
    return next(dropwhile(lambda meeting: meeting.starts_at <= now, _meetings(now, rules, changes)))


def meeting_for(received: datetime, rules: MeetingSettings, changes: Changes = _NONE) -> Meeting:
    """The meeting for what arrived then: the first whose cut-off is still to come."""
    return next(dropwhile(lambda meeting: meeting.cut_off <= received, _meetings(received, rules, changes)))


def came_late(received: datetime, rules: MeetingSettings, changes: Changes = _NONE) -> bool:
    """Whether it arrived after the cut-off of a meeting that had not started."""
    return next_meeting(received, rules, changes) != meeting_for(received, rules, changes)


def digests_due(since: datetime, now: datetime, rules: MeetingSettings, changes: Changes = _NONE) -> list[Meeting]:
    """The meetings whose digest fell due after `since` and by `now`, oldest first; at most eight weeks."""
    since = max(since, now - LONGEST_SILENCE)
    due = []
    for meeting in _meetings(since, rules, changes):
        if meeting.digest_at > now:
            break
        if meeting.digest_at > since:
            due.append(meeting)
    return due


def regular_days(since: date, rules: MeetingSettings) -> Iterator[date]:
    """The day of each weekly meeting from a day on, as if none were ever moved or skipped; without end."""
    day = since + timedelta(days=(_DAYS.index(rules.day) - since.weekday()) % 7)
    while True:
        yield day
        day += _WEEK


def following(day: date, rules: MeetingSettings, changes: Changes = _NONE) -> date:
    """The day of the first meeting after a week's usual day that has not been skipped."""
    held = (changes.get(usual, usual) for usual in regular_days(day + timedelta(days=1), rules))
    return next(one for one in held if one is not None)


def _meetings(moment: datetime, rules: MeetingSettings, changes: Changes) -> Iterator[Meeting]:
    """Every weekly meeting from the moment's own day on, without end; one that was moved is where it was moved to."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its timezone")
    today = moment.astimezone(rules.zone).date()
    for day in regular_days(today - _WEEK, rules):  # one of last week's may have been moved to this week
        held = changes.get(day, day)
        if held is not None and held >= today:
            yield meeting_on(held, rules)


def _last(weekday: Day, wall: time, day: date, starts_at: datetime, rules: MeetingSettings) -> datetime:
    latest = day - timedelta(days=(day.weekday() - _DAYS.index(weekday)) % 7)
    moment = _moment(latest, wall, rules)
    return moment if moment <= starts_at else _moment(latest - _WEEK, wall, rules)


def _moment(day: date, wall: time, rules: MeetingSettings) -> datetime:
    # UTC at once: two times of one zone compare by the clock on the wall, wrong on the night it changes
    return datetime.combine(day, wall, rules.zone).astimezone(UTC)
