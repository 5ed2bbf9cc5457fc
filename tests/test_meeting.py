"""Which meeting, across weeks, cut-offs and both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.meeting import LONGEST_SILENCE, came_late, digests_due, meeting_for, meeting_on, next_meeting
from mailbot.settings import MeetingSettings

WEEKLY = MeetingSettings()  # Wednesday 10am, cut-off Tuesday midday, digest Tuesday 1pm
WEDNESDAY = date(2026, 11, 25)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_meeting_with_its_cut_off_and_its_digest() -> None:
    meeting = meeting_on(WEDNESDAY, WEEKLY)

    assert meeting.date == WEDNESDAY
    assert meeting.starts_at == utc("2026-11-25 10:00")
    assert meeting.cut_off == utc("2026-11-24 12:00")
    assert meeting.digest_at == utc("2026-11-24 13:00")


def test_a_meeting_moved_to_another_weekday_keeps_the_last_cut_off_before_it() -> None:
    assert meeting_on(date(2026, 11, 26), WEEKLY).cut_off == utc("2026-11-24 12:00")
    assert meeting_on(date(2026, 11, 23), WEEKLY).cut_off == utc("2026-11-17 12:00")


def test_a_cut_off_on_the_day_is_before_the_start_or_a_week_earlier() -> None:
    early = WEEKLY.model_copy(update={"cut_off_day": "Wednesday", "cut_off_time": time(9, 30)})
    at_start = WEEKLY.model_copy(update={"cut_off_day": "Wednesday", "cut_off_time": time(10, 0)})
    after = WEEKLY.model_copy(update={"cut_off_day": "Wednesday", "cut_off_time": time(10, 30)})

    assert meeting_on(WEDNESDAY, early).cut_off == utc("2026-11-25 09:30")
    assert meeting_on(WEDNESDAY, at_start).cut_off == utc("2026-11-25 10:00")
    assert meeting_on(WEDNESDAY, after).cut_off == utc("2026-11-18 10:30")


@pytest.mark.parametrize(
    ("received", "expected", "late"),
    [
        ("2026-11-24 11:59", "2026-11-25", False),
        ("2026-11-24 12:00", "2026-12-02", True),
        ("2026-11-25 09:59", "2026-12-02", True),
        ("2026-11-25 10:00", "2026-12-02", False),
        ("2026-11-27 08:00", "2026-12-02", False),
    ],
)
def test_what_arrives_after_the_cut_off_is_for_the_next_list_and_late(received: str, expected: str, late: bool) -> None:
    assert meeting_for(utc(received), WEEKLY).date == date.fromisoformat(expected)
    assert came_late(utc(received), WEEKLY) is late


def test_the_next_meeting_is_the_first_that_has_not_started() -> None:
    assert next_meeting(utc("2026-11-25 09:59"), WEEKLY).date == WEDNESDAY
    assert next_meeting(utc("2026-11-25 10:00"), WEEKLY).date == date(2026, 12, 2)


def test_wall_times_stay_when_the_clocks_go_back() -> None:
    """25 October 2026: 10am is 9:00 UTC on the 21st and 10:00 UTC on the 28th."""
    before, after = meeting_on(date(2026, 10, 21), WEEKLY), meeting_on(date(2026, 10, 28), WEEKLY)

    assert before.starts_at == utc("2026-10-21 09:00")
    assert after.starts_at == utc("2026-10-28 10:00")
    assert after.cut_off == utc("2026-10-27 12:00")


def test_wall_times_stay_when_the_clocks_go_forward() -> None:
    """28 March 2027: a Monday meeting with a Saturday cut-off has the change between the two."""
    rules = WEEKLY.model_copy(update={"day": "Monday", "cut_off_day": "Saturday", "digest_day": "Saturday"})
    meeting = meeting_on(date(2027, 3, 29), rules)

    assert meeting.starts_at == utc("2027-03-29 09:00")
    assert meeting.cut_off == utc("2027-03-27 12:00")
    assert meeting.digest_at == utc("2027-03-27 13:00")


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_even_in_the_hour_that_is_there_twice_or_never_a_cut_off_is_not_after_the_start(day: date) -> None:
    for minute in range(0, 180, 15):
        wall = time(minute // 60, minute % 60)
        rules = MeetingSettings(day="Sunday", time=wall, cut_off_day="Sunday", cut_off_time=time(1, 30))

        meeting = meeting_on(day, rules)
        assert meeting.cut_off <= meeting.starts_at


def test_the_day_is_londons_not_utcs() -> None:
    """23:30 UTC on a summer Tuesday is Wednesday already: the meeting at 12.15am has passed."""
    rules = WEEKLY.model_copy(update={"time": time(0, 15)})

    assert next_meeting(utc("2026-07-07 23:10"), rules).date == date(2026, 7, 8)
    assert next_meeting(utc("2026-07-07 23:30"), rules).date == date(2026, 7, 15)


def test_digests_due_since_the_last_look() -> None:
    due = digests_due(utc("2026-11-10 13:00"), utc("2026-11-24 13:00"), WEEKLY)

    assert [meeting.date for meeting in due] == [date(2026, 11, 18), WEDNESDAY]


def test_no_digest_is_due_before_its_time_or_twice() -> None:
    assert not digests_due(utc("2026-11-17 13:00"), utc("2026-11-24 12:59"), WEEKLY)
    assert not digests_due(utc("2026-11-24 13:00"), utc("2026-11-25 10:00"), WEEKLY)


def test_after_a_long_silence_only_the_last_weeks_digests_are_due() -> None:
    due = digests_due(utc("2016-01-01 00:00"), utc("2026-11-24 13:00"), WEEKLY)

    assert len(due) == 8
    assert due[-1].date == WEDNESDAY


def test_a_moment_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        next_meeting(datetime(2026, 11, 25), WEEKLY)  # noqa: DTZ001 - the mistake under test


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
rules = st.builds(
    MeetingSettings,
    day=st.sampled_from(DAYS), time=st.times(),
    cut_off_day=st.sampled_from(DAYS), cut_off_time=st.times(),
    digest_day=st.sampled_from(DAYS), digest_time=st.times(),
)  # fmt: skip


@given(moments, rules)
def test_cut_off_and_digest_are_in_the_week_before_the_start(now: datetime, rules: MeetingSettings) -> None:
    meeting = next_meeting(now, rules)

    assert DAYS[meeting.date.weekday()] == rules.day
    for moment in (meeting.cut_off, meeting.digest_at):
        assert timedelta(0) <= meeting.starts_at - moment <= timedelta(days=7, hours=1)


@given(moments, rules)
def test_the_next_meeting_is_less_than_eight_days_away(now: datetime, rules: MeetingSettings) -> None:
    ahead = next_meeting(now, rules).starts_at - now

    assert timedelta(0) < ahead <= timedelta(days=7, hours=1)


@given(moments, rules)
def test_nothing_waits_longer_than_for_the_meeting_after_the_next(received: datetime, rules: MeetingSettings) -> None:
    first, mine = next_meeting(received, rules), meeting_for(received, rules)

    assert mine.cut_off > received
    assert mine.date - first.date in {timedelta(0), timedelta(7), timedelta(14)}
    assert came_late(received, rules) == (mine != first)


@given(moments, st.timedeltas(timedelta(0), LONGEST_SILENCE), st.floats(0, 1), rules)
def test_looking_twice_finds_every_digest_once(
    since: datetime, span: timedelta, part: float, rules: MeetingSettings
) -> None:
    between, now = since + span * part, since + span

    halves = digests_due(since, between, rules) + digests_due(between, now, rules)
    assert halves == digests_due(since, now, rules)
