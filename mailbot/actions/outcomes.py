"""Outcomes: a person records what the meeting decided, and a person approves the letter's exact text (rule 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.letters import Letter, OutcomeFacts, Thread
from mailbot.referral import State, may_move
from mailbot.store import Transaction


def record(
    office: Office, tx: Transaction, reference: str, outcome_id: str, recorded: Mapping[str, Any], by: str
) -> sa.RowMapping:
    """Record what the meeting decided; raises UserError naming everything that is missing (G3)."""
    referral = tx.referrals.get(reference)
    if outcome_id not in office.outcomes:
        known = ", ".join(outcome.id for outcome in office.outcomes)
        raise UserError(f"“{outcome_id}” is not an outcome; choose one of: {known}.")
    outcome = office.outcomes[outcome_id]
    if missing := outcome.missing(recorded):
        needs = f"the outcome “{outcome.name}” still needs {', '.join(missing)}"
        raise UserError(f"{referral['reference']}: {needs}. Nothing was recorded.")
    state = State(referral["state"])
    if not may_move(state, State.DECIDED):
        raise UserError(f"{referral['reference']} is {state}; an outcome cannot be recorded for it.")
    if waiting := tx.outcomes.to_approve(referral["id"]):
        name = referral["reference"]
        raise UserError(
            f"{name}: {waiting['recorded_by']} has already recorded “{waiting['outcome']}”, which waits for approval."
            f" Approve it with `mailbot approve {name}`, or take it back with `mailbot outcome {name} --take-back`."
        )
    outcome_row = tx.outcomes.record(referral["id"], outcome_id, recorded, by)
    tx.referrals.move(referral["id"], state, State.DECIDED)
    tx.audit.add("outcome_recorded", actor=by, referral_id=referral["id"], outcome=outcome_id, row=outcome_row)
    return tx.referrals.by_id(referral["id"])


def take_back(tx: Transaction, reference: str, by: str) -> None:
    """Undo an outcome that has been recorded and not yet approved; the record of it stays."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.to_approve(referral["id"])
    if waiting is None:
        raise UserError(f"{referral['reference']} has no outcome waiting for approval.")
    tx.outcomes.take_back(waiting["id"], by)
    tx.referrals.move(referral["id"], State.DECIDED, State.QUEUED)
    tx.audit.add("outcome_taken_back", actor=by, referral_id=referral["id"])


def letter_for(office: Office, tx: Transaction, reference: str) -> Letter:
    """The exact letter that approving would send; raises UserError where none may be sent."""
    referral, outcome = _waiting(tx, reference)
    if not referral["confirmed_by"]:
        name = referral["reference"]
        raise UserError(
            f"{name}: nobody has confirmed the referrer's address, so no outcome can go to it."
            f" Answer its item in `mailbot list` with confirm-referrer, or use `mailbot approve {name} --to ADDRESS`."
        )
    cause = f"outcome:{outcome['id']}"
    earlier = [
        row["message_id"] for row in tx.letters.of_referral(referral["id"]) if row["recipient"] == referral["referrer"]
    ]
    thread = Thread(earlier[-1], tuple(earlier)) if earlier else None
    facts = _facts(referral, outcome)
    return office.letters.write(
        f"outcome-{outcome['outcome']}",
        referral["referrer"],
        facts,
        cause=cause,
        now=outcome["recorded_at"],
        thread=thread,
    )


def approve(office: Office, tx: Transaction, reference: str, by: str, seen: Letter) -> int:
    """Approve the letter that was seen, and put exactly that into the outbox; raises UserError if it has changed."""
    referral, outcome = _waiting(tx, reference)
    letter = letter_for(office, tx, reference)
    if letter.skeleton != seen.skeleton:
        raise UserError(
            f"{referral['reference']} has changed since you saw its letter; look at it again. Nothing was sent."
        )
    letter_id = tx.letters.put(letter, f"outcome:{outcome['id']}", referral_id=referral["id"])
    if letter_id is None or not tx.outcomes.approve(outcome["id"], by, letter_id):
        raise UserError(f"{referral['reference']}: somebody else has just approved this letter. It goes out once.")
    tx.audit.add("outcome_approved", actor=by, referral_id=referral["id"], letter_id=letter_id)
    return letter_id


def confirm_address(tx: Transaction, reference: str, address: str, by: str) -> None:
    """A person says where a referral's outcome goes."""
    if "@" not in address:
        raise UserError(f"“{address}” is not an e-mail address.")
    referral = tx.referrals.get(reference)
    tx.referrals.change(referral["id"], referrer=address.lower(), confirmed_by=by)
    tx.audit.add("referrer_confirmed", actor=by, referral_id=referral["id"])


def _waiting(tx: Transaction, reference: str) -> tuple[sa.RowMapping, sa.RowMapping]:
    referral = tx.referrals.get(reference)
    outcome = tx.outcomes.to_approve(referral["id"])
    if outcome is None:
        told = any(row["letter_id"] for row in tx.outcomes.of_referral(referral["id"]))
        why = "its outcome has already been approved" if told else "no outcome has been recorded for it"
        raise UserError(f"{referral['reference']}: {why}, so there is nothing to approve.")
    return referral, outcome


def _facts(referral: sa.RowMapping, outcome: sa.RowMapping) -> OutcomeFacts:
    recorded = outcome["recorded"]
    return OutcomeFacts(
        reference=referral["reference"],
        reviewed_on=date.fromisoformat(recorded["reviewed_on"]) if recorded.get("reviewed_on") else referral["meeting"],
        reason=recorded.get("reason", ""),
        their_reference=referral["their_reference"],
        lead=recorded.get("lead", ""),
        by=_date_or_words(recorded.get("by", "")),
        services=tuple(recorded.get("services", ())),
        questions=tuple(recorded.get("questions", ())),
        service=recorded.get("service", ""),
        until=_date_or_words(recorded.get("until", "")),
    )


def _date_or_words(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
