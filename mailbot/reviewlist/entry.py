"""One referral of the review list, as the meeting needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot import wording
from mailbot.criteria import Check
from mailbot.settings import Settings
from mailbot.shown import NOT_ANSWERED, PLEASE_CHECK, in_words
from parsers.form import Form
from parsers.reading import Answer

_URGENT = "q_urgent"


@dataclass(frozen=True)
class Entry:
    """One referral of the list. `missing` and `unclear` are labels, in the form's own words."""

    reference: str
    received_at: datetime
    status: str
    answers: Mapping[str, Answer]
    late: bool = False
    missing: Sequence[str] = ()
    unclear: Sequence[str] = ()
    waiting_since: datetime | None = None
    waited: timedelta | None = None  # since it came, or since more was asked for; None for a new one
    checks: Sequence[Check] = ()
    attendance: str = ""  # what the referrer answered about the meeting; the form's own answer stands beside it
    papers: Sequence[str] = ()  # what came for it
    contact: Sequence[str] = ()  # what came before it
    notes: Sequence[str] = ()  # anything else the meeting should know, a line each


def summary(entry: Entry, form: Form, settings: Settings) -> tuple[str, ...]:
    """Its line on the front page: reference, received, status, cannot wait, gaps and flags; nothing of the person."""
    received = wording.full_date(entry.received_at, settings.meeting.zone)
    standing = f"{status(entry, settings)}{', late' if entry.late else ''}"
    return entry.reference, received, standing, _urgent(entry, form), _gaps(entry), _flagged(entry)


def status(entry: Entry, settings: Settings) -> str:
    """Where it stands, and for how long."""
    words = entry.status
    if entry.waiting_since is not None:
        words += f" since {wording.short_date(entry.waiting_since, settings.meeting.zone)}"
    return f"{words}, {wording.age(entry.waited)}" if entry.waited is not None else words


def _urgent(entry: Entry, form: Form) -> str:
    """Yes or no, with nothing of what was written beside it; whatever is not sure is to be looked at."""
    answer = entry.answers.get(_URGENT)
    if answer is None or _URGENT not in form:
        return NOT_ANSWERED
    if not answer.sure:
        return PLEASE_CHECK.rstrip(": ").capitalize()
    choice = answer.value.get("choice") if isinstance(answer.value, dict) else answer.value
    return in_words(form[_URGENT], choice) or NOT_ANSWERED


def _gaps(entry: Entry) -> str:
    gaps = [
        f"{number} {words}"
        for number, words in ((len(entry.missing), "not answered"), (len(entry.unclear), "to check"))
        if number
    ]
    return ", ".join(gaps) or "None"


def _flagged(entry: Entry) -> str:
    """Which criteria to look at; the order of the list never depends on it."""
    found = dict.fromkeys(check.criterion for check in entry.checks if check.flagged)
    return ", ".join(found) or ("No flags found" if entry.checks else "")
