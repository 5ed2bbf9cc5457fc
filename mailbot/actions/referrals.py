"""Referrals: made from forms, corrected by forms, acknowledged by one receipt a mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import corrections, gaps, on_paper, people, replies, restricting, same_person
from mailbot.actions.enquiries import thread_of
from mailbot.actions.office import Office
from mailbot.letters import AddedFacts, Attachment, QuestionFacts, ReceiptFacts, Received
from mailbot.mail import passed_on_from
from mailbot.meeting import came_late, meeting_for, meeting_on
from mailbot.persons import Person, is_another
from mailbot.referral import OPEN, State
from mailbot.store import Transaction
from mailbot.store.referrals import NewReferral
from mailbot.understood import Authenticity, Understood, joined
from parsers import Answer, Reading


def take_forms(office: Office, tx: Transaction, understood: Understood) -> None:
    """A referral for each filled-in form of a mail, and one receipt; empty forms alone are asked for again."""
    filled = [form for form in understood.known.forms if form.answers and not _has(form, "empty_form")]
    if len(filled) == 1 and (known := _corrects(tx, understood, filled[0])):
        _correct(office, tx, understood, filled[0], known)
        return
    referrals = [_add(office, tx, understood, form) for form in filled]
    if referrals:
        send_receipt(office, tx, understood, referrals)
    elif understood.known.forms:
        _ask_for_filled(office, tx, understood)


def _corrects(tx: Transaction, understood: Understood, form: Reading) -> sa.RowMapping | None:
    """The one referral that two signs tie the form to (rule 8), while its outcome has not been told (B26).

    A form about somebody else is no correction, though it comes in answer to the receipt of the one before.
    """
    known = joined(understood.known)
    referral = tx.referrals.by_id(known[0].id) if len(known) == 1 else None
    if referral is None or referral["state"] not in (*OPEN, State.DECIDED):
        return None
    before = Person.of(tx.referrals.answers(referral["id"]))
    return None if is_another(before, Person.of(form.answers)) else referral


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
    restricting.restrict_if_about_colleague(office, tx, referral, understood)
    same_person.look_for(office, tx, referral, understood)
    tx.mails.join(understood.mail_id, referral["id"])
    tx.enquiries.close([address for address in (sender, referrer) if address], referral["id"])
    tx.audit.add("referral_made", mail_id=understood.mail_id, referral_id=referral["id"], version=form.form_version)
    if referrer != sender:
        people.ask(
            office, tx, "referrer_differs", _whose(form, understood), understood=understood, referral_id=referral["id"]
        )
    on_paper.ask(office, tx, understood, referral)
    _ask_about_file(office, tx, understood, form, referral)
    return referral


def _ask_about_file(
    office: Office, tx: Transaction, understood: Understood, form: Reading, referral: sa.RowMapping
) -> None:
    """What is the matter with the form's files: copies that differ (B9), pages that are missing (B10)."""
    if copies := [problem.words for problem in form.problems if problem.code == "copies"]:
        words = f"{' '.join(copies)} Both files are kept. Is that right? If not, say which answers are otherwise."
        people.ask(office, tx, "copies", words, understood=understood, referral_id=referral["id"])
    problems = [problem.words for problem in form.problems if problem.code != "copies"]
    if problems and _has(form, "pages_missing"):
        others = [one.reference for one in understood.known.referrals if one.id != referral["id"]]
        if others:
            problems.append(f"It may be the rest of {wording.listed(others, 'or')}, which its sender referred before.")
    if problems:
        people.ask(office, tx, "form_problem", " ".join(problems), understood=understood, referral_id=referral["id"])


def _whose(form: Reading, understood: Understood) -> str:
    """Why the referrer is not known for certain, and who it seems to be (G6)."""
    email = form.answers.get("r_email")
    by_hand = email is not None and on_paper.seen_only(email)
    what = "is handwritten" if by_hand else "is not the one that sent it"
    writer = passed_on_from(understood.mail)
    if writer and email is not None and writer == email.value:
        what = f"is {writer}, who wrote the mail that is passed on here"
    return f"The form's address {what}. Until somebody confirms the referrer, no outcome goes out."


def _correct(office: Office, tx: Transaction, understood: Understood, form: Reading, referral: sa.RowMapping) -> None:
    """A corrected form: a new version of the answers, the old one kept; the sender has a short note (B26)."""
    before = tx.referrals.answers(referral["id"])
    changed = {key: one for key, one in form.answers.items() if one.raw and corrections.differs(one, before.get(key))}
    tx.referrals.add_version(referral["id"], changed)
    restricting.restrict_if_about_colleague(office, tx, referral, understood)
    tx.mails.join(understood.mail_id, referral["id"])
    tx.audit.add("form_corrected", mail_id=understood.mail_id, referral_id=referral["id"], changed=sorted(changed))
    words = _what_changed(office, tx, referral, changed)
    people.ask(office, tx, corrections.WHY, words, understood=understood, referral_id=referral["id"])
    _hold_if_moved(office, tx, understood, changed, referral)
    on_paper.ask(office, tx, understood, referral)
    coming = meeting_on(referral["meeting"], office.settings.meeting)
    facts = AddedFacts(
        referral["reference"], referral["their_reference"], coming if coming.starts_at > tx.now else None
    )
    replies.answer(office, tx, understood, "added", facts, referral["id"])


def _what_changed(office: Office, tx: Transaction, referral: sa.RowMapping, changed: Mapping[str, Answer]) -> str:
    """Which questions, in the form's words; the letter has the answers side by side."""
    name = referral["reference"]
    otherwise = [one.label for one in corrections.different(office, tx, referral["id"]) if one.key in changed]
    new = corrections.added(office, tx, referral["id"], changed)
    words = f"A corrected form for {name}." if otherwise or not new else f"More of the form of {name} came."
    if otherwise:
        words += wording.ended(f" Changed: {'; '.join(dict.fromkeys(otherwise))}")
    if new:
        words += wording.ended(f" Answered now: {'; '.join(new)}")
    if not (otherwise or new):
        words += " It says what the form before it said."
    if referral["state"] == State.DECIDED:
        words += " An outcome was recorded on the earlier answers: look at it again before its letter is approved."
    elif referral["state"] == State.ON_LIST:
        words += " The review list that staff have does not show it."
    return words


def _hold_if_moved(
    office: Office, tx: Transaction, understood: Understood, changed: Mapping[str, Answer], referral: sa.RowMapping
) -> None:
    """Another address for the referrer unconfirms it: no outcome goes until a person has said which it is (F9)."""
    email = changed.get("r_email")
    if email is None or email.value == referral["referrer"]:
        return
    tx.referrals.change(referral["id"], referrer=email.value if email.sure else None, confirmed_by=None)
    words = f"The corrected form of {referral['reference']} gives another address for the referrer."
    words += " Until somebody confirms which it is, no outcome goes out."
    people.ask(office, tx, "referrer_differs", words, understood=understood, referral_id=referral["id"])


def send_receipt(office: Office, tx: Transaction, understood: Understood, referrals: Sequence[sa.RowMapping]) -> None:
    """One receipt for the mail, to its sender, listing each reference with what was not answered."""
    received = tuple(_received(office, tx, understood, referral) for referral in referrals)
    cause = f"mail:{understood.mail_id}"
    letter = office.letters.write(
        "receipt",
        understood.mail.sender.address,
        ReceiptFacts(received),
        cause=cause,
        now=tx.now,
        thread=thread_of(understood.mail),
        attachments=_files(office, tx, referrals, received),
    )
    tx.letters.put(letter, cause, mail_id=understood.mail_id, referral_id=referrals[0]["id"])


def _files(
    office: Office, tx: Transaction, referrals: Sequence[sa.RowMapping], received: Sequence[Received]
) -> tuple[Attachment, ...]:
    """The form of each that has gaps: filled in where that may go back, else one blank for all."""
    back = [row for row, one in zip(referrals, received, strict=True) if one.filled_in]
    blank = any((one.missing or one.unclear) and not one.filled_in for one in received)
    filled = [file for row in back for file in gaps.filled_in(office, tx, row)]
    return (*filled, *(office.blanks if blank else ()))


def _received(office: Office, tx: Transaction, understood: Understood, referral: sa.RowMapping) -> Received:
    missing, unclear = gaps_of(office, tx, referral["id"], to_ask=True)
    proven = understood.known.authenticity == Authenticity.PASS
    to_referrer = proven and understood.mail.sender.address == referral["referrer"]
    return Received(
        reference=referral["reference"],
        their_reference=referral["their_reference"],
        meeting=meeting_on(referral["meeting"], office.settings.meeting),
        missed_cut_off=referral["missed_cut_off"],
        missing=missing,
        unclear=unclear,
        filled_in=bool(missing or unclear) and to_referrer and gaps.may_have_answers(office, referral),
    )


def gaps_of(
    office: Office, tx: Transaction, referral_id: int, *, to_ask: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of what was not answered, and of what was answered unclearly, as the form has them.

    With `to_ask`, only what the referrer can help with: handwriting is for a person here to read.
    """
    missing, unclear = gaps.fields_of(office, tx, referral_id, to_ask=to_ask)
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
