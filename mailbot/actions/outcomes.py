"""Outcomes: a person records what the meeting decided, changes it or takes it back, until its letter is approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa

from mailbot.actions import deferrals, outcome_letters, telling
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.outcomes import Outcome
from mailbot.referral import State, may_move
from mailbot.store import Transaction

#: also: beside one that waits; instead: in place of one that waits; correct: of one that was told
Mode = Literal["", "also", "instead", "correct"]


def record(
    office: Office, tx: Transaction, reference: str, outcome_id: str, recorded: Mapping[str, Any], by: str,
    mode: Mode = "",
) -> sa.RowMapping:  # fmt: skip
    """Record what the meeting decided; raises UserError naming everything that is missing (G3)."""
    referral = tx.referrals.get(reference)
    outcome = _known(office, outcome_id)
    kept = {**recorded, "reason": str(recorded.get("reason") or "").strip() or outcome.usual_reason}
    kept["reviewed_on"] = kept.get("reviewed_on") or _reviewed_on(tx, referral)
    if missing := outcome.missing(kept):
        needs = f"the outcome “{outcome.name}” still needs {', '.join(missing)}"
        raise UserError(f"{referral['reference']}: {needs}. Nothing was recorded.")
    state = State(referral["state"])
    corrects = _corrects(tx, referral, kept, mode) if mode == "correct" else None
    if not may_move(state, State.DECIDED) or (state in (State.TOLD, State.WITHDRAWN) and corrects is None):
        raise UserError(f"{referral['reference']} is {state}; {_how_to_go_on(referral['reference'], state)}")
    _make_room(office, tx, referral, by, mode)
    row = tx.outcomes.record(referral["id"], outcome_id, kept, by, corrects)
    tx.referrals.move(referral["id"], state, State.DECIDED)
    deferrals.settle(office, tx, referral["id"])
    tx.audit.add("outcome_recorded", actor=by, referral_id=referral["id"], outcome=outcome_id, row=row)
    outcome_letters.ask_where_to_send(office, tx, tx.referrals.by_id(referral["id"]))
    return tx.referrals.by_id(referral["id"])


def _known(office: Office, outcome_id: str) -> Outcome:
    if outcome_id not in office.outcomes:
        known = ", ".join(outcome.id for outcome in office.outcomes)
        raise UserError(f"“{outcome_id}” is not an outcome; choose one of: {known}.")
    return office.outcomes[outcome_id]


def _reviewed_on(tx: Transaction, referral: sa.RowMapping) -> str:
    """The day of its meeting; of what is decided before that, the day itself."""
    day: date = referral["meeting"]
    return (min(day, tx.now.date()) if referral["state"] == State.QUEUED else day).isoformat()


def _how_to_go_on(reference: str, state: State) -> str:
    if state in (State.TOLD, State.WITHDRAWN):
        return f"to put a wrong outcome right write “{reference}: correct ..., correction: what was wrong”."
    return "an outcome cannot be recorded for it."


def _corrects(tx: Transaction, referral: sa.RowMapping, recorded: Mapping[str, Any], mode: Mode) -> int:
    """The outcome that this one puts right (G4): both stay, and the letter says so with the reason."""
    told = tx.outcomes.told(referral["id"])
    if told is None:
        raise UserError(f"{referral['reference']}: no outcome has been told yet, so there is nothing to {mode}.")
    if not str(recorded.get("correction") or "").strip():
        raise UserError(
            f"{referral['reference']}: say what was wrong, as in “correction: the date was wrong”; the letter says it."
        )
    return int(told["id"])


def _make_room(office: Office, tx: Transaction, referral: sa.RowMapping, by: str, mode: Mode) -> None:
    """What waits for approval is seen by whoever comes second, who must choose (G5)."""
    waiting = tx.outcomes.waiting(referral["id"])
    name = referral["reference"]
    if not waiting or mode == "also":
        return
    if any(row["recorded_at"] == tx.now and row["recorded_by"] == by for row in waiting):
        raise UserError(f"{name} stands twice; the first was taken. For a second outcome write “{name}: also ...”.")
    others = [row for row in waiting if row["recorded_by"] != by]
    if others and mode not in ("instead", "correct"):
        first = office.outcomes[others[-1]["outcome"]].name
        raise UserError(
            f"{name}: {others[-1]['recorded_by']} has already recorded “{first}”, which waits for approval. "
            f"Approve it (“approve {name}”), put yours in its place (“{name}: instead ...”) or beside it "
            f"(“{name}: also ...”), or take it back (“{name}: take back”)."
        )
    for row in waiting:
        tx.outcomes.take_back(row["id"], by)
        tx.audit.add("outcome_replaced", actor=by, referral_id=referral["id"], row=row["id"])


def amend(tx: Transaction, reference: str, parts: Mapping[str, Any], by: str) -> sa.RowMapping:
    """Change parts of the outcome that waits; what was recorded before stays in the record."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if len(waiting) != 1:
        why = "several outcomes wait" if waiting else "no outcome waits for approval"
        raise UserError(f"{referral['reference']}: {why}; begin with the outcome you mean, as in “decline, ...”.")
    (row,) = waiting
    tx.outcomes.take_back(row["id"], by)
    new = tx.outcomes.record(referral["id"], row["outcome"], {**row["recorded"], **parts}, by, row["corrects"])
    tx.audit.add("outcome_changed", actor=by, referral_id=referral["id"], row=new, parts=sorted(parts))
    return referral


def take_back(office: Office, tx: Transaction, reference: str, by: str) -> None:
    """Undo an outcome that has been recorded and not yet approved; the record of it stays.

    The referral stands again where what it was told before put it: asked for more, put off, or told.
    """
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if not waiting:
        raise UserError(f"{referral['reference']} has no outcome waiting for approval.")
    for row in waiting:
        tx.outcomes.take_back(row["id"], by)
    tx.audit.add("outcome_taken_back", actor=by, referral_id=referral["id"])
    if tx.outcomes.told(referral["id"]):
        telling.after_telling(office, tx, referral["id"])
    else:
        tx.referrals.move(referral["id"], State.DECIDED, State.QUEUED)
