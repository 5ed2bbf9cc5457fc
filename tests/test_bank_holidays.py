"""Meetings on bank holidays: asked about in time, decided by a person, and their referrals go along (D7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from mailbot.actions import Office, meetings
from mailbot.bank_holidays import BankHolidays
from mailbot.errors import UserError
from mailbot.meeting import Changes, came_late, digests_due, following, meeting_for, meeting_on, next_meeting
from mailbot.settings import MeetingSettings
from mailbot.store import Store
from tests.contracts.test_store import new_referral
from tests.desk import CONFIG, Desk, Still, office_with

#: a Friday meeting meets Good Friday, Christmas Day and New Year's Day
FRIDAYS = MeetingSettings(day="Friday", cut_off_day="Thursday", digest_day="Thursday")
CHRISTMAS, NEW_YEAR = date(2026, 12, 25), date(2027, 1, 1)


@pytest.fixture(scope="module")
def fridays() -> Office:
    return office_with(meeting=FRIDAYS)


@pytest.fixture
def desk(tmp_path: Path, fridays: Office) -> Iterator[Desk]:
    store = Store(f"sqlite:///{tmp_path}/mailbot.db")
    store.upgrade()
    found = Desk(store, fridays, clock=Still(datetime(2026, 12, 14, 9, 0, tzinfo=UTC)))
    found.tick()
    yield found
    store.close()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(desk: Desk, text: str) -> None:
    desk.clock.moment = utc(text)
    desk.tick()


def decide(desk: Desk, decision: str, said: str = "") -> str:
    """Answer the oldest item of the queue."""
    with desk.store.transaction(desk.clock.now()) as tx:
        need = tx.needs.waiting()[0]
        tx.needs.close(need["id"], "Ann", decision)
        return meetings.decide(desk.office, tx, need, decision, said, "Ann")


def changes(desk: Desk) -> Changes:
    with desk.store.look(desk.clock.now()) as tx:
        return tx.meetings.changes()


def causes(desk: Desk) -> list[str]:
    return [row["cause"].removeprefix("meeting:") for row in desk.letters("digest")]


def test_the_days_of_england_as_published() -> None:
    found = BankHolidays.load(CONFIG)
    published = (
        "2026-12-25 2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28 "
        "2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26"
    )
    for day in map(date.fromisoformat, published.split()):
        assert found.name_of(day), day
    for usual in (date(2026, 11, 30), date(2027, 3, 17), date(2027, 7, 12), date(2027, 8, 2)):  # elsewhere in the UK
        assert not found.name_of(usual), usual


def test_a_team_adds_and_removes_days(tmp_path: Path) -> None:
    (tmp_path / "bank-holidays.toml").write_text('[added]\n2027-06-04 = "Extra"\n[removed]\n2027-05-03 = "moved"\n')
    found = BankHolidays.load(tmp_path)
    assert (found.name_of(date(2027, 6, 4)), found.name_of(date(2027, 5, 3))) == ("Extra", "")

    (tmp_path / "bank-holidays.toml").write_text('[added]\n"4 June" = "Extra"\n[other]\n')
    with pytest.raises(UserError) as error:
        BankHolidays.load(tmp_path)
    assert len(error.value.problems) == 2


def test_staff_are_asked_once_and_at_least_7_days_ahead(desk: Desk) -> None:
    assert desk.needs() == []
    at(desk, "2026-12-15 00:00")
    assert desk.needs() == ["bank_holiday"]
    at(desk, "2026-12-15 09:00")
    at(desk, "2026-12-22 09:00")
    assert desk.needs() == ["bank_holiday", "bank_holiday"]  # Christmas Day and New Year's Day, once each
    told = desk.letters("needs-a-person")[0]
    assert told["written_at"] == "2026-12-15 00:00:00.000000"
    text = " ".join(bytes(told["skeleton"]).decode().replace("=\r\n", "").split())
    assert "The meeting on Friday 25 December 2026 falls on a bank holiday (Christmas Day)." in text


def test_skipped_its_referrals_go_to_the_next_and_no_digest_goes(desk: Desk) -> None:
    at(desk, "2026-12-18 12:00")  # after the cut-off of the 18th: for Christmas Day
    with desk.store.transaction(desk.clock.now()) as tx:
        tx.referrals.add(new_referral(meeting=CHRISTMAS), {})
    assert decide(desk, "skip") == (
        "there is no meeting on Friday 25 December 2026; the next is on Friday 1 January 2027."
    )
    with desk.store.look(desk.clock.now()) as tx:
        assert tx.referrals.get("HM-2026-0001")["meeting"] == NEW_YEAR
        assert tx.meetings.changes() == {CHRISTMAS: None}
    at(desk, "2026-12-31 13:00")
    assert causes(desk) == ["2026-12-18", "2027-01-01"]


def test_two_in_a_row_may_be_skipped(desk: Desk) -> None:
    at(desk, "2026-12-22 09:00")
    with desk.store.transaction(desk.clock.now()) as tx:
        tx.referrals.add(new_referral(meeting=CHRISTMAS), {})
    decide(desk, "skip")
    assert "the next is on Friday 8 January 2027." in decide(desk, "skip")
    with desk.store.look(desk.clock.now()) as tx:
        assert tx.referrals.get("HM-2026-0001")["meeting"] == date(2027, 1, 8)


def test_moved_its_cut_off_and_digest_go_along(desk: Desk) -> None:
    at(desk, "2026-12-15 09:00")
    with desk.store.transaction(desk.clock.now()) as tx:
        tx.referrals.add(new_referral(meeting=CHRISTMAS), {})
    assert decide(desk, "move", "Wednesday 23 December 2026") == "the meeting is on Wednesday 23 December 2026."
    with desk.store.look(desk.clock.now()) as tx:
        assert tx.referrals.get("HM-2026-0001")["meeting"] == date(2026, 12, 23)
    for when in ("2026-12-17 13:00", "2026-12-23 13:00", "2026-12-24 13:00", "2026-12-31 13:00"):
        at(desk, when)
    assert causes(desk) == ["2026-12-18", "2026-12-23", "2027-01-01"]


def test_kept_or_unanswered_it_stays(desk: Desk) -> None:
    at(desk, "2026-12-15 09:00")
    assert decide(desk, "keep") == "the meeting is on Friday 25 December 2026."
    at(desk, "2026-12-24 13:00")
    at(desk, "2026-12-31 13:00")
    assert causes(desk) == ["2026-12-18", "2026-12-25", "2027-01-01"]
    assert desk.needs() == ["bank_holiday"]  # New Year's Day, which nobody answered


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "Say which day"),
        ("soon", "Say which day"),
        ("2027-02-01", "is not within a week of Friday 25 December 2026"),
        ("28 December 2026", "is a bank holiday too"),
    ],
)
def test_a_day_that_cannot_be_is_refused(desk: Desk, said: str, words: str) -> None:
    at(desk, "2026-12-15 09:00")
    with pytest.raises(UserError, match=words):
        decide(desk, "move", said)
    assert changes(desk) == {}
    assert desk.needs() == ["bank_holiday"]


def test_a_meeting_that_has_begun_is_not_changed(desk: Desk) -> None:
    at(desk, "2026-12-15 10:00")
    at(desk, "2026-12-25 10:00")
    with pytest.raises(UserError, match="has begun"):
        decide(desk, "skip")


def test_which_meeting_where_some_are_not_as_usual() -> None:
    moved: Changes = {CHRISTMAS: date(2026, 12, 23), NEW_YEAR: None}
    after = date(2027, 1, 8)

    assert next_meeting(utc("2026-12-23 09:59"), FRIDAYS, moved).date == date(2026, 12, 23)
    assert next_meeting(utc("2026-12-23 10:00"), FRIDAYS, moved).date == after
    assert meeting_for(utc("2026-12-24 09:00"), FRIDAYS, moved).date == after
    assert not came_late(utc("2026-12-24 09:00"), FRIDAYS, moved)
    assert following(CHRISTMAS, FRIDAYS, moved) == after
    assert [one.date for one in digests_due(utc("2026-12-10 13:00"), utc("2027-01-08 13:00"), FRIDAYS, moved)] == [
        date(2026, 12, 18), date(2026, 12, 23), after,
    ]  # fmt: skip


def test_a_year_of_meetings_each_digest_exactly_once(tmp_path: Path) -> None:
    """Mondays of 2027: Easter, May Day, spring, summer and both changes of the clocks, looked at 4 times a day."""
    store = Store(f"sqlite:///{tmp_path}/mailbot.db")
    store.upgrade()
    mondays = MeetingSettings(day="Monday", cut_off_day="Friday", digest_day="Sunday", time=time(10, 0))
    desk = Desk(store, office_with(meeting=mondays), clock=Still(utc("2026-12-30 09:00")))
    answers = {"2027-03-29": ("move", "30 March 2027"), "2027-05-03": ("skip", ""), "2027-05-31": ("keep", ""),
               "2027-08-30": ("move", "2 September 2027"), "2027-12-27": ("skip", ""), "2028-01-03": ("keep", "")}  # fmt: skip
    while desk.clock.moment < utc("2027-12-31 00:00"):
        desk.tick()
        with store.look(desk.clock.now()) as tx:
            asked = [tx.meetings.day_of(need["id"]) for need in tx.needs.waiting()]
        for day in asked:
            assert day
            assert (day - desk.clock.moment.date()).days >= 7
            decide(desk, *answers.pop(day.isoformat()))
        desk.clock.move(hours=6, minutes=1)

    mondays_of_the_year = [date(2027, 1, 4) + timedelta(weeks=week) for week in range(52)]
    moved = {"2027-03-29": "2027-03-30", "2027-05-03": "", "2027-08-30": "2027-09-02", "2027-12-27": ""}
    expected = [moved.get(day.isoformat(), day.isoformat()) for day in mondays_of_the_year]
    assert answers == {}
    assert causes(desk) == [day for day in expected if day]
    written = [datetime.fromisoformat(row["written_at"]).replace(tzinfo=UTC) for row in desk.letters("digest")]
    for moment, held in zip(written, causes(desk), strict=True):
        late = moment - meeting_on(date.fromisoformat(held), mondays).digest_at
        assert timedelta(0) <= late <= timedelta(hours=6, minutes=2), held
    store.close()
