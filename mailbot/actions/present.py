"""Who was at a meeting: said once for everything decided there, for the record and never in a letter (DOMAIN 2.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from mailbot import wording
from mailbot.actions.heard import Heard, Told
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.store import Transaction
from mailbot.understood import Decision

_SAID = re.compile(r"\W*(?:those\s+|who was\s+)?present(?:\s+at\s+the\s+meeting)?\s*[:=]\s*(.+)", re.IGNORECASE)


def heard(office: Office, decision: Decision, lines: Sequence[str]) -> Heard | None:
    """`Present: Dr Patel (clinic), PC Lee (police)`, about the meeting whose digest this answers, else the last one."""
    found = _SAID.fullmatch(lines[0].strip())
    if not found:
        return None
    return Heard(1, lambda tx: Told(record(office, tx, _meeting(tx, decision), found[1], decision.by)))


def record(office: Office, tx: Transaction, day: date, words: str, by: str) -> str:
    """Keep who was there; says what was kept."""
    tx.meetings.were_present(day, words.strip())
    tx.audit.add("present_recorded", actor=by, meeting=day.isoformat())
    when = wording.short_date(day, office.settings.meeting.zone)
    return f"Who was present on {when} was recorded, for the record only."


def of(tx: Transaction, reviewed_on: str) -> str:
    """Who was present where an outcome of that day was decided; nothing where nobody has said."""
    try:
        return tx.meetings.present(date.fromisoformat(reviewed_on))
    except ValueError:
        return ""


def _meeting(tx: Transaction, decision: Decision) -> date:
    last = tx.letters.last_left("digest")
    causes = [one.cause for one in decision.letters if one.name == "digest"] or [last["cause"] if last else ""]
    if not causes[0]:
        raise UserError("There has been no meeting yet.")
    return date.fromisoformat(causes[0].removeprefix("meeting:"))
