"""Lists, newsletters, notices and spam: filed and counted, never answered."""

from __future__ import annotations

from mailbot.actions import Office
from mailbot.asking import against_asking, asks_for_form, brings_something
from mailbot.mail import Mail
from mailbot.signs import bulk_sign, spam_sign
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why

_SHORT = 80


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Sent to many, from an address nobody reads, or in junk; a form or a short request goes to a person instead."""
    why = _sign(mail, known)  # first: hardly a mail has one, and it is told sooner than what the mail asks
    if why is None or known.forms or _asks_shortly(mail, known) or _is_wrapper(mail, known):
        return None
    return (why,)


def _sign(mail: Mail, known: Known) -> Why | None:
    if sign := bulk_sign(mail, known.own_lists):
        return Why("bulk_sign", f"was sent to many: {sign}")
    if known.role == "junk":
        return Why("in_junk", "came to the junk folder")
    if (sign := spam_sign(mail)) and not known.referrals:
        return Why("spam", f"was marked as spam on its way: {sign}")
    return None


def _is_wrapper(mail: Mail, known: Known) -> bool:
    """Notices of secure mail and shared files come from addresses nobody reads; a person must open them (B18, B19)."""
    why = brings_something(mail, known)
    return why is not None and known.role != "junk" and not mail.header("list-unsubscribe")


def _asks_shortly(mail: Mail, known: Known) -> bool:
    """A person's request that came through a list or a web page (A9); newsletters ask too, but at length."""
    asks = asks_for_form(mail, known) is not None and not against_asking(mail, known)
    return asks and len(mail.words.split()) <= _SHORT


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing: the digest counts it."""
    del office, tx, understood
