"""Answers that a calendar sends: who accepts, declines or proposes another time (RFC 5546); never answered."""

from __future__ import annotations

import re

from mailbot.actions import Office, replies
from mailbot.asking import speaks_of_danger
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why

_TYPES = ("text/calendar", "application/ics")
_METHOD = re.compile(r"^METHOD:\s*([A-Z-]+)", re.IGNORECASE | re.MULTILINE)
_ANSWER = re.compile(r"^ATTENDEE\b[^\n]*?PARTSTAT=\"?([A-Z-]+)", re.IGNORECASE | re.MULTILINE)
_FORWARDED = re.compile(r"^meeting forward notification:", re.IGNORECASE)
#: these change nothing until a person agrees (D3, D6)
_FOR_A_PERSON = ("COUNTER", "DELEGATED", "FORWARDED")


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """A calendar object that answers an invitation, or Exchange's notice that one was forwarded."""
    del known
    answered = _answer(mail)
    return (Why("calendar_answer", f"answers an invitation: {answered.lower()}"),) if answered else None


def _answer(mail: Mail) -> str:
    """ACCEPTED, DECLINED, TENTATIVE, DELEGATED, COUNTER, FORWARDED ...; nothing where it is no answer."""
    if _FORWARDED.match(mail.about):
        return "FORWARDED"
    for one in mail.files:
        if one.media_type not in _TYPES and not one.name.lower().endswith(".ics"):
            continue
        text = re.sub(r"\r?\n[ \t]", "", one.data[:100_000].decode("utf-8", "replace"))  # RFC 5545 3.1
        method = _METHOD.search(text)
        if method and method[1].upper() == "REPLY":
            attends = _ANSWER.search(text)
            return attends[1].upper() if attends else "REPLY"
        if method and method[1].upper() in ("COUNTER", "REFRESH", "DECLINECOUNTER"):
            return method[1].upper()
    return ""


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Noted; another time or another person is for staff, and so is danger in what was written with it."""
    answered = _answer(understood.mail)
    tx.audit.add("calendar_answer", mail_id=understood.mail_id, answer=answered.lower())
    if answered in _FOR_A_PERSON or speaks_of_danger(understood.mail, understood.known):
        words = f"An answer to an invitation: {answered.lower()}. Nothing changes until a person agrees."
        replies.ask(office, tx, understood, "calendar", words)
