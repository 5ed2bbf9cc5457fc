"""Enquiries: the form goes to whoever asks, and is expected back."""

from __future__ import annotations

from datetime import timedelta

from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.asking import speaks_of_danger, wants_to_talk
from mailbot.errors import UserError
from mailbot.letters import FormFacts, Thread
from mailbot.store import Transaction
from mailbot.understood import Understood

#: mail providers whose addresses are people's own (A6)
_PERSONAL = frozenset(
    {"gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "live.com", "live.co.uk", "msn.com",
     "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "btinternet.com", "sky.com", "aol.com", "proton.me",
     "protonmail.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "gmx.com", "personal.example"}
)  # fmt: skip


def answer_request(office: Office, tx: Transaction, understood: Understood) -> None:
    """The form to the sender, at most as often as the settings allow, and not where a person has answered already."""
    address = understood.mail.sender.address
    tx.enquiries.open(understood.mail_id, address, understood.came_at)
    if understood.known.answered_by_hand and not understood.by_person:
        tx.audit.add("answered_by_hand", mail_id=understood.mail_id)
    elif _limit_reached(office, tx, address) and not understood.by_person:
        tx.audit.add("form_limit_reached", mail_id=understood.mail_id)
    else:
        send_form(office, tx, understood)
    if not understood.by_person:
        _tell_staff(office, tx, understood)


def _tell_staff(office: Office, tx: Transaction, understood: Understood) -> None:
    """What more than the form somebody who asks may need: help at once, or a conversation (A4, A5, A15)."""
    danger = speaks_of_danger(understood.mail, understood.known)
    talk = wants_to_talk(understood.mail, understood.known)
    found = [why for why in (danger, talk) if why]
    if found:
        words = f"The form has been sent. The mail also {' and '.join(why.words for why in found)}."
        people.ask(office, tx, found[0].rule, words, understood=understood)


def send_form(office: Office, tx: Transaction, understood: Understood) -> None:
    """The blank form to the sender, in the same thread."""
    danger = speaks_of_danger(understood.mail, understood.known)
    sender = understood.mail.sender
    cause = f"mail:{understood.mail_id}"
    letter = office.letters.write(
        "form",
        sender.address,
        FormFacts(personal_address=sender.domain in _PERSONAL, urgent=bool(danger)),
        cause=cause,
        now=tx.now,
        thread=thread_of(understood),
        attachments=office.blanks,
    )
    letter_id = tx.letters.put(letter, cause, mail_id=understood.mail_id)
    if letter_id is None and understood.by_person:
        raise UserError("The form has already been sent in answer to this mail, and never goes twice for one mail.")
    tx.audit.add("form_sent_to_outbox", mail_id=understood.mail_id, letter_id=letter_id)


def thread_of(understood: Understood) -> Thread | None:
    """The thread that an answer to this mail goes into (RFC 5322 3.6.4)."""
    mail = understood.mail
    return Thread(mail.message_id, (*mail.thread, mail.message_id)) if mail.message_id else None


def _limit_reached(office: Office, tx: Transaction, address: str) -> bool:
    limit = office.settings.sender.forms_per_address_per_day
    return bool(limit) and tx.letters.written_to(address, "form", tx.now - timedelta(hours=24)) >= limit
