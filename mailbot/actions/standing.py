"""Where a referral stands, in words for the digest and the review list; a referrer never reads them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import corrections, deferrals, proposals, same_person
from mailbot.actions.office import Office
from mailbot.referral import State
from mailbot.store import Transaction


def waits(tx: Transaction, referral: sa.RowMapping) -> str:
    """What a referral waits for that is on every list."""
    event = deferrals.waits_for(tx, referral)
    return f"Waiting for: {event}" if event else "Waiting for the referrer"


def in_short(tx: Transaction, referral: sa.RowMapping) -> str:
    """What the digest says beside its line."""
    return "; ".join(_in_short(tx, referral))


def _in_short(tx: Transaction, referral: sa.RowMapping) -> Iterator[str]:
    if referral["state"] == State.DEFERRED:
        words = deferrals.waits_for(tx, referral)
        day = referral["until"]
        yield f"put off until {wording.plain_date(day)}" if day else f"waiting for: {words} (no date yet)"
    elif referral["state"] == State.WAITING:
        yield "waiting for the referrer"
    yield from same_person.in_short(tx, referral)


def notes(office: Office, tx: Transaction, referral: sa.RowMapping) -> tuple[str, ...]:
    """What the meeting should know of it beside its answers, a line each."""
    return tuple(_notes(office, tx, referral))


def _notes(office: Office, tx: Transaction, referral: sa.RowMapping) -> Iterator[str]:
    if deferrals.is_without_day(referral):
        yield f"Put off until “{deferrals.waits_for(tx, referral)}”: please set the day on which it comes back."
    yield from same_person.lines(office, tx, referral)
    yield from corrections.lines(office, tx, referral)
    yield from proposals.lines(office, tx, referral)
