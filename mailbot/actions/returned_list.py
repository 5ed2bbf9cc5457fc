"""The review list sent back with its boxes filled in: each referral stands by itself, as if written on a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from mailbot import wording
from mailbot.actions import outcomes, present, restricting
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

_OUTCOME, _MEETING = "outcome", "meeting"


def rows(office: Office, tx: Transaction, decision: Decision, understood: Understood) -> Iterator[tuple[str, Heard]]:
    """Each referral of the lists of which anything was filled in, with what that does; then what a list has lost."""
    lists = [(found, _filled_in(found)) for found in understood.known.filled_lists]
    for number, (found, boxes) in enumerate(lists):
        day = date.fromisoformat(found[LIST].raw.rpartition(" ")[2])
        name = f"the review list for {wording.short_date(day, office.settings.meeting.zone)}"
        others = [filled for at, (_, filled) in enumerate(lists) if at != number]
        for reference, filled in boxes.items():
            if reference == _MEETING:
                yield f"Present on {name}", _present(office, decision.by, day, filled)
            elif any(reference in other and not _same(other[reference], filled) for other in others):
                yield f"{reference} on {name}", Heard(1, partial(_tell_twice, reference))
            else:
                yield f"{reference} on {name}", _row(office, decision.by, reference, filled)
        if boxes and (lost := _lost(tx, decision, day, found)):
            yield name, Heard(1, partial(_tell_lost, lost))


def not_read(understood: Understood) -> bool:
    """Whether a document came that is no review list of ours: a spreadsheet, a PDF made of the list, a copy of it."""
    return not understood.known.filled_lists and any(one.is_document for one in understood.mail.files)


def _filled_in(found: Mapping[str, Answer]) -> Mapping[str, Mapping[str, Answer]]:
    """The boxes of a list in which anything stands, by the reference or word they begin with."""
    boxes: dict[str, dict[str, Answer]] = {}
    for tag, answer in found.items():
        reference, _, part_of = tag.rpartition(".")
        if tag != LIST and (answer.raw.strip() or answer.candidates):
            boxes.setdefault(reference, {})[part_of] = answer
    return boxes


def _same(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> bool:
    return {name: answer.raw for name, answer in one.items()} == {name: answer.raw for name, answer in other.items()}


def _tell_twice(reference: str, _tx: Transaction) -> Told:
    raise UserError(f"{reference} is filled in on two lists of this mail, and not alike. Nothing was recorded.")


def _lost(tx: Transaction, decision: Decision, day: date, found: Mapping[str, Answer]) -> list[str]:
    """The referrals that this person's list of that day had, and whose boxes did not come back."""
    digests = [row for row in tx.letters.of_cause(f"meeting:{day.isoformat()}") if row["recipient"] == decision.by]
    events = [event for row in digests for event in tx.audit.of_letter(row["id"])]
    given = [reference for event in events for reference in event["detail"].get("listed", ())]
    there = {tag.rpartition(".")[0] for tag in found}
    return [reference for reference in given if reference not in there]


def _tell_lost(lost: list[str], _tx: Transaction) -> Told:
    have, them = ("has", "it") if len(lost) == 1 else ("have", "them")
    raise UserError(
        f"{wording.listed(lost)} {have} no boxes in the list that came back, so nothing was recorded for {them}. Write "
        f"it on a line, as in “{lost[0]}: decline, Dr Patel, reason: ...”."
    )


def _present(office: Office, by: str, day: date, filled: Mapping[str, Answer]) -> Heard:
    words = next(iter(filled.values())).raw
    return Heard(1, lambda tx: Told(present.record(office, tx, day, words, by)))


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
