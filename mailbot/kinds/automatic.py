"""Out-of-office answers and other mail a machine sent by itself: logged, never answered (RFC 3834)."""

from __future__ import annotations

from mailbot.actions import Office, people
from mailbot.asking import asks_for_form, brings_something, reads_automatic
from mailbot.mail import Mail
from mailbot.signs import automatic_sign, says_away
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why

#: out-of-office answers to these matter: somebody else may have to be told (C5)
_MATTERS = ("outcome-", "question")
#: what Microsoft writes into mail that a rule passes on; an empty Return-Path is some forwarders' way
_A_RULES_MARK = ("Auto-Submitted: auto-generated", "an empty Return-Path")


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Marked automatic, unless a rule plainly passed on a person's form or request (R16), which a person must see."""
    sign = automatic_sign(mail)
    if not sign or (sign.startswith(_A_RULES_MARK) and _looks_like_a_person(mail, known)):
        return None
    return (Why("automatic_sign", f"a machine sent it: {sign}"),)


def _looks_like_a_person(mail: Mail, known: Known) -> bool:
    if known.forms:
        return True
    if says_away(mail) or reads_automatic(mail, known):
        return False
    return asks_for_form(mail, known) is not None or brings_something(mail, known) is not None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing, but where it answers an outcome or a question staff see it, for the other contact it may name."""
    for letter in understood.known.our_letters:
        if letter.name.startswith(_MATTERS):
            words = (
                "The answer to our letter is automatic: the referrer may be away. It may name somebody else to contact."
            )
            people.ask(office, tx, "away", words, understood=understood, letter=letter)
