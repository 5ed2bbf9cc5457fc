"""Somebody asks how a referral goes: the confirmed referrer is told its stage, a stranger nothing (C1, C2)."""

from __future__ import annotations

from mailbot.actions import Office, afterwards
from mailbot.asking import asks_about_progress
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, no_automatic_reply


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """It asks, briefly, and about a referral; nothing forbids an answer."""
    if known.forms or no_automatic_reply(mail, known):
        return None
    why = asks_about_progress(mail, known)
    return (why,) if why else None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Reference and stage, or the neutral text and a person."""
    afterwards.tell_status(office, tx, understood)
