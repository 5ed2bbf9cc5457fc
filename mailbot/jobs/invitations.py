"""Invitations to the meeting, changes of them and cancellations, as soon as they are due (D1 to D8)."""

from __future__ import annotations

from mailbot.actions import Office, invitations
from mailbot.store import Transaction


def are_due(office: Office, tx: Transaction) -> bool:
    """Whether somebody's calendar does not say what holds."""
    return invitations.differs(office, tx)


def send(office: Office, tx: Transaction) -> int:
    """Write what is due; says how many events that was."""
    return invitations.keep_in_step(office, tx)
