"""Forms that came on paper: what is written by hand is a suggestion until a person has checked it (B3, B4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import by_hand, people
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.shown import label
from mailbot.store import Transaction
from mailbot.understood import Understood
from parsers import Answer
from parsers.write.fill import by_control

#: why such an item waits
WHY = "handwritten"
_PAIR = re.compile(r"(?:^|(?<=\s))([a-z]\w*(?:\.\w+)?)\s*=")


def seen_only(answer: Answer) -> bool:
    """Whether an answer is doubtful because it was read from paper: a person here looks, the referrer is not asked."""
    where = answer.where or {}
    return where.get("reader") == "scan" and "page" in where and not answer.sure


def ask(office: Office, tx: Transaction, understood: Understood, referral: sa.RowMapping) -> None:
    """Put into the queue what must be keyed in or checked of a form on paper, once for the form."""
    keys = _waiting(tx, referral["id"])
    if not keys:
        return
    listed = "; ".join(f"{label(office.form, key)} ({key})" for key in keys)
    words = (
        f"The form of {referral['reference']} came on paper. {wording.count(len(keys), 'answer')} must be keyed in or "
        f"checked by a person: `mailbot show {referral['reference']}` shows what was read, and the review list shows "
        f"each beside its picture. Say what is otherwise, then confirm the rest. To check: {listed}."
    )
    people.ask(office, tx, WHY, words, understood=understood, referral_id=referral["id"])


def confirm(office: Office, tx: Transaction, referral: sa.RowMapping, said: str, by: str) -> list[str]:
    """Keep answers that a person gives as `p_dob=27 3 1985 p_surname=Whitlock`, or one as `p_dob 27 3 1985`.

    Raises UserError where that is not said. Of a question with boxes and words, what is not said stays as it was read.
    """
    given = _pairs(said)
    before = tx.referrals.answers(referral["id"])
    kept = {name: text for key in given for name, text in _beside(key, before).items()}
    pairs = [f"{name}={text}" for name, text in {**kept, **given}.items()]
    found = by_hand.answers_of(office, tx, pairs)
    for key, answer in found.items():
        if _said(key, given) and answer.raw:
            tx.referrals.confirm_answer(referral["id"], key, answer.value, answer.raw, by)
    return sorted(given)


def confirm_rest(tx: Transaction, referral: sa.RowMapping, by: str) -> int:
    """Everything that waits and could be made sense of is as it was read; says how many answers that were."""
    answers = tx.referrals.answers(referral["id"])
    keys = [key for key in _waiting(tx, referral["id"]) if _makes_sense(answers[key])]
    for key in keys:
        tx.referrals.confirm_answer(referral["id"], key, answers[key].value, answers[key].raw, by)
    return len(keys)


def left(office: Office, tx: Transaction, referral: sa.RowMapping) -> list[str]:
    """What still waits to be checked, as `Date of birth (p_dob)`."""
    return [f"{label(office.form, key)} ({key})" for key in _waiting(tx, referral["id"])]


def _waiting(tx: Transaction, referral_id: int) -> list[str]:
    return [key for key, answer in tx.referrals.answers(referral_id).items() if seen_only(answer)]


def _makes_sense(answer: Answer) -> bool:
    """Whether what was read is an answer as it stands: "about 2 weeks ago" is, a date that is none is not."""
    return answer.value is not None or (answer.remark or "").endswith("approximate")


def _pairs(said: str) -> dict[str, str]:
    starts = list(_PAIR.finditer(said))
    if not starts:
        key, _, text = said.strip().partition(" ")
        starts_at = {key: text.strip()}
    else:
        ends = [*(one.start() for one in starts[1:]), len(said)]
        starts_at = {one[1]: said[one.end() : end].strip() for one, end in zip(starts, ends, strict=True)}
    if not all(starts_at.values()):
        raise UserError("Say which answer, and what it is, as in `confirm-answer p_dob=27 3 1985 p_surname=Example`.")
    return starts_at


def _beside(key: str, before: Mapping[str, Answer]) -> dict[str, str]:
    """What stands beside the part of an answer that a person gives: the words beside a choice, a tick beside a name."""
    whole = key if key in before else key.partition(".")[0]
    value = before[whole].value if whole in before else None
    return by_control({whole: value}) if isinstance(value, dict) else {}


def _said(key: str, given: Mapping[str, str]) -> bool:
    return any(name == key or name.rpartition(".")[0] == key for name in given)
