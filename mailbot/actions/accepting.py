"""A person takes over answers that a mail proposed; the old ones are kept (B25)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa

from mailbot.actions import by_hand
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.store import Transaction


def accept(office: Office, tx: Transaction, need: sa.RowMapping, referral: sa.RowMapping, said: str, by: str) -> str:
    """A person takes the proposed answers over, all or those named; the old ones are kept. Raises UserError."""
    proposed: dict[str, str] = need["proposed"] or {}
    if not proposed:
        raise UserError(f"Item {need['id']} proposes no answers; give them with `confirm-answer p_dob=27 3 1985`.")
    named = re.findall(r"[a-z]_\w+", said.lower())
    unknown = [key for key in named if key not in proposed]
    if unknown or (said and not named):
        raise UserError(f"“{' '.join(unknown) or said}” is not proposed; choose from: {', '.join(proposed)}.")
    keys: Sequence[str] = named or list(proposed)
    answers = by_hand.answers_of(office, tx, [f"{key}={proposed[key]}" for key in keys])
    for key, answer in answers.items():
        tx.referrals.confirm_answer(referral["id"], key, answer.value, answer.raw, by)
        tx.audit.add("answer_confirmed", actor=by, referral_id=referral["id"], key=key)
    labels = "; ".join(office.form[key].label for key in keys)
    return f"accepted for {referral['reference']}: {labels}{'' if labels.endswith('?') else '.'}"
