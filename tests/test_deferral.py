"""C10: what is put off comes back by itself on its day; words without a day keep it on every list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from mailbot.actions import answers, outcome_letters, outcomes
from mailbot.deferral import comes_back_on
from mailbot.errors import UserError
from mailbot.settings import ReferralSettings
from mailbot.store import Store
from tests.contracts.test_store import new_referral
from tests.desk import Desk, office_with
from tests.test_decisions import text

TODAY = date(2026, 11, 25)
TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2027-01-06", date(2027, 1, 6)),
        ("after the hearing on 14 January", date(2027, 1, 14)),
        ("the 14th of December 2026", date(2026, 12, 14)),
        ("December 14, 2026", date(2026, 12, 14)),
        ("14 December at 10.30", date(2026, 12, 14)),
        ("6/1/27", date(2027, 1, 6)),
        ("1 Dec.", date(2026, 12, 1)),
        ("29 February", date(2028, 2, 29)),
        ("in 4 weeks", date(2026, 12, 23)),
        ("for three months", date(2027, 2, 25)),
        ("after the hearing", None),
        ("when the report is in", None),
        ("3 March 2026", None),
        ("6 January or 13 January", None),
        ("31/02", None),
        ("12 May 2206", None),
        ("", None),
    ],
)
def test_the_one_day_to_come_that_words_name(words: str, day: date | None) -> None:
    assert comes_back_on(words, TODAY) == day


def test_a_month_has_as_many_days_as_it_has() -> None:
    assert comes_back_on("in a month", date(2027, 1, 31)) == date(2027, 2, 28)


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = Store("sqlite://")
    store.upgrade()
    found = Desk(store, office_with(referrals=ReferralSettings(also_secure=("nhs.example",))))
    found.tick()
    with store.transaction(found.clock.now()) as tx:
        tx.referrals.add(new_referral(referrer="priya.nair@nhs.example", confirmed_by="test"), {})
    at(found, TUESDAY)
    found.clock.move(days=1)
    yield found
    store.close()


def put_off(desk: Desk, until: str) -> None:
    recorded = {"lead": "Dr Patel", "reason": "The court has not sat.", "until": until}
    with desk.store.transaction(desk.clock.now()) as tx:
        outcomes.record(desk.office, tx, "HM-2026-0001", "defer", recorded, "Ann")
        outcome_letters.by_telephone(desk.office, tx, "HM-2026-0001", "Ann")


def at(desk: Desk, moment: datetime) -> str:
    """The digest of that moment."""
    desk.clock.moment = moment
    desk.tick()
    return " ".join(text(desk.letters("digest")[-1]).split())


def state(desk: Desk) -> str:
    with desk.store.look(desk.clock.now()) as tx:
        return str(tx.referrals.by_id(1)["state"])


def test_a_day_among_the_words_is_used(desk: Desk) -> None:
    put_off(desk, "after the hearing on 8 December")
    assert desk.needs() == []
    assert "put off until 8 December 2026" in at(desk, TUESDAY + WEEK)
    assert state(desk) == "deferred"
    at(desk, TUESDAY + 2 * WEEK)
    assert state(desk) == "on_list"


def test_words_alone_keep_it_on_every_list_until_staff_give_a_day(desk: Desk) -> None:
    put_off(desk, "after the hearing")
    assert desk.needs() == ["put_off_without_date"]
    assert "until 14 January 2027" in text(desk.letters("needs-a-person")[0])
    for week in (1, 2, 3):
        digest = at(desk, TUESDAY + week * WEEK)
        assert "1 waiting for an answer, or for something that has no date yet" in digest
        assert "waiting for: after the hearing (no date yet)" in digest
    item = 1
    with pytest.raises(UserError, match="is no single day to come"), desk.store.transaction(desk.clock.now()) as tx:
        answers.answer(desk.office, tx, item, "until", "the hearing is over", "Ann")
    with desk.store.transaction(desk.clock.now()) as tx:
        said = answers.answer(desk.office, tx, item, "until", "22 December", "Ann")
    assert said == f"Item {item}: HM-2026-0001 comes back on 22 December 2026."
    assert desk.needs() == []
    at(desk, TUESDAY + 4 * WEEK)
    assert state(desk) == "on_list"


def test_who_dismisses_the_question_is_asked_again_with_the_next_digest(desk: Desk) -> None:
    put_off(desk, "when the report is in")
    with desk.store.transaction(desk.clock.now()) as tx:
        answers.answer(desk.office, tx, tx.needs.waiting()[0]["id"], "done", "", "Ann")
    assert "when the report is in" in at(desk, TUESDAY + WEEK)
    assert desk.needs() == ["put_off_without_date"]


def test_the_question_goes_with_what_it_was_about(desk: Desk) -> None:
    put_off(desk, "after the hearing")
    with desk.store.transaction(desk.clock.now()) as tx:
        outcomes.record(desk.office, tx, "HM-2026-0001", "decline", {"lead": "A", "reason": "x"}, "Ann")
    assert desk.needs() == []
    with desk.store.transaction(desk.clock.now()) as tx:
        outcomes.take_back(desk.office, tx, "HM-2026-0001", "Ann")
    assert (state(desk), desk.needs()) == ("deferred", ["put_off_without_date"])


def test_what_waited_for_answers_waits_again_when_a_later_outcome_is_taken_back(desk: Desk) -> None:
    asks = {"lead": "Ann Lee", "by": "soon", "reason": "x", "questions": ["Is there a hearing?"]}
    with desk.store.transaction(desk.clock.now()) as tx:
        outcomes.record(desk.office, tx, "HM-2026-0001", "ask", asks, "Ann")
        outcome_letters.by_telephone(desk.office, tx, "HM-2026-0001", "Ann")
        outcomes.record(desk.office, tx, "HM-2026-0001", "decline", {"lead": "A", "reason": "x"}, "Ann")
        outcomes.take_back(desk.office, tx, "HM-2026-0001", "Ann")
    assert state(desk) == "waiting"
