"""What staff decide of a referral beside its outcome: it is withdrawn, or comes back."""

from __future__ import annotations

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import outcomes
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.meeting import meeting_for
from mailbot.referral import OPEN, State, may_move
from mailbot.store import Transaction


def withdraw(office: Office, tx: Transaction, referral: sa.RowMapping, by: str) -> str:
    """Staff agree that it is taken back (B33): an outcome like others, told once its letter is approved."""
    if referral["state"] not in (*OPEN, State.DECIDED):
        raise UserError(f"{referral['reference']} is {referral['state']}; it cannot be withdrawn any more.")
    reason = "You asked us to withdraw it."
    outcomes.record(office, tx, referral["reference"], "withdrawn", {"reason": reason}, by, "instead")
    name = referral["reference"]
    return f"{name} is withdrawn. Nothing is sent until somebody approves its letter: “approve {name}”."


def reopen(office: Office, tx: Transaction, referral: sa.RowMapping, by: str) -> str:
    """Put it on the next list again: after a dispute, news that came late, or a withdrawal taken back (C11, C12)."""
    state, name = State(referral["state"]), referral["reference"]
    if state in (State.QUEUED, State.ON_LIST, State.DECIDED) or not may_move(state, State.QUEUED):
        raise UserError(f"{name} is {state.replace('_', ' ')}: it is on the list already.")
    day = meeting_for(tx.now, office.settings.meeting, tx.meetings.changes()).date
    tx.referrals.move(referral["id"], state, State.QUEUED, meeting=day, until=None, waiting_since=None)
    tx.audit.add("reopened", actor=by, referral_id=referral["id"], was=str(state))
    return f"{name} is for the meeting on {wording.plain_date(day)}."
