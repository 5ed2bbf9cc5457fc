"""Answers that come in the words of a mail: proposed beside their question, for a person to take over (B25)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from mailbot.actions.office import Office
from mailbot.letters import Proposed
from mailbot.shown import NOT_ANSWERED, shown
from mailbot.store import Transaction
from parsers.match import SAME, nearest, plain

WHY = "proposed_answers"
_LONGEST = 120  # letters of a question
_MOST = 60  # lines of one mail
_LINE = re.compile(r"\W*(?:\d{1,2}[.)]\s*)?(?P<label>[^?:=]{3,120}?)\s*(?:\([^)]*\)\s*)?[?:=]+\s*(?P<rest>.*)")
_NOTHING: Mapping[str, str] = {}
#: what people call a question, and its id
_SHORT = {
    "nhs number": "p_nhs", "nhs no": "p_nhs", "dob": "p_dob", "d o b": "p_dob", "postcode": "p_postcode",
    "their postcode": "p_postcode", "address": "p_address", "first name": "p_forenames", "forename": "p_forenames",
    "case holder": "h_holder", "our reference": "r_ref", "our ref": "r_ref",
}  # fmt: skip


def found(office: Office, words: str, also: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """The answers in a mail's new words, by key: each after its question, on the same line or on those below it.

    `also` are more short names of questions.
    """
    answers: dict[str, list[str]] = {}
    key = ""
    for line in words.split("\n")[:_MOST]:
        labelled = _LINE.fullmatch(line.strip())
        if labelled and (asked := _asked(office, labelled["label"], also)):
            answers.setdefault(asked, []).append(labelled["rest"].strip())
            key = asked if _runs_on(office, asked, labelled["rest"]) else ""
        elif asked := _asked(office, line.strip(" -*•·>"), also):
            key = asked
            answers.setdefault(key, [])
        elif not line.strip():
            key = key if key and not any(answers[key]) else ""
        elif key:
            answers[key].append(line.strip())
    return {key: " ".join(part for part in said if part) for key, said in answers.items() if any(said)}


def _runs_on(office: Office, key: str, rest: str) -> bool:
    """Whether the answer goes on below: it has not begun yet, or has room for more than a line."""
    return not rest.strip() or office.form[key].type == "longtext"


def looks_asked(line: str) -> bool:
    """Whether a line looks like a question with its answer behind it."""
    found = _LINE.fullmatch(line.strip())
    return found is not None and bool(found["rest"].strip())


def _asked(office: Office, words: str, also: Mapping[str, str]) -> str:
    """The question that these words are; nothing where they are none, or one that cannot be answered in words."""
    if not words or len(words) > _LONGEST:
        return ""
    if short := _SHORT.get(plain(words)) or also.get(plain(words)):
        return short
    near = nearest(words, ((field.id, _bare(field.label)) for field in office.form.fields))
    return near.key if near and near.score >= SAME - 5 and not office.form[near.key].rows else ""


def _bare(label: str) -> str:
    """A question without the hint in brackets behind it, which people leave out."""
    return re.sub(r"\s*\([^)]*\)$", "", label)


def shown_beside(office: Office, tx: Transaction, referral_id: int, answers: Mapping[str, str]) -> tuple[Proposed, ...]:
    """Each question with what is proposed and what it has now, for staff."""
    now = tx.referrals.answers(referral_id)
    return tuple(
        Proposed(key, office.form[key].label, text, shown(office.form[key], now.get(key)) or NOT_ANSWERED)
        for key, text in answers.items()
    )


def lines(office: Office, tx: Transaction, referral: sa.RowMapping) -> Iterator[str]:
    """For the review list: what is proposed and not yet taken over."""
    for need in tx.needs.waiting():
        if need["referral_id"] == referral["id"] and need["proposed"]:
            for one in shown_beside(office, tx, referral["id"], need["proposed"]):
                yield f"Proposed answer, not yet accepted: {one.label} “{one.text}” (now: {one.now})."
