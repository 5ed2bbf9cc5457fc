"""Who should be at which meeting, and when, put beside what was last said to them: each difference is one letter.

Nothing else sends an invitation. Whatever changes a referral, its referrer or a meeting need not think of calendars:
the next look finds the difference, and its letter is written in the same transaction as the new state of the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from mailbot.actions import events
from mailbot.actions.events import Times
from mailbot.actions.office import Office
from mailbot.letters import is_address
from mailbot.meeting import meeting_on
from mailbot.referral import State
from mailbot.store import Transaction

#: the question of the form that asks, and the answers that say yes
ASKS, COMES = "q_attend", ("in_person", "phone_video")
#: still to be discussed; what is decided keeps its invitation until the outcome is told
_DISCUSSED = (State.QUEUED, State.ON_LIST, State.WAITING)
_KEEPS = (*_DISCUSSED, State.DECIDED)
_SURE = 900  # thousandths


@dataclass(frozen=True)
class Wish:
    """Somebody who should be at the meeting about a referral."""

    referral: sa.RowMapping
    recipient: str
    how: str
    invited_by: str | None = None


def differs(office: Office, tx: Transaction) -> bool:
    """Whether anybody is to be told anything now; changes nothing."""
    return any(True for _ in _differences(office, tx))


def keep_in_step(office: Office, tx: Transaction) -> int:
    """Invite, change and cancel until all calendars say what holds; says how many events that was."""
    tx.invitations.alone()
    found, live = list(_differences(office, tx)), coming(office, tx)
    for wish, row in found:
        if wish is None:
            assert row is not None
            events.cancel(office, tx, row)
            live.remove(row)
        elif row is None:
            live.append(_invite(office, tx, wish, live))
        else:
            events.change(office, tx, row, _times(office, live, wish, row), how=wish.how)
            live = coming(office, tx)
    return len(found)


def _differences(office: Office, tx: Transaction) -> Iterator[tuple[Wish | None, sa.RowMapping | None]]:
    """Who is to be invited (wish alone), told of a change (both), or told that it is off (row alone)."""
    live, asked = coming(office, tx), _asked(office, tx)
    wishes = {(wish.referral["id"], wish.recipient): wish for wish in _wishes(asked)}
    in_question = {row["id"] for row in asked if not (_is_sure(row) and whom(row))}
    for row in live:
        wish = wishes.pop((row["referral_id"], row["recipient"]), None)
        wish = wish or _kept(office, tx, row, in_question=row["referral_id"] in in_question)
        if wish is None:
            yield None, row
        elif events.said(row) != _times(office, live, wish, row):
            yield wish, row
    yield from ((wish, None) for wish in wishes.values())


def coming(office: Office, tx: Transaction) -> list[sa.RowMapping]:
    """Everybody invited to a meeting that has not begun; what has begun is never changed."""
    rules = office.settings.meeting
    live = tx.invitations.live(tx.now.astimezone(rules.zone).date())
    return [row for row in live if min(row["starts_at"], meeting_on(row["day"], rules).starts_at) > tx.now]


def is_to_come(office: Office, tx: Transaction, referral: sa.RowMapping) -> bool:
    """Whether a referral goes to a meeting that has not begun."""
    return referral["state"] in _KEEPS and meeting_on(referral["meeting"], office.settings.meeting).starts_at > tx.now


def whom(referral: sa.RowMapping) -> str:
    """The confirmed referrer, or whoever sent a form that names the same address; empty until that is clear (B14)."""
    known = referral["confirmed_by"] or referral["referrer"] == referral["sender"]
    address = str(referral["referrer"] or "").lower() if known else ""
    return address if is_address(address) else ""


def invite(office: Office, tx: Transaction, wish: Wish, **answered: object) -> sa.RowMapping:
    """Invite somebody, who may have said already whether they come."""
    return _invite(office, tx, wish, coming(office, tx), **answered)


def _invite(
    office: Office, tx: Transaction, wish: Wish, live: Sequence[sa.RowMapping], **answered: object
) -> sa.RowMapping:  # fmt: skip
    times = _times(office, live, wish, None)
    more = {"how": wish.how, "invited_by": wish.invited_by, **answered}
    return events.make(office, tx, wish.referral["id"], wish.recipient, times, **more)


# -- who would like to come


def _asked(office: Office, tx: Transaction) -> list[sa.RowMapping]:
    """The referrals for a meeting to come whose form answers whether the referrer would like to be there."""
    rules = office.settings.meeting
    rows = tx.invitations.asked(ASKS, _DISCUSSED, tx.now.astimezone(rules.zone).date())
    return [row for row in rows if meeting_on(row["meeting"], rules).starts_at > tx.now]


def _wishes(asked: Iterable[sa.RowMapping]) -> Iterator[Wish]:
    """Those who said, for sure, that they would."""
    for row in asked:
        how = row["value"].get("choice") if isinstance(row["value"], dict) else row["value"]
        if how in COMES and _is_sure(row) and (address := whom(row)):
            yield Wish(row, address, str(how))


def _is_sure(asked: sa.RowMapping) -> bool:
    return bool(asked["confidence"] >= _SURE)


def _kept(office: Office, tx: Transaction, row: sa.RowMapping, *, in_question: bool) -> Wish | None:
    """Whose invitation stays: whom a person has invited, what has been decided, what a person must look at first."""
    referral = tx.referrals.by_id(row["referral_id"])
    stays = row["invited_by"] or in_question or referral["state"] == State.DECIDED
    if not stays or not is_to_come(office, tx, referral):
        return None
    return Wish(referral, row["recipient"], row["how"], row["invited_by"])


# -- when


def _times(office: Office, live: Sequence[sa.RowMapping], wish: Wish, row: sa.RowMapping | None) -> Times:
    """When this person is expected; a slot once given is kept as long as the day is."""
    day = wish.referral["meeting"]
    slot = row["slot"] if row and row["day"] == day else None
    if slot is None and office.settings.meeting.slot_minutes:
        slot = _free_slot(office, live, wish)
    return events.times_of(office, day, slot)


def _free_slot(office: Office, live: Sequence[sa.RowMapping], wish: Wish) -> int:
    """The first that nobody has; everybody of one referral comes together."""
    length, referral = office.settings.meeting.slot_minutes, wish.referral
    there = [row for row in live if row["day"] == referral["meeting"] and row["slot"] is not None]
    mine = [row["slot"] for row in there if row["referral_id"] == referral["id"]]
    if mine:
        return int(mine[0])
    slot = 0
    for taken in sorted(row["slot"] for row in there):
        if taken - slot >= length:
            break
        slot = max(slot, -(-(taken + length) // length) * length)  # a person may have given a time between two
    return slot
