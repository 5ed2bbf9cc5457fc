"""Mail that we cannot open: staff are told why, and the sender what to do."""

from __future__ import annotations

from datetime import timedelta

from mailbot import wording
from mailbot.actions import replies
from mailbot.actions.office import Office
from mailbot.asking import brings_something, may_be_the_form, sends_password, telephone, unread
from mailbot.letters import CannotOpenFacts, HoldingFacts
from mailbot.store import Transaction
from mailbot.understood import Authenticity, Understood

_A_PERSON_OPENS = "A person here has to open it, because our system cannot."
#: within it the password follows, or went before
_PAIR_WITHIN = timedelta(days=14)
#: what the sender can do something about
_SAID = {
    "linked": "It was a link to a shared file. We do not follow links.",
    "removed": "The file was taken out before your email reached us.",
}


def take(office: Office, tx: Transaction, understood: Understood) -> None:
    """One letter at most: what we can take, or that a person opens it; none where a password comes by telephone."""
    mail, known = understood.mail, understood.known
    brought, password = brings_something(mail, known), sends_password(mail, known)
    problems = list(unread(mail, known))
    locked = [f"{_name(problem.file)}: {problem.words}" for problem in problems if not may_be_the_form(problem)]
    if brought and brought.rule in _SAID:
        locked.append(_SAID[brought.rule])
    if password and (password.rule == "password_by_phone" or not problems):
        pass  # the other mail of the pair was answered, or a person telephones
    elif (brought and brought.rule == "wrapped") or not locked:
        replies.answer(office, tx, understood, "holding", HoldingFacts(_A_PERSON_OPENS))
    else:
        facts = CannotOpenFacts(tuple(dict.fromkeys(locked)), office.is_secure(mail.sender.address))
        replies.answer(office, tx, understood, "cannot-open", facts)
    referral = replies.put_with_referral(tx, understood)
    words = "; ".join(why.words for why in understood.why if why.rule != "danger")
    parts = (
        wording.ended(f"A mail {words}"),
        _to_ring(understood),
        "Please open it in the mailbox.",
        _pair(tx, understood),
        _about(understood) if referral is None else "",
    )
    told = " ".join(part for part in parts if part)
    replies.ask(office, tx, understood, "cannot_open", told, referral["id"] if referral else None)


def _to_ring(understood: Understood) -> str:
    """Whom to telephone for a password (B17); the number stands in a letter to staff, and nowhere else."""
    password = sends_password(understood.mail, understood.known)
    number = telephone(understood.mail) if password and password.rule == "password_by_phone" else ""
    return f"The number in it is {number}." if number else ""


def _pair(tx: Transaction, understood: Understood) -> str:
    """A locked file and its password come in two mails, in either order: the second names the first (B16)."""
    if not _is_half_of_a_pair(understood):
        return ""
    since = understood.came_at - _PAIR_WITHIN
    earlier = tx.mails.waiting_of_kind("unreadable", understood.mail.sender.address, since, understood.mail_id)
    items = [f"item {need['id']} (mail {mail_id})" for mail_id in earlier for need in tx.needs.waiting(mail_id)]
    return f"It seems to belong with {wording.listed(items)} of the same sender." if items else ""


def _is_half_of_a_pair(understood: Understood) -> bool:
    mail, known = understood.mail, understood.known
    locked = any(problem.code == "encrypted" for problem in unread(mail, known))
    return known.authenticity != Authenticity.FAIL and (locked or sends_password(mail, known) is not None)


def _about(understood: Understood) -> str:
    return replies.which_referral(understood.known) if understood.known.referrals else ""


def _name(file: str) -> str:
    """The kind of file alone: its name may be somebody's (rule 10)."""
    ending = file.rpartition(".")[2].lower()
    return f"The .{ending} file" if ending != file.lower() and ending.isalnum() and len(ending) < 6 else "A file"
