"""The review list sent back with its boxes filled in: each referral stands by itself, as if written on a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mailbot import wording
from mailbot.actions import outcomes, restricting
from mailbot.actions.heard import Heard, Told
from mailbot.actions.office import Office
from mailbot.actions.outcome_orders import shown
from mailbot.errors import UserError
from mailbot.outcomes import PARTS
from mailbot.outcomes.lines import part
from mailbot.store import Transaction
from mailbot.understood import Decision, Understood
from parsers import Answer
from parsers.readers.filled_list import LIST

_OUTCOME = "outcome"


def rows(office: Office, decision: Decision, understood: Understood) -> Iterator[tuple[str, Heard]]:
    """Each referral of the list of which anything was filled in, with what that does."""
    found = understood.known.filled_list
    boxes: dict[str, dict[str, Answer]] = {}
    for tag, answer in found.items():
        reference, _, name = tag.rpartition(".")
        if tag != LIST and (answer.raw.strip() or answer.candidates):
            boxes.setdefault(reference, {})[name] = answer
    for reference, filled in boxes.items():
        yield f"{reference} on the review list{_of(office, found)}", _row(office, decision.by, reference, filled)


def _of(office: Office, found: Mapping[str, Answer]) -> str:
    day = date.fromisoformat(found[LIST].raw.rpartition(" ")[2])
    return f" for {wording.short_date(day, office.settings.meeting.zone)}"


def _row(office: Office, by: str, reference: str, filled: Mapping[str, Answer]) -> Heard:
    return Heard(1, lambda tx: _record(office, tx, by, reference, filled))


def _record(office: Office, tx: Transaction, by: str, reference: str, filled: Mapping[str, Answer]) -> Told:
    restricting.must_see(office, tx, reference, by)
    outcome_id, parts = _read(office, tx, reference, filled)
    if _is_recorded(tx, reference, outcome_id, parts):
        return shown(office, tx, by, reference, f"{reference}: this is recorded already; nothing was changed.")
    outcomes.record(office, tx, reference, outcome_id, parts, by)
    return shown(office, tx, by, reference, f"{reference}: {office.outcomes[outcome_id].name} was recorded.")


def _read(office: Office, tx: Transaction, reference: str, filled: Mapping[str, Answer]) -> tuple[str, dict[str, Any]]:
    """The outcome and its parts; raises UserError naming the box that cannot be used."""
    if twice := [name for name, answer in filled.items() if answer.candidates]:
        both = " and ".join(f"“{one}”" for one in filled[twice[0]].candidates)
        raise UserError(
            f"{reference} stands twice on the list, and its box “{twice[0]}” says {both}. Nothing was recorded."
        )
    if _OUTCOME not in filled:
        raise UserError(f"{reference}: no outcome was chosen, though other boxes are filled in. Nothing was recorded.")
    chosen = filled[_OUTCOME].raw.strip()
    outcome = next((one for one in office.outcomes if chosen.lower() in one.names), None)
    if outcome is None:
        names = ", ".join(one.name for one in office.outcomes)
        raise UserError(f"{reference}: “{chosen}” is not an outcome; choose one of: {names}. Nothing was recorded.")
    today = tx.now.astimezone(office.settings.meeting.zone).date()
    given = {name: part(name, answer.raw, today) for name, answer in filled.items() if name in PARTS}
    return outcome.id, given


def _is_recorded(tx: Transaction, reference: str, outcome_id: str, parts: Mapping[str, Any]) -> bool:
    """Whether exactly this stands already: a list may be sent back twice, or last week's again."""
    rows_of = tx.outcomes.of_referral(tx.referrals.get(reference)["id"])
    return any(
        row["outcome"] == outcome_id
        and not row["taken_back_by"]
        and all(row["recorded"].get(name) == value for name, value in parts.items())
        for row in rows_of
    )
