"""What a corrected form says otherwise than the one before it, for staff to see side by side (B26)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions.office import Office
from mailbot.letters import Differing
from mailbot.shown import label, shown
from mailbot.store import Transaction
from parsers import Answer

WHY = "corrected_form"
#: lines of the review list, and letters of an answer there; the letter to staff has all of it
_LINES, _SHORT = 6, 90


class _Changed(NamedTuple):
    key: str
    was: Answer | None  # None where it had no answer
    now: Answer


def different(office: Office, tx: Transaction, referral_id: int) -> tuple[Differing, ...]:
    """Each answer that a form changed, as it was and as it is; what was only added is not among them."""
    changed = [one for one in _changed(tx, referral_id) if one.was is not None]
    return tuple(
        Differing(key, label(office.form, key), _said(office, key, was), _said(office, key, now))
        for key, was, now in changed
    )


def added(office: Office, tx: Transaction, referral_id: int, keys: Collection[str]) -> tuple[str, ...]:
    """The questions of these that had no answer before, as the form has them."""
    new = [one.key.partition(".")[0] for one in _changed(tx, referral_id) if one.was is None and one.key in keys]
    return tuple(dict.fromkeys(label(office.form, name) for name in new))


def differs(now: Answer, before: Answer | None) -> bool:
    """Whether it says something else: "27 3 1985" and "1985-03-27" do not."""
    if before is None:
        return True
    same = now.value == before.value if now.sure and before.sure and now.value is not None else now.raw == before.raw
    return not same


def lines(office: Office, tx: Transaction, referral: sa.RowMapping) -> Iterator[str]:
    """For the review list, in short: the page has the answers as they are now."""
    found = different(office, tx, referral["id"])
    for one in found[:_LINES]:
        yield f"Corrected: {one.label} “{_cut(one.now)}” (was “{_cut(one.was)}”)."
    if len(found) > _LINES:
        yield f"Corrected too: {wording.count(len(found) - _LINES, 'other answer')}."


def _changed(tx: Transaction, referral_id: int) -> Iterator[_Changed]:
    """The newest answer of each question that a later form gave, beside the one before it."""
    before: dict[str, Answer] = {}
    found: dict[str, _Changed] = {}
    for row in tx.referrals.every_answer(referral_id):
        now, key = tx.referrals.of_row(row), row["key"]
        was = before.get(key)
        if row["version"] > 1 and not row["confirmed_by"] and now.raw.strip() and differs(now, was):
            found[key] = _Changed(key, was if was and was.raw.strip() else None, now)
        before[key] = now
    yield from found.values()


def _said(office: Office, key: str, answer: Answer | None) -> str:
    field_id = key.partition(".")[0]
    if answer is None:
        return ""
    return shown(office.form[field_id], answer) if field_id in office.form else answer.raw.strip()


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHORT else f"{words[:_SHORT].rstrip()}…"
