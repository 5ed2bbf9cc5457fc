"""The timetable with a moved clock: each digest once, whatever happened meanwhile."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from threading import Barrier, Thread

import pytest

from mailbot.letters import assemble, encode
from mailbot.referral import State
from mailbot.settings import StaffSettings
from mailbot.store import Store
from tests.contracts.test_store import new_referral
from tests.desk import MONDAY, STAFF, Desk, Still, mail, office_with, our_office

TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # the digest of Wednesday the 25th
WEEK = timedelta(days=7)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, but where the test is marked `on_both`: the digest is what PostgreSQL once never sent."""
    if getattr(request, "param", "") == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/mailbot.db"


on_both = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """Started on Monday morning; its mails and letters are real, nothing is sent."""
    store = Store(url)
    store.upgrade()
    found = Desk(store)
    found.tick()
    yield found
    store.close()


def words(desk: Desk, number: int = -1) -> str:
    row = desk.letters("digest")[number]
    with desk.store.look(desk.clock.now()) as tx:
        raw = assemble(bytes(row["skeleton"]), lambda sha256: encode(tx.letters.blob(sha256)))
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body
    assert [part.get_filename() for part in message.iter_attachments()], "the review list"
    return " ".join(str(body.get_content()).split())


def at(desk: Desk, moment: datetime) -> bool:
    desk.clock.moment = moment
    return desk.tick()


def causes(desk: Desk) -> list[str]:
    return [row["cause"] for row in desk.letters("digest")]


@on_both
def test_once_at_its_hour_also_with_nothing_new(desk: Desk) -> None:
    assert not at(desk, TUESDAY - timedelta(seconds=1))
    assert at(desk, TUESDAY)
    assert not at(desk, TUESDAY + timedelta(seconds=20))
    assert not at(desk, TUESDAY + timedelta(days=3))
    assert causes(desk) == ["meeting:2026-11-25"]
    assert "0 new referrals" in words(desk) or "no new referrals" in words(desk).lower()
    assert "late" not in words(desk).split("Wednesday")[0].lower()


@on_both
def test_every_week(desk: Desk) -> None:
    for week in range(3):
        assert at(desk, TUESDAY + week * WEEK + timedelta(seconds=7))
    assert causes(desk) == ["meeting:2026-11-25", "meeting:2026-12-02", "meeting:2026-12-09"]


def test_the_hour_stays_when_the_clocks_change(desk: Desk) -> None:
    """13:00 in London is 12:00 UTC from 28 March on."""
    before, after = datetime(2027, 3, 23, 13, 0, tzinfo=UTC), datetime(2027, 3, 30, 12, 0, tzinfo=UTC)
    for moment, meeting in ((before, "meeting:2027-03-24"), (after, "meeting:2027-03-31")):
        at(desk, moment - timedelta(minutes=1))
        assert causes(desk)[-1] != meeting
        at(desk, moment)
        assert causes(desk)[-1] == meeting


def test_after_downtime_it_says_that_it_is_late(desk: Desk) -> None:
    assert at(desk, TUESDAY + timedelta(hours=5))
    assert "late" in words(desk).lower()


def test_after_the_meeting_it_says_so(desk: Desk) -> None:
    assert at(desk, TUESDAY + timedelta(days=1))
    assert "already" in words(desk).lower() or "has passed" in words(desk).lower()


def test_after_several_weeks_each_meeting_has_its_digest_once(desk: Desk) -> None:
    assert at(desk, TUESDAY + 3 * WEEK + timedelta(hours=30))
    assert causes(desk) == [f"meeting:{day}" for day in ("2026-11-25", "2026-12-02", "2026-12-09", "2026-12-16")]
    assert not at(desk, TUESDAY + 3 * WEEK + timedelta(hours=31))


def test_what_fell_due_before_the_very_first_start_is_not_ours(url: str) -> None:
    store = Store(url)
    store.upgrade()
    late = Desk(store, clock=Still(TUESDAY + timedelta(minutes=1)))
    assert not late.tick()
    assert at(late, TUESDAY + WEEK)
    assert causes(late) == ["meeting:2026-12-02"]
    store.close()


@on_both
def test_two_processes_write_it_once(desk: Desk, url: str) -> None:
    stores = [Store(url) for _ in range(4)]
    desks = [Desk(store, clock=Still(TUESDAY + timedelta(seconds=1))) for store in stores]
    gate = Barrier(len(desks))

    def run(one: Desk) -> None:
        gate.wait(10)
        one.tick()

    threads = [Thread(target=run, args=(one,)) for one in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert causes(desk) == ["meeting:2026-11-25"]
    for store in stores:
        store.close()


def test_every_member_of_staff_gets_it(url: str) -> None:
    store = Store(url)
    store.upgrade()
    office = office_with(staff=StaffSettings(addresses=(STAFF, "chair@desk.example")))
    both = Desk(store, office)
    both.tick()
    at(both, TUESDAY)
    assert [row["recipient"] for row in both.letters("digest")] == [STAFF, "chair@desk.example"]
    store.close()


def test_a_fault_leaves_the_slot_free_for_the_next_ring(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("mailbot.jobs.digest.review_list_of", fault)
        with pytest.raises(ZeroDivisionError):
            at(desk, TUESDAY)
    assert causes(desk) == []
    assert at(desk, TUESDAY + timedelta(minutes=1))
    assert causes(desk) == ["meeting:2026-11-25"]


class TestReferrals:
    def add(self, desk: Desk, state: State = State.QUEUED, **changes: object) -> int:
        with desk.store.transaction(desk.clock.now()) as tx:
            row = tx.referrals.add(new_referral(), {})
            tx.referrals.change(row["id"], state=state, **changes)
            return int(row["id"])

    def state(self, desk: Desk, referral_id: int) -> tuple[str, str]:
        with desk.store.look(desk.clock.now()) as tx:
            row = tx.referrals.by_id(referral_id)
            return row["state"], row["meeting"].isoformat()

    def test_are_on_the_list_until_an_outcome_is_recorded(self, desk: Desk) -> None:
        new = self.add(desk)
        at(desk, TUESDAY)
        assert self.state(desk, new) == ("on_list", "2026-11-25")
        assert "HM-2026-0001" in words(desk)
        at(desk, TUESDAY + WEEK)
        assert self.state(desk, new) == ("on_list", "2026-12-02")
        assert "HM-2026-0001" in words(desk)

    def test_what_missed_the_cut_off_is_on_the_next(self, desk: Desk) -> None:
        from datetime import date

        late = self.add(desk, meeting=date(2026, 12, 2), missed_cut_off=True)
        at(desk, TUESDAY)
        assert self.state(desk, late) == ("queued", "2026-12-02")
        assert "HM-2026-0001" in words(desk)
        at(desk, TUESDAY + WEEK)
        assert self.state(desk, late) == ("on_list", "2026-12-02")

    def test_what_was_deferred_comes_back_on_its_day(self, desk: Desk) -> None:
        from datetime import date

        deferred = self.add(desk, State.DEFERRED, until=date(2026, 12, 1))
        at(desk, TUESDAY)
        assert self.state(desk, deferred)[0] == "deferred"
        at(desk, TUESDAY + WEEK)
        assert self.state(desk, deferred) == ("on_list", "2026-12-02")

    def test_what_waits_for_an_answer_is_shown_each_week(self, desk: Desk) -> None:
        self.add(desk, State.WAITING, waiting_since=MONDAY)
        for week in (0, 1):
            at(desk, TUESDAY + week * WEEK)
            assert "HM-2026-0001" in words(desk)

    def test_what_is_decided_is_named_until_the_referrer_has_been_told(self, desk: Desk) -> None:
        self.add(desk, State.DECIDED)
        at(desk, TUESDAY)
        assert "Decided, the referrer not yet told - HM-2026-0001" in words(desk)

    @pytest.mark.parametrize("state", [State.TOLD, State.WITHDRAWN, State.CLOSED])
    def test_what_is_over_is_not(self, desk: Desk, state: State) -> None:
        self.add(desk, state)
        at(desk, TUESDAY)
        assert "HM-2026-0001" not in words(desk)


class TestReminders:
    def test_once_a_day_until_somebody_answers(self, desk: Desk) -> None:
        desk.handles(mail("Who are you?", "Question"))
        for hours in (23, 1.5, 1, 10, 12.5, 1, 24.5):
            desk.clock.move(hours=hours)
            desk.tick()
        told = desk.letters("needs-a-person")
        assert len(told) == 4
        assert all(later["written_at"] > earlier["written_at"] for earlier, later in pairwise(told))
        assert b"Still needs" in told[1]["skeleton"]

        from mailbot.actions import answers

        with desk.store.transaction(desk.clock.now()) as tx:
            answers.close(tx, tx.needs.waiting()[0]["id"], "Ada", "done")
        desk.clock.move(days=5)
        desk.tick()
        assert len(desk.letters("needs-a-person")) == 4

    def test_urgent_ones_stay_urgent(self, desk: Desk) -> None:
        desk.handles(mail("I am being stalked by my ex", "Help"))
        desk.clock.move(hours=25)
        desk.tick()
        assert len(desk.letters("urgent")) == 2


def test_the_settings_are_the_shipped_ones() -> None:
    meeting = our_office().settings.meeting
    assert (meeting.day, meeting.digest_day, meeting.timezone) == ("Wednesday", "Tuesday", "Europe/London")
