"""Locked, wrapped, linked, taken out on the way or of a kind we do not read: a person opens it, the sender is told."""

from __future__ import annotations

from mailbot.actions import Office, closed_files
from mailbot.asking import (
    against_asking,
    asks_for_form,
    brings_something,
    may_be_the_form,
    reads_like_asking,
    sends_password,
    unread,
)
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Authenticity, Known, Understood, Why, joined


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """None of it is our form, and something in it cannot be read here. A plain request with a logo is none of these."""
    if known.forms or known.authenticity == Authenticity.FAIL:
        return None
    problems = list(unread(mail, known))
    if _names_referral(known) and all(may_be_the_form(problem) for problem in problems):
        problems = []  # scanned papers for a referral: a person reads them, and says where they belong (B11)
    found = [Why(f"file_{problem.code}", f"brings a file we cannot read: {problem.words}") for problem in problems]
    found += [why for why in (brings_something(mail, known), sends_password(mail, known)) if why]
    return None if not found or _asks(mail, known) else tuple(dict.fromkeys(found))


def _names_referral(known: Known) -> bool:
    """Whether it says itself which referral it is about; who its sender is says less, for referrers refer again."""
    return bool(joined(known)) or any(one.signs & {"reference", "thread"} for one in known.referrals)


def _asks(mail: Mail, known: Known) -> bool:
    """A request for the form, whatever else it brings; "please find the form attached" is none."""
    against = [why.rule for why in against_asking(mail, known)]
    asks = asks_for_form(mail, known) or reads_like_asking(mail, known)
    return asks is not None and "speaks_of_form" not in against


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Staff are told what it is; the sender that a person opens it, or what we can take."""
    closed_files.take(office, tx, understood)
