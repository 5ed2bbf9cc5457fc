"""Lists, newsletters, notices and spam: filed and counted, never answered."""

from __future__ import annotations

from mailbot.actions import Office
from mailbot.asking import asks_for_form
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, bulk_sign


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Sent to many, from an address nobody reads, or in junk; a form or a request among these goes to a person."""
    if known.forms:
        return None
    if sign := bulk_sign(mail):
        return (Why("bulk_sign", f"was sent to many: {sign}"),)
    if known.role == "junk" and asks_for_form(mail, known) is None:
        return (Why("in_junk", "came to the junk folder"),)
    return None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing: the digest counts it."""
    del office, tx, understood
