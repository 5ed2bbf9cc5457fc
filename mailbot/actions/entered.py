"""A referral that came by telephone or on paper, entered by a mail of staff: `add` and the form or its answers (G7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import by_hand, decisions, gaps, proposals
from mailbot.actions.office import Office
from mailbot.asking import greets
from mailbot.errors import UserError
from mailbot.letters import Checked
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood

_ADD = re.compile(
    r"\W*(?:please\s+)?(?:mailbot\s+)?add(?:\s+(?:a|this|the))?(?:\s+new)?(?:\s+referral)?\W*", re.IGNORECASE
)
#: what staff call the questions about the referrer; in a referrer's own mail these words stand in a signature
_ABOUT_REFERRER = {
    "referrer": "r_name", "referred by": "r_name", "referrer name": "r_name", "name of referrer": "r_name",
    "referrer email": "r_email", "referrer s email": "r_email", "email of referrer": "r_email", "email": "r_email",
    "referrer phone": "r_phone", "referrer s phone": "r_phone", "phone": "r_phone", "organisation": "r_org",
    "team": "r_org", "role": "r_role", "job title": "r_role", "what happened": "s_account", "question": "q_question",
}  # fmt: skip


def is_meant(mail: Mail, known: Known) -> bool:
    """Whether its first line, or its subject, tells us to enter what it brings."""
    lines = [line for line in mail.words.split("\n") if line.strip()]
    if lines and greets(lines[0], known):
        lines = lines[1:]
    return bool(_ADD.fullmatch(mail.about)) or (bool(lines) and bool(_ADD.fullmatch(lines[0].strip())))


def take(office: Office, tx: Transaction, understood: Understood) -> None:
    """Enter it, and tell its sender the reference, the meeting, and what has no answer; or why it cannot be."""
    by = understood.mail.sender.address
    answers = proposals.found(office, understood.mail.words, _ABOUT_REFERRER)
    pairs = [f"{key}={text}" for key, text in answers.items()]
    unknown = [Checked(line, "This is no question of the form.") for line in _not_understood(office, understood)]
    try:
        forms = understood.known.filled
        if len(forms) > 1:
            raise UserError("There is more than one form: send each in a mail of its own.")  # noqa: TRY301 - told below
        with tx.apart():
            referral = by_hand.add(office, tx, forms, pairs, by)
            tx.mails.join(understood.mail_id, referral["id"])
    except UserError as error:
        decisions.check(office, tx, understood, [], [Checked("add", str(error)), *unknown])
        return
    decisions.check(office, tx, understood, [Checked("add", _told(office, tx, referral))], unknown)


def _told(office: Office, tx: Transaction, referral: sa.RowMapping) -> str:
    words = f"{referral['reference']} is entered, for the meeting on {wording.plain_date(referral['meeting'])}."
    if referral["missed_cut_off"]:
        words += " The cut-off for the one before has passed."
    if not referral["referrer"]:
        words += " No address of the referrer is known: the outcome is told by telephone."
    missing, unclear = gaps.fields_of(office, tx, referral["id"])
    for what, fields in (("No answer yet", missing), ("Please check", unclear)):
        if fields:
            words += wording.ended(f" {what}: {'; '.join(field.label for field in fields)}")
    return words


def _not_understood(office: Office, understood: Understood) -> Iterator[str]:
    """Lines that look like a question with its answer, and are none of the form's."""
    for line in understood.mail.words.split("\n"):
        if proposals.looks_asked(line) and not proposals.found(office, line, _ABOUT_REFERRER):
            yield line.strip()
