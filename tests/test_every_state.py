"""From every state, every action: each on a referral of its own, then letters leave, all is approved, a week passes.

What holds in any order is asked of Life, the state machine of `test_life_of_a_referral`; its random walks seldom come
to a rare action in a rare state, so here each pair of both is met once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailbot.actions import people
from mailbot.actions.about import ABOUT
from mailbot.meeting import next_meeting
from mailbot.referral import State, may_move
from mailbot.store import LetterState
from tests.contracts.test_store import new_referral
from tests.desk import PASSED, STAFF, mail
from tests.test_life_of_a_referral import ABOUT_OUTCOMES, CHAIR, NEWS, OFFICE, OUTCOMES, PRIYA, Life

FIRST = "HM-2026-0001"
#: what each action may name; the others are said with nothing, and with what names nothing
NAMED = {
    "join": FIRST, "merge": FIRST, "link": FIRST, "unlink": FIRST, "again": "note", "move": "24 December 2026",
    "until": "14 January 2027", "attends": "by phone", "slot": "10:30", "discuss": "9 December 2026",
    "only-for": CHAIR, "not-for": "Police", "confirm-referrer": PRIYA, "invite": PRIYA, "send-form": PRIYA,
    "confirm-answer": "p_surname=Example", "accept-answers": "h_holder",
}  # fmt: skip
ITEM, NEWS_COMES = "item ", "the referrer writes: "


def actions() -> list[str]:
    """Everything staff and referrers can do to one referral."""
    said = [*OUTCOMES, *(f"correct {words}, correction: it was wrong" for words in OUTCOMES)]
    said += [f"{mode} {words}" for mode in ("also", "instead") for words in OUTCOMES[:4]]
    said += [*ABOUT_OUTCOMES, *(f"{action} {NAMED.get(action, '')}".strip() for action in ABOUT)]
    items = [f"{ITEM}{action} {NAMED.get(action, '')}".strip() for action in people.ACTIONS]
    return ["approve", *said, *items, *(NEWS_COMES + words for words in NEWS)]


class Desk(Life):
    """The desk of Life, with as many referrals in one state as there are actions."""

    def brings(self, state: State, count: int) -> list[str]:
        """So many new referrals in that state, by what a team does; says their references."""
        now = self.desk.clock.now()
        meeting = OFFICE.settings.meeting
        with self.store.transaction(now) as tx:
            new = new_referral(
                received_at=now, meeting=next_meeting(now, meeting).date, referrer=PRIYA, confirmed_by="test"
            )
            found = [tx.referrals.add(new, {})["reference"] for _ in range(count)]
        if state != State.QUEUED:
            self.a_week_passes(7.0)
        said = {
            State.DECIDED: "decline, Dr Patel, reason: not stalking",
            State.TOLD: "decline, Dr Patel, reason: not stalking",
            State.WAITING: "more information, Ann Lee, by soon, question: Is there a hearing?",
            State.DEFERRED: "defer until after the hearing, Dr Patel, reason: the court",
            State.WITHDRAWN: "withdrawn, reason: you asked us",
        }.get(state)
        if said:
            self.staff_write("\n".join(f"{one}: {said}" for one in found), STAFF)
        if said and state != State.DECIDED:
            self.staff_write("approve all", STAFF)
            self.all_leave()
        if state == State.CLOSED:
            self.staff_write("\n".join(f"{self.item(one)} merge {FIRST}" for one in found), STAFF)
        return found

    def all_leave(self) -> None:
        """Every letter, hour by hour, as the brake lets them."""
        while any(row["state"] == LetterState.READY for row in self.desk.letters()):
            self.desk.clock.move(hours=1)
            self.letters_leave(None)

    def item(self, reference: str) -> int:
        """Something about a referral that needs a person."""
        with self.store.transaction(self.desk.clock.now()) as tx:
            row = tx.referrals.get(reference)
            found = people.ask(OFFICE, tx, "same_person", "Is it?", referral_id=row["id"], again=True)
        assert found
        return found

    def does(self, action: str, reference: str) -> None:
        self.desk.clock.move(minutes=6)
        if action.startswith(NEWS_COMES):
            headers = {"Authentication-Results": PASSED + "nhs.example"}
            words = action.removeprefix(NEWS_COMES)
            self.desk.handles(mail(words, f"Re: {reference}", PRIYA, headers=headers))
        elif action.startswith(ITEM):
            self.staff_write(f"{self.item(reference)} {action.removeprefix(ITEM)}", STAFF)
        elif action == "approve":
            self.staff_write(f"approve {reference}", STAFF)
        else:
            self.staff_write(f"{reference}: {action}", STAFF)

    def state_of(self, reference: str) -> State:
        with self.look() as tx:
            return State(tx.referrals.get(reference)["state"])

    def all_is_well(self) -> None:
        self.nothing_is_lost()
        self.nothing_goes_unapproved_or_twice()


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    found.opens()
    yield found
    found.teardown()


def reachable(was: State, to: State) -> bool:
    """Whether one mail may take a referral there: a correction both takes back and decides."""
    return to == was or may_move(was, to) or any(may_move(was, by) and may_move(by, to) for by in State)


@pytest.mark.parametrize("state", State)
def test_every_action(desk: Desk, state: State) -> None:
    every = actions()
    references = desk.brings(state, len(every))
    assert {desk.state_of(one) for one in references} == {state}
    desk.all_is_well()
    went: dict[str, State] = {}
    for action, reference in zip(every, references, strict=True):
        assert desk.state_of(reference) == state, f"before “{action}”, by what was said of another"
        desk.does(action, reference)
        went[action] = desk.state_of(reference)
        assert reachable(state, went[action]), action
    desk.all_is_well()
    for _ in range(2):
        desk.all_leave()
        desk.all_is_well()
        desk.staff_write("approve all", STAFF)
        desk.all_is_well()
    desk.a_week_passes(7.0)
    desk.all_leave()
    desk.all_is_well()
    moved = {action: to for action, to in went.items() if to != state}
    print(f"{state}: {len(every)} actions, {len(moved)} of which moved it: {sorted(set(moved.values()))}")
    assert moved
