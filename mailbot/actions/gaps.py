"""What is missing or unclear on a form: asked for in its own words, reminded of once, never in the way of a meeting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from mailbot.actions import on_paper
from mailbot.actions.office import Office
from mailbot.letters import Attachment, ReminderFacts, Thread
from mailbot.meeting import Meeting, meeting_for, meeting_on
from mailbot.referral import State
from mailbot.store import Transaction
from parsers import Answer, Field, Reading
from parsers.write.fill import fill_docx, fill_pdf

#: a form that came, or is typed into: how each blank is filled in again
_FILL = {".pdf": fill_pdf, ".docx": fill_docx}
_PLAIN = ("text", "longtext", "email", "tel", "date", "date~", "monthyear", "nhsno", "postcode")


def fields_of(
    office: Office, tx: Transaction, referral_id: int, *, to_ask: bool = False
) -> tuple[list[Field], list[Field]]:
    """The questions that were not answered, and those that were answered unclearly.

    With `to_ask`, only what the referrer can help with: handwriting is for a person here to read.
    """
    answers = tx.referrals.answers(referral_id)
    reading = Reading((), office.form.version, "other", None, answers)
    ours = {key for key, answer in answers.items() if to_ask and on_paper.seen_only(answer)}
    unclear = [field for field in reading.unclear(office.form) if ours.isdisjoint(field.keys)]
    missing = [
        field for field in reading.unanswered(office.form) if field not in unclear and ours.isdisjoint(field.keys)
    ]
    return missing, unclear


def may_have_answers(office: Office, referral: sa.RowMapping) -> bool:
    """Whether its answers may go back to its referrer: confirmed, and at a domain of the secure list (rule 9)."""
    return bool(referral["confirmed_by"] and referral["referrer"] and office.is_secure(referral["referrer"]))


def filled_in(office: Office, tx: Transaction, referral: sa.RowMapping) -> tuple[Attachment, ...]:
    """The form with what was read for sure, its gaps marked; no plain text, which cannot mark them."""
    missing, unclear = fields_of(office, tx, referral["id"], to_ask=True)
    gaps = {field.id for field in (*missing, *unclear)}
    answers = {key: value for key, value in _values(office, tx.referrals.answers(referral["id"])) if value is not None}
    made = []
    for blank in office.blanks:
        if fill := _FILL.get(f".{blank.name.rpartition('.')[2]}"):
            name = re.sub(r"^referral-form", f"referral-form-{referral['reference']}", blank.name)
            made.append(Attachment(name, blank.media_type, fill(blank.data, answers, gaps)))
    return tuple(made)


def _values(office: Office, answers: dict[str, Answer]) -> Iterator[tuple[str, Any]]:
    """What may stand on the form again: sure values, and words that are the answer themselves."""
    for key, answer in answers.items():
        name = key.partition(".")[0]
        if answer.sure and name in office.form and key in office.form[name].keys:
            plain = office.form[name].type in _PLAIN
            yield key, answer.raw.strip() if plain and answer.raw.strip() else answer.value


def remind_all(office: Office, tx: Transaction) -> int:
    """Remind of every gap whose time has come, once each; says how many reminders were written."""
    due = [row for row in tx.referrals.in_states([State.QUEUED, State.WAITING]) if is_due(office, tx, row)]
    return sum(_remind(office, tx, row) for row in due)


def is_due(office: Office, tx: Transaction, referral: sa.RowMapping) -> bool:
    """Whether its one reminder is to go now: in time for the cut-off, and nothing has come since we asked."""
    hours = office.settings.meeting.reminder_hours
    meeting, since = _meeting_of(office, tx, referral), _asked_at(referral)
    if not hours or not _address(referral) or tx.letters.of_cause(_cause(referral)):
        return False
    opens = meeting.cut_off - timedelta(hours=hours)
    if not opens <= tx.now < meeting.cut_off or since > opens:
        return False
    came = [row for row in tx.mails.of_referral(referral["id"]) if row["kind"] != "calendar_reply"]
    return not any(row["came_at"] > since for row in came)


def _remind(office: Office, tx: Transaction, referral: sa.RowMapping) -> bool:
    missing, unclear = fields_of(office, tx, referral["id"], to_ask=True)
    questions = _asked_by_meeting(tx, referral)
    if not (missing or unclear or questions):
        return False
    back = may_have_answers(office, referral) and bool(missing or unclear)
    facts = ReminderFacts(
        reference=referral["reference"],
        their_reference=referral["their_reference"],
        meeting=_meeting_of(office, tx, referral),
        missing=tuple(field.label for field in missing) if not questions else (),
        unclear=tuple(field.label for field in unclear) if not questions else (),
        questions=questions,
        filled_in=back,
    )
    earlier = tx.letters.thread_with(referral["id"], _address(referral))
    write = partial(office.letters.write, "reminder", _address(referral), facts, cause=_cause(referral), now=tx.now)
    letter = write(
        thread=Thread(earlier[-1], tuple(earlier)) if earlier else None,
        attachments=filled_in(office, tx, referral) if back else office.blanks if not questions else (),
    )
    tx.audit.add("reminded", referral_id=referral["id"])
    return tx.letters.put(letter, _cause(referral), referral_id=referral["id"]) is not None


def _address(referral: sa.RowMapping) -> str:
    """Whom we asked: the confirmed referrer, else whoever sent the form."""
    return str((referral["referrer"] if referral["confirmed_by"] else referral["sender"]) or "")


def _cause(referral: sa.RowMapping) -> str:
    """One reminder for what the receipt asked, and one for each time the meeting asked."""
    asked = referral["waiting_since"] if referral["state"] == State.WAITING else None
    return f"gaps:{referral['id']}" + (f":{asked:%Y-%m-%dT%H:%M}" if asked else "")


def _asked_at(referral: sa.RowMapping) -> Any:
    return referral["waiting_since"] if referral["state"] == State.WAITING else referral["received_at"]


def _meeting_of(office: Office, tx: Transaction, referral: sa.RowMapping) -> Meeting:
    """The meeting the answers are for: of what waits for answers, the first that they can still reach."""
    if referral["state"] == State.WAITING:
        return meeting_for(tx.now, office.settings.meeting, tx.meetings.changes())
    return meeting_on(referral["meeting"], office.settings.meeting)


def _asked_by_meeting(tx: Transaction, referral: sa.RowMapping) -> tuple[str, ...]:
    if referral["state"] != State.WAITING:
        return ()
    asked = [row for row in tx.outcomes.of_referral(referral["id"]) if row["outcome"] == "ask" and row["approved_at"]]
    return tuple(asked[-1]["recorded"].get("questions", ())) if asked else ()
