"""Reminders to referrers of what was asked: one before the cut-off, and none once something came (C9)."""

from __future__ import annotations

from mailbot.actions import Office, gaps
from mailbot.referral import State
from mailbot.store import Transaction


def is_due(office: Office, tx: Transaction) -> bool:
    """Whether any referrer is to be reminded now."""
    waiting = tx.referrals.in_states([State.QUEUED, State.WAITING])
    return any(gaps.is_due(office, tx, row) for row in waiting)


def send(office: Office, tx: Transaction) -> int:
    """Write the reminders that are due; says how many there were."""
    return gaps.remind_all(office, tx)
