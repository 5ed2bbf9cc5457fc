"""Lists, newsletters, notices and spam: filed and counted, never answered."""

from __future__ import annotations

from mailbot.actions import Office
from mailbot.asking import against_asking, asks_for_form
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, bulk_sign

_SHORT = 80


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Sent to many, from an address nobody reads, or in junk; a form or a short request goes to a person instead."""
    if known.forms or _asks_shortly(mail, known):
        return None
    if sign := bulk_sign(mail):
        return (Why("bulk_sign", f"was sent to many: {sign}"),)
    if known.role == "junk":
        return (Why("in_junk", "came to the junk folder"),)
    return None


def _asks_shortly(mail: Mail, known: Known) -> bool:
    """A person's request that came through a list or a web page (A9); newsletters ask too, but at length."""
    asks = asks_for_form(mail, known) is not None and not against_asking(mail, known)
    return asks and len(mail.words.split()) <= _SHORT


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing: the digest counts it."""
    del office, tx, understood
