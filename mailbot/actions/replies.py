"""Short letters that answer a mail, and putting a mail with a referral: what several kinds do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import contact, people
from mailbot.actions.enquiries import thread_of
from mailbot.actions.office import Office
from mailbot.asking import reads_automatic, speaks_of_danger
from mailbot.letters import Facts, NeutralFacts
from mailbot.store import Transaction
from mailbot.understood import Authenticity, Known, Understood, joined, no_automatic_reply


def answer(
    office: Office, tx: Transaction, understood: Understood, name: str, facts: Facts, referral_id: int | None = None
) -> bool:
    """Whether a letter went into the outbox, to the sender and in the same thread: nothing may forbid it."""
    if contact.is_former(tx, referral_id, understood.mail.sender.address):
        tx.audit.add("not_answered", mail_id=understood.mail_id, letter=name, because="former_referrer")
        return False
    if not understood.by_person and (held := _held_back(office, tx, understood, name)):
        tx.audit.add("not_answered", mail_id=understood.mail_id, letter=name, because=held)
        return False
    cause = f"mail:{understood.mail_id}"
    sender = understood.mail.sender.address
    letter = office.letters.write(name, sender, facts, cause=cause, now=tx.now, thread=thread_of(understood.mail))
    return tx.letters.put(letter, cause, mail_id=understood.mail_id, referral_id=referral_id) is not None


def answer_neutrally(office: Office, tx: Transaction, understood: Understood) -> bool:
    """Whether the agreed safe text goes: it confirms nothing, and tells where to find help."""
    return answer(office, tx, understood, "neutral", NeutralFacts(_next_working_day(office, tx)))


def _next_working_day(office: Office, tx: Transaction) -> date:
    return office.bank_holidays.working_day_after(tx.now.astimezone(office.settings.meeting.zone).date())


def _held_back(office: Office, tx: Transaction, understood: Understood, name: str) -> str:
    """The rule that keeps a letter from going by itself. Two programs that answer each other come to an end here."""
    if why := no_automatic_reply(understood.mail, understood.known):
        return why[0].rule
    if machine := reads_automatic(understood.mail, understood.known):
        return machine.rule
    if understood.known.answered_by_hand:
        return "answered_by_hand"
    limit = office.settings.sender.forms_per_address_per_day
    since = tx.now - timedelta(hours=24)
    reached = limit and tx.letters.written_to(understood.mail.sender.address, name, since) >= limit
    return "limit_reached" if reached else ""


def ask(
    office: Office, tx: Transaction, understood: Understood, why: str, words: str, referral_id: int | None = None,
    proposed: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Tell staff; at once where the mail speaks of danger."""
    danger = speaks_of_danger(understood.mail, understood.known)
    told = f"{words} It {danger.words}." if danger else words
    name = "danger" if danger else why
    people.ask(office, tx, name, told, understood=understood, referral_id=referral_id, proposed=proposed)


def put_with_referral(tx: Transaction, understood: Understood) -> sa.RowMapping | None:
    """The one referral that two signs tie the mail to (rule 8), the mail now being part of it; never a forged one's."""
    found = joined(understood.known)
    if len(found) != 1 or understood.known.authenticity == Authenticity.FAIL:
        return None
    tx.mails.join(understood.mail_id, found[0].id)
    return tx.referrals.by_id(found[0].id)


def which_referral(known: Known) -> str:
    """The question of a mail that is not joined, naming what it may be about."""
    if not known.referrals:
        return "Nothing ties it to a referral."
    signs = (f"{one.reference} (by its {' and '.join(sorted(one.signs))})" for one in known.referrals)
    return f"Which referral is it about? It may be {wording.listed(signs, 'or')}."
