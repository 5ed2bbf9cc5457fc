"""What comes after a referral: more about it, a question about it, its withdrawal."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import arrangements, attendance, proposals, replies
from mailbot.actions.office import Office
from mailbot.asking import only_arranges, unread
from mailbot.letters import AddedFacts, StatusFacts
from mailbot.meeting import Meeting, meeting_on
from mailbot.referral import OPEN, State
from mailbot.store import Transaction
from mailbot.understood import Authenticity, Understood

_HANDOVER = "handover"
_NAME_BOTH = "Nothing has changed. To change who refers, name the referral and the address with confirm-referrer."


def take_information(office: Office, tx: Transaction, understood: Understood) -> None:
    """Papers or words for a referral: put with it where two signs agree, and shown to a person either way."""
    referral = replies.put_with_referral(tx, understood)
    if referral is None:
        arranges = only_arranges(understood.mail, understood.known)
        hands_over = arranges is not None and arranges.rule == _HANDOVER
        words = f"More information, it seems. {replies.which_referral(understood.known)}"
        if arranges and hands_over:
            words = f"Somebody {arranges.words}. {replies.which_referral(understood.known)} {_NAME_BOTH}"
        words = f"{words} {_unread(understood)}".strip()
        replies.ask(office, tx, understood, _HANDOVER if hands_over else "more_information", words)
        return
    tx.audit.add("information_added", mail_id=understood.mail_id, referral_id=referral["id"])
    arranges = only_arranges(understood.mail, understood.known)
    if referral["state"] in OPEN and not arranges:
        facts = AddedFacts(referral["reference"], referral["their_reference"], _coming(office, tx, referral))
        replies.answer(office, tx, understood, "added", facts, referral["id"])
    answers = proposals.found(office, understood.mail.words) if referral["state"] in OPEN and not arranges else {}
    words = _what_came(understood, referral, answers) + (f" It {arranges.words}." if arranges else "")
    why = _why(referral, arranges.rule if arranges else "", answers)
    if why == attendance.WHY:
        words += f" If that is so, answer “{arrangements.suggested(understood.mail.words)}”."
    replies.ask(office, tx, understood, why, words, referral["id"], answers)


def _why(referral: sa.RowMapping, arranges: str, answers: Mapping[str, str]) -> str:
    """What staff are asked: each has answers of its own."""
    if arranges:
        return attendance.WHY if arranges == "attends" else _HANDOVER
    if referral["state"] in (State.TOLD, State.WITHDRAWN, State.CLOSED):
        return "after_outcome"
    return proposals.WHY if answers else "more_information"


def _what_came(understood: Understood, referral: sa.RowMapping, answers: Mapping[str, str]) -> str:
    reference = referral["reference"]
    words = f"Something new about {reference}, put with it; nothing on the form was changed."
    if answers:
        words = f"{wording.count(len(answers), 'answer')} for {reference} came in a mail. Are they right?"
    if referral["state"] == State.DECIDED:
        words = f"Something new about {reference}, whose outcome is recorded and not yet told: does it change that?"
    elif referral["state"] not in OPEN:
        words = f"Something new about {reference}, which is {referral['state']}: back on the list, or a new form?"
    elif referral["state"] == State.ON_LIST:
        words += " Changed since the digest: the review list that staff have does not show it."
    return f"{words} {_unread(understood)}".strip()


def _unread(understood: Understood) -> str:
    """What is the matter with the files that could not be read."""
    return " ".join(dict.fromkeys(problem.words for problem in unread(understood.mail, understood.known)))


def tell_status(office: Office, tx: Transaction, understood: Understood) -> None:
    """Reference and stage to the confirmed referrer whom our server vouches for; the neutral text to a stranger."""
    known = understood.known
    referral = replies.put_with_referral(tx, understood)
    facts = _status(office, tx, referral) if referral else None
    confirmed = any("referrer" in one.signs for one in known.referrals)
    told = False
    if referral and facts and confirmed and known.authenticity == Authenticity.PASS:
        told = replies.answer(office, tx, understood, "status", facts, referral["id"])
    elif not confirmed:
        replies.answer_neutrally(office, tx, understood)
    if not told:
        words = f"Somebody asks how a referral goes. {replies.which_referral(known)}"
        replies.ask(office, tx, understood, "status_question", words, referral["id"] if referral else None)


def _status(office: Office, tx: Transaction, referral: sa.RowMapping) -> StatusFacts | None:
    """What may be said of a referral; None where only a person can say it."""
    meeting = meeting_on(referral["meeting"], office.settings.meeting)
    stage = {State.WAITING: "waiting", State.DECIDED: "decided", State.TOLD: "told"}.get(referral["state"], "queued")
    if referral["state"] in (State.DEFERRED, State.WITHDRAWN, State.CLOSED):
        return None
    if stage == "queued" and meeting.starts_at <= tx.now:
        return None  # its meeting has been, and nobody has recorded what came of it
    told = [row["sent_at"] for row in tx.letters.of_referral(referral["id"]) if row["name"].startswith("outcome-")]
    told_on = told[-1].astimezone(office.settings.meeting.zone).date() if told and told[-1] else None
    return StatusFacts(referral["reference"], stage, meeting, referral["their_reference"], told_on)


def ask_about_withdrawal(office: Office, tx: Transaction, understood: Understood) -> None:
    """A referral, or an earlier mail, is taken back: a person decides, and nothing is deleted (B33)."""
    referral = replies.put_with_referral(tx, understood)
    tx.audit.add("withdrawal_asked", mail_id=understood.mail_id, referral_id=referral["id"] if referral else None)
    about = referral["reference"] if referral else ""
    words = f"A withdrawal{f' of {about}' if about else ''} is asked for. Nothing was deleted and nothing sent."
    if not referral:
        words += f" {replies.which_referral(understood.known)}"
    replies.ask(office, tx, understood, "withdrawal", words, referral["id"] if referral else None)


def _coming(office: Office, tx: Transaction, referral: sa.RowMapping) -> Meeting | None:
    meeting = meeting_on(referral["meeting"], office.settings.meeting)
    return meeting if meeting.starts_at > tx.now else None
