"""Enquiries: the form goes to whoever asks, and is expected back."""

from __future__ import annotations

from datetime import timedelta

from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.asking import speaks_of_danger, wants_to_talk
from mailbot.errors import UserError
from mailbot.letters import FormFacts, Thread
from mailbot.mail import Mail, parse
from mailbot.store import Transaction
from mailbot.store.audit import MAILBOT
from mailbot.understood import A_PERSON_SAID_SO, PERSONAL, Understood, Why


def answer_request(office: Office, tx: Transaction, understood: Understood) -> None:
    """The form to the sender, at most as often as the settings allow, and not where a person has answered already."""
    answer_letter(office, tx, understood)
    if not understood.by_person:
        _tell_staff(office, tx, understood)


def answer_letter(office: Office, tx: Transaction, understood: Understood) -> None:
    """The same, where staff are told of more than a request by whoever calls this (B6)."""
    address = understood.mail.sender.address
    tx.enquiries.open(understood.mail_id, address, understood.came_at)
    if understood.known.answered_by_hand and not understood.by_person:
        tx.audit.add("answered_by_hand", mail_id=understood.mail_id)
    elif _limit_reached(office, tx, address) and not understood.by_person:
        tx.audit.add("form_limit_reached", mail_id=understood.mail_id)
    else:
        urgent = bool(speaks_of_danger(understood.mail, understood.known))
        _send_form(office, tx, understood.mail_id, address, thread_of(understood.mail), urgent=urgent)


def send_form_for(office: Office, tx: Transaction, mail_id: int, by: str, to: str = "") -> str:
    """A person has the form sent to who wrote, or to the address they name; says where. Raises UserError."""
    mail = parse(tx.mails.raw(mail_id) or b"")
    address = to.lower() or mail.sender.address
    if "@" not in address or " " in address:
        raise UserError(
            "The mail has no sender that could be answered: name one, as in `send-form name@service.example`."
        )
    thread = thread_of(mail) if address == mail.sender.address else None
    if not _send_form(office, tx, mail_id, address, thread, urgent=False, by=by):
        raise UserError("The form has already been sent in answer to this mail, and never goes twice for one mail.")
    tx.enquiries.open(mail_id, address, tx.mails.get(mail_id)["came_at"])
    tx.mails.note(mail_id, kind="form_request", why=[Why(A_PERSON_SAID_SO, "is what a person said").to_json()])
    return address


def _tell_staff(office: Office, tx: Transaction, understood: Understood) -> None:
    """What more than the form somebody who asks may need: help at once, or a conversation (A4, A5, A15)."""
    danger = speaks_of_danger(understood.mail, understood.known)
    talk = wants_to_talk(understood.mail, understood.known)
    found = [why for why in (danger, talk) if why]
    if found:
        words = f"The form has been sent. The mail also {' and '.join(why.words for why in found)}."
        people.ask(office, tx, found[0].rule, words, understood=understood)


def _send_form(
    office: Office,
    tx: Transaction,
    mail_id: int,
    address: str,
    thread: Thread | None,
    *,
    urgent: bool,
    by: str = MAILBOT,
) -> bool:
    """Whether the blank form went into the outbox: it never goes twice to one address for one mail."""
    cause = f"mail:{mail_id}"
    facts = FormFacts(personal_address=address.rpartition("@")[2] in PERSONAL, urgent=urgent)
    letter = office.letters.write(
        "form", address, facts, cause=cause, now=tx.now, thread=thread, attachments=office.blanks
    )
    letter_id = tx.letters.put(letter, cause, mail_id=mail_id)
    tx.audit.add("form_sent_to_outbox", actor=by, mail_id=mail_id, letter_id=letter_id)
    return letter_id is not None


def thread_of(mail: Mail) -> Thread | None:
    """The thread that an answer to this mail goes into (RFC 5322 3.6.4)."""
    return Thread(mail.message_id, (*mail.thread, mail.message_id)) if mail.message_id else None


def _limit_reached(office: Office, tx: Transaction, address: str) -> bool:
    limit = office.settings.sender.forms_per_address_per_day
    return bool(limit) and tx.letters.written_to(address, "form", tx.now - timedelta(hours=24)) >= limit
