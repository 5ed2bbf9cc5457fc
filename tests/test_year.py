"""A year of weekly meetings in simulated time: bank holidays, both clock changes, restarts; each digest exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.actions import answers
from mailbot.meeting import meeting_on
from mailbot.schedule import Timetable
from mailbot.settings import MeetingSettings, StaffSettings
from mailbot.store import Store
from tests.contracts.test_store import new_referral
from tests.desk import STAFF, Desk, Still, nobody, office_with

OTHER = "clerk@desk.example"
LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
#: Mondays, which bank holidays mostly are; cut-off and digest on the Friday before
MEETING = MeetingSettings(day="Monday", cut_off_day="Friday", digest_day="Friday")
CHRISTMAS, EASTER, MAY, SPRING, SUMMER = (
    date(2026, 12, 28), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30),
)  # fmt: skip
#: what staff answer; of spring and summer nobody says anything, so those meetings stay
SAID = {CHRISTMAS: ("skip", ""), EASTER: ("move", "30 March 2027"), MAY: ("keep", "")}


def moments() -> Iterator[datetime]:
    """A look each morning; on Fridays also just before and at one o'clock, in winter and in summer time."""
    day = START
    while day.date() < date(2027, 11, 2):
        yield day
        if day.weekday() == 4:
            noon = day.replace(hour=12)
            yield from (noon + timedelta(minutes=step) for step in (-1, 0, 59, 60, 61))
        day += timedelta(days=1)


def expected() -> list[date]:
    """Every Monday but the one that was skipped; Easter's was moved to the Tuesday."""
    mondays = [date(2026, 11, 9) + timedelta(weeks=week) for week in range(52)]
    return [date(2027, 3, 30) if day == EASTER else day for day in mondays if day != CHRISTMAS]


def test_each_digest_goes_exactly_once_at_one_oclock_by_the_clock_on_the_wall() -> None:
    store, clock = Store("sqlite://"), Still(START)
    store.upgrade()
    office = office_with(staff=StaffSettings(addresses=(STAFF, OTHER), remind_after_hours=10_000), meeting=MEETING)
    desk = Desk(store, office, clock=clock)
    with store.transaction(START) as tx:
        tx.referrals.add(new_referral(meeting=date(2026, 11, 9)), {})
    asked: dict[date, datetime] = {}
    for number, moment in enumerate(moments()):
        clock.moment = moment
        if number % 50 == 0:  # restarted
            desk.timetable = Timetable(office, store, clock, nobody)
        desk.tick()
        answer_what_is_asked(desk, asked)

    digests = desk.letters("digest")
    found = Counter((str(row["cause"]), row["recipient"]) for row in digests)
    assert found == Counter((f"meeting:{day.isoformat()}", to) for day in expected() for to in (STAFF, OTHER))
    for row in digests:
        written = datetime.fromisoformat(str(row["written_at"])).replace(tzinfo=UTC).astimezone(LONDON)
        assert (written.weekday(), written.hour, written.minute) == (4, 13, 0), row["cause"]
    offsets = {datetime.fromisoformat(str(row["written_at"])).hour for row in digests}
    assert offsets == {12, 13}, "a year has both"
    assert {meeting_on(day, MEETING).starts_at.astimezone(LONDON).hour for day in expected()} == {10}
    assert asked.keys() == {CHRISTMAS, EASTER, MAY, SPRING, SUMMER}
    assert all(day - at.date() >= timedelta(days=7) for day, at in asked.items())
    with store.look(clock.moment) as tx:
        assert tx.referrals.get("HM-2026-0001")["meeting"] == expected()[-1], "carried over from list to list"
    store.close()


def answer_what_is_asked(desk: Desk, asked: dict[date, datetime]) -> None:
    """Staff answer about each bank holiday as soon as they are asked."""
    with desk.store.transaction(desk.clock.moment) as tx:
        for need in tx.needs.waiting():
            day = tx.meetings.day_of(need["id"])
            if day is None or day in asked:
                continue
            asked[day] = desk.clock.moment
            if day in SAID:
                answers.answer(desk.office, tx, need["id"], *SAID[day], "Ann")
