"""Somebody writes who is no referrer: staff at once, at most the agreed safe text, nothing confirmed (F1 to F11)."""

from __future__ import annotations

from mailbot.actions import Office, people, replies, rights
from mailbot.asking import WITH_SAFE_TEXT, from_no_referrer
from mailbot.letters import HoldingFacts
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why

_WORDS = {
    "victim": "Somebody may be in danger: please read this now. No form was sent, and no case was confirmed.",
    "refers_self": "Somebody may want to refer themselves. No form was sent, and no case was confirmed.",
    "person_referred": "The person referred may be asking. No case was confirmed; information governance decides.",
    "rights": "For information governance: nothing was answered.",
    "press": "For the press office: nothing was answered.",
    "address": "Somebody asks where a person lives. Nothing was given; is it really a referrer?",
    "misdirected": "Details may have come to us by mistake. Nothing in it was used; the breach clock may run.",
}


#: of these, whoever is set for information governance is told too, and the law gives a time (F2, F10, F11)
_GOVERNANCE = ("person_referred", "rights", "misdirected")
#: what may be acknowledged where a team has set that (F10)
_MAY_BE_ACKNOWLEDGED = ("rights", "press")


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """By the words of somebody at risk, of the person referred, of the law, the press or another service."""
    why = from_no_referrer(mail, known)
    return (why,) if why else None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Staff are told, urgently of somebody at risk; those who may need help get the agreed safe text."""
    rule = understood.why[0].rule
    if rule in WITH_SAFE_TEXT:
        replies.answer_neutrally(office, tx, understood)
    elif rule in _MAY_BE_ACKNOWLEDGED and office.settings.sender.acknowledge_rights:
        replies.answer(office, tx, understood, "holding", HoldingFacts())
    words = _WORDS.get(rule, "Somebody writes who is no referrer.")
    if rule == "victim":
        people.ask(office, tx, "victim", words, understood=understood)
    elif rule in _GOVERNANCE:
        rights.ask(office, tx, understood, words, breach=rule == "misdirected")
    else:
        replies.ask(office, tx, understood, "sensitive", words)
