"""Dates, times, ages and lists as the NHS writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot import wording

LONDON = ZoneInfo("Europe/London")


def test_dates() -> None:
    day = date(2026, 11, 25)

    assert wording.full_date(day, LONDON) == "Wednesday 25 November 2026"
    assert wording.short_date(day, LONDON) == "25 November 2026"
    assert wording.month(day) == "November 2026"


def test_a_moment_has_the_date_it_has_in_london() -> None:
    """23:30 UTC in July is tomorrow already."""
    moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)

    assert wording.full_date(moment, LONDON) == "Thursday 2 July 2026"
    assert wording.when(moment, LONDON) == "Thursday 2 July 2026 at 12.30am"


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        (time(10, 0), "10am"),
        (time(17, 30), "5.30pm"),
        (time(9, 5), "9.05am"),
        (time(12, 0), "midday"),
        (time(12, 30), "12.30pm"),
        (time(0, 0), "midnight"),
        (time(0, 1), "12.01am"),
        (time(23, 59), "11.59pm"),
    ],
)
def test_times(wall: time, words: str) -> None:
    assert wording.wall_time(wall) == words


def test_times_are_those_of_the_wall_on_both_sides_of_a_clock_change() -> None:
    assert wording.clock_time(datetime(2026, 10, 24, 9, 0, tzinfo=UTC), LONDON) == "10am"
    assert wording.clock_time(datetime(2026, 10, 25, 10, 0, tzinfo=UTC), LONDON) == "10am"


def test_a_moment_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        wording.when(datetime(2026, 11, 25, 10, 0), LONDON)  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=2, hours=23), "2 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=3, minutes=59), "3 hours"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_ages(span: timedelta, words: str) -> None:
    assert wording.age(span) == words


def test_counts() -> None:
    assert wording.count(0, "new referral") == "0 new referrals"
    assert wording.count(1, "new referral") == "1 new referral"
    assert wording.count(2, "enquiry", "enquiries") == "2 enquiries"


def test_lists() -> None:
    assert [wording.listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
    assert wording.listed("ab", "or") == "a or b"


@given(st.times())
def test_every_time_of_day_has_one_plain_word(wall: time) -> None:
    words = wording.wall_time(wall)

    assert words in {"midday", "midnight"} or words.endswith(("am", "pm"))
    assert ":" not in words
    assert " " not in words
