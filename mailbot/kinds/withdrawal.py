"""A referral is taken back, in words or by Outlook's recall: a person decides, and nothing is deleted (B33)."""

from __future__ import annotations

from mailbot.actions import Office, afterwards
from mailbot.asking import withdraws
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """By its words; a form that comes with them is a corrected form, and is looked at as one."""
    if known.filled:
        return None
    why = withdraws(mail, known)
    return (why,) if why else None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Put with its referral where two signs agree, and shown to a person."""
    afterwards.ask_about_withdrawal(office, tx, understood)
