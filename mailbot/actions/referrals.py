"""Referrals: made from forms, corrected by forms, acknowledged by one receipt a mail."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from mailbot.actions import on_paper, people
from mailbot.actions.enquiries import thread_of
from mailbot.actions.office import Office
from mailbot.letters import QuestionFacts, ReceiptFacts, Received
from mailbot.meeting import came_late, meeting_for, meeting_on
from mailbot.referral import OPEN
from mailbot.store import Transaction
from mailbot.store.referrals import NewReferral
from mailbot.understood import Authenticity, Understood, joined
from parsers import Reading


def take_forms(office: Office, tx: Transaction, understood: Understood) -> None:
    """A referral for each filled-in form of a mail, and one receipt; empty forms alone are asked for again."""
    filled = [form for form in understood.known.forms if form.answers and not _has(form, "empty_form")]
    referrals = [_take(office, tx, understood, form, alone=len(filled) == 1) for form in filled]
    if referrals:
        send_receipt(office, tx, understood, referrals)
    elif understood.known.forms:
        _ask_for_filled(office, tx, understood)


def _take(office: Office, tx: Transaction, understood: Understood, form: Reading, *, alone: bool) -> sa.RowMapping:
    known = joined(understood.known)
    if alone and len(known) == 1:
        referral = tx.referrals.by_id(known[0].id)
        if referral["state"] in OPEN:
            return _correct(office, tx, understood, form, referral)
    return _add(office, tx, understood, form)


def _add(office: Office, tx: Transaction, understood: Understood, form: Reading) -> sa.RowMapping:
    """A new referral from a form; its referrer is confirmed where the form's address sent it and our server says so."""
    referrer = form.values.get("r_email")
    sender = understood.mail.sender.address
    confirmed = referrer == sender and understood.known.authenticity == Authenticity.PASS
    rules, changes = office.settings.meeting, tx.meetings.changes()
    referral = tx.referrals.add(
        NewReferral(
            prefix=office.settings.referrals.prefix,
            received_at=understood.came_at,
            meeting=meeting_for(max(understood.came_at, tx.now), rules, changes).date,
            missed_cut_off=came_late(understood.came_at, rules, changes),
            form_version=form.form_version,
            referrer=referrer,
            confirmed_by="mailbot: From equals the form's address, and our server says pass" if confirmed else None,
            sender=sender,
            their_reference=str(form.values.get("r_ref") or ""),
        ),
        form.answers,
    )
    tx.mails.join(understood.mail_id, referral["id"])
    tx.enquiries.close([address for address in (sender, referrer) if address], referral["id"])
    tx.audit.add("referral_made", mail_id=understood.mail_id, referral_id=referral["id"], version=form.form_version)
    if referrer != sender:
        people.ask(office, tx, "referrer_differs", _whose(form), understood=understood, referral_id=referral["id"])
    on_paper.ask(office, tx, understood, referral)
    if problems := [problem.words for problem in form.problems]:
        people.ask(office, tx, "form_problem", " ".join(problems), understood=understood, referral_id=referral["id"])
    return referral


def _whose(form: Reading) -> str:
    """Why the referrer is not known for certain."""
    email = form.answers.get("r_email")
    by_hand = email is not None and on_paper.seen_only(email)
    what = "is handwritten" if by_hand else "is not the one that sent it"
    return f"The form's address {what}. Until somebody confirms the referrer, no outcome goes out."


def _correct(
    office: Office, tx: Transaction, understood: Understood, form: Reading, referral: sa.RowMapping
) -> sa.RowMapping:
    """A corrected form, joined by two signs (rule 8): a new version of the answers, the old one kept (B26)."""
    before = tx.referrals.answers(referral["id"])
    changed = {
        key: one for key, one in form.answers.items() if one.raw and (key not in before or one.raw != before[key].raw)
    }
    tx.referrals.add_version(referral["id"], changed)
    tx.mails.join(understood.mail_id, referral["id"])
    tx.audit.add("form_corrected", mail_id=understood.mail_id, referral_id=referral["id"], changed=sorted(changed))
    labels = [office.form[key.partition(".")[0]].label for key in changed if key.partition(".")[0] in office.form]
    words = f"A corrected form for {referral['reference']}. Changed: {'; '.join(dict.fromkeys(labels)) or 'nothing'}."
    people.ask(office, tx, "corrected_form", words, understood=understood, referral_id=referral["id"])
    on_paper.ask(office, tx, understood, referral)
    return referral


def send_receipt(office: Office, tx: Transaction, understood: Understood, referrals: Sequence[sa.RowMapping]) -> None:
    """One receipt for the mail, to its sender, listing each reference with what was not answered."""
    received = tuple(_received(office, tx, referral) for referral in referrals)
    gaps = any(one.missing or one.unclear for one in received)
    cause = f"mail:{understood.mail_id}"
    letter = office.letters.write(
        "receipt",
        understood.mail.sender.address,
        ReceiptFacts(received),
        cause=cause,
        now=tx.now,
        thread=thread_of(understood.mail),
        attachments=office.blanks if gaps else (),
    )
    tx.letters.put(letter, cause, mail_id=understood.mail_id, referral_id=referrals[0]["id"])


def _received(office: Office, tx: Transaction, referral: sa.RowMapping) -> Received:
    missing, unclear = gaps_of(office, tx, referral["id"], to_ask=True)
    return Received(
        reference=referral["reference"],
        their_reference=referral["their_reference"],
        meeting=meeting_on(referral["meeting"], office.settings.meeting),
        missed_cut_off=referral["missed_cut_off"],
        missing=missing,
        unclear=unclear,
    )


def gaps_of(
    office: Office, tx: Transaction, referral_id: int, *, to_ask: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of what was not answered, and of what was answered unclearly, as the form has them.

    With `to_ask`, only what the referrer can help with: handwriting is for a person here to read.
    """
    answers = tx.referrals.answers(referral_id)
    reading = Reading((), office.form.version, "other", None, answers)
    ours = {key for key, answer in answers.items() if to_ask and on_paper.seen_only(answer)}
    unclear = [field for field in reading.unclear(office.form) if ours.isdisjoint(field.keys)]
    missing = [
        field for field in reading.unanswered(office.form) if field not in unclear and ours.isdisjoint(field.keys)
    ]
    return tuple(field.label for field in missing), tuple(field.label for field in unclear)


def _ask_for_filled(office: Office, tx: Transaction, understood: Understood) -> None:
    cause = f"mail:{understood.mail_id}"
    letter = office.letters.write(
        "question",
        understood.mail.sender.address,
        QuestionFacts(),
        cause=cause,
        now=tx.now,
        thread=thread_of(understood.mail),
        attachments=office.blanks,
    )
    tx.letters.put(letter, cause, mail_id=understood.mail_id)


def _has(form: Reading, code: str) -> bool:
    return any(problem.code == code for problem in form.problems)
