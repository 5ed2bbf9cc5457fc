"""A referral's states and the moves allowed between them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a referral stands."""

    QUEUED = "queued"  #: waits for its meeting's digest
    ON_LIST = "on_list"  #: on a review list that staff have
    WAITING = "waiting"  #: the meeting asked for more
    DEFERRED = "deferred"  #: comes back on a date
    DECIDED = "decided"  #: an outcome is recorded; the referrer has not been told
    TOLD = "told"  #: the referrer has been told
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


#: still to be seen by a meeting, so on every list until an outcome is recorded
OPEN = (State.QUEUED, State.ON_LIST, State.WAITING, State.DEFERRED)

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.ON_LIST, State.DECIDED, State.WITHDRAWN, State.CLOSED}),
    State.ON_LIST: frozenset({State.DECIDED, State.QUEUED, State.WITHDRAWN, State.CLOSED}),
    State.WAITING: frozenset({State.DECIDED, State.QUEUED, State.WITHDRAWN, State.CLOSED}),
    State.DEFERRED: frozenset({State.QUEUED, State.DECIDED, State.WITHDRAWN, State.CLOSED}),
    State.DECIDED: frozenset({State.DECIDED, State.TOLD, State.WAITING, State.DEFERRED, State.QUEUED, State.WITHDRAWN}),
    State.TOLD: frozenset({State.CLOSED, State.DECIDED, State.QUEUED}),
    State.WITHDRAWN: frozenset({State.CLOSED, State.QUEUED, State.DECIDED}),
    State.CLOSED: frozenset({State.QUEUED}),
}


def may_move(was: State, to: State) -> bool:
    """Whether a referral may go from one state to the other."""
    return to in MOVES[was]
