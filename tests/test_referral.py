"""The states of a referral: the moves as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.referral import MOVES, OPEN, State, may_move

#: from -> to, each with what happens in life
ALLOWED = {
    "queued": "on_list decided withdrawn closed",
    "on_list": "decided queued withdrawn closed",
    "waiting": "decided queued withdrawn closed",
    "deferred": "queued decided withdrawn closed",
    "decided": "decided told waiting deferred queued withdrawn",
    "told": "closed decided queued",
    "withdrawn": "closed queued decided",
    "closed": "queued",
}


@pytest.mark.parametrize("was", State)
@pytest.mark.parametrize("to", State)
def test_moves(was: State, to: State) -> None:
    assert may_move(was, to) is (to in ALLOWED[was].split())


def test_every_state_can_be_left_and_reached() -> None:
    assert set(MOVES) == set(State)
    assert set().union(*MOVES.values()) == set(State)


@given(st.lists(st.sampled_from(State), max_size=30))
def test_nothing_is_told_that_was_not_decided(path: list[State]) -> None:
    was, decided = State.QUEUED, False
    for to in path:
        if may_move(was, to):
            decided = decided or to == State.DECIDED
            was = to
    assert was != State.TOLD or decided


def test_what_is_open_can_be_decided() -> None:
    assert all(may_move(state, State.DECIDED) for state in OPEN)
