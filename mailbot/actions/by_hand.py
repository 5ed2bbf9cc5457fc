"""Referrals that came on paper or by telephone, entered by a person: the same checks and the same list (G7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from mailbot.actions import restricting, same_person
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.meeting import came_late, meeting_for
from mailbot.store import Transaction
from mailbot.store.referrals import NewReferral
from parsers import Answer, Reading
from parsers.answers import Written, answers


def add(office: Office, tx: Transaction, readings: Sequence[Reading], pairs: Sequence[str], by: str) -> sa.RowMapping:
    """A referral from a form's file, from answers given as `key=text`, or both; raises UserError with what is wrong."""
    found = dict(_of_files(readings))
    found.update(answers_of(office, tx, pairs))
    if not any(answer.raw for answer in found.values()):
        raise UserError("Nothing was entered: name a filled-in form, or answers as in --set p_surname=Example.")
    email = found.get("r_email")
    rules, changes = office.settings.meeting, tx.meetings.changes()
    referral = tx.referrals.add(
        NewReferral(
            prefix=office.settings.referrals.prefix,
            received_at=tx.now,
            meeting=meeting_for(tx.now, rules, changes).date,
            missed_cut_off=came_late(tx.now, rules, changes),
            form_version=office.form.version,
            referrer=email.value if email and email.sure else None,
            confirmed_by=by if email and email.sure else None,
            sender=None,
            their_reference=str(found["r_ref"].value or "") if "r_ref" in found else "",
        ),
        found,
    )
    tx.audit.add("referral_entered", actor=by, referral_id=referral["id"])
    restricting.restrict_if_about_colleague(office, tx, referral)
    same_person.look_for(office, tx, referral)
    restricting.restrict_if_about_colleague(office, tx, referral)
    return referral


def _of_files(readings: Sequence[Reading]) -> dict[str, Answer]:
    forms = [reading for reading in readings if reading.is_form]
    if readings and not forms:
        raise UserError(*(problem.words for reading in readings for problem in reading.problems))
    return dict(forms[0].answers) if forms else {}


def answers_of(office: Office, tx: Transaction, pairs: Sequence[str]) -> dict[str, Answer]:
    """Answers that a person gives as `key=text`; raises UserError with every key that is no question of the form."""
    written: dict[str, Written] = {}
    problems = []
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign or key.partition(".")[0] not in office.form:
            problems.append(
                f"“{key}” is not a question of form version {office.form.version}; write it as p_surname=Example."
            )
        written[key] = Written(text, where={"reader": "person"})
    if problems:
        raise UserError(*problems)
    asked = {key.partition(".")[0] for key in written}
    read = answers(office.form, written, tx.now.date())
    return {
        key: replace(answer, where={"reader": "person"})
        for key, answer in read.items()
        if key.partition(".")[0] in asked
    }
