"""Somebody asks for the form: it goes at once, in the same thread."""

from __future__ import annotations

from mailbot.actions import Office, enquiries, formats
from mailbot.asking import against_asking, asks_for_form, is_letter_of_referral, reads_like_asking, reads_otherwise
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, no_automatic_reply


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Its new words plainly ask, or read as requests do; nothing speaks against it, and nothing forbids an answer.

    Whoever refers somebody in a letter has the form too, but a person reads that (`unclear`).
    """
    if known.forms or no_automatic_reply(mail, known):
        return None
    why = asks_for_form(mail, known)
    if why is None and not is_letter_of_referral(mail, known):
        why = reads_like_asking(mail, known)
    if why is None or against_asking(mail, known) or reads_otherwise(mail, known):
        return None
    return (why,)


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """The form to the sender, unless a person has answered already or the limit is reached."""
    enquiries.answer_request(office, tx, understood)
    formats.promise(office, tx, understood)
