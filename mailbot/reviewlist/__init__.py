"""The review list: what the meeting has in front of it, as a Word document that it fills in.

A front page, then a page for each referral, ending in the boxes for its outcome. Each box is tagged
`<reference>.<part>`, so that a filled-in list can be read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from mailbot import outcomes, wording
from mailbot.criteria import Check, Published
from mailbot.meeting import Meeting
from mailbot.outcomes import Outcomes
from mailbot.reviewlist.document import Cell, Checked, Document
from mailbot.reviewlist.pictured import pictured
from mailbot.settings import Settings
from mailbot.shown import NOT_ANSWERED, PLEASE_CHECK, aged, in_words, shown, signs
from parsers.form import Form
from parsers.reading import Answer
from parsers.write.controls import Control

#: Each section of a page with its questions, and what they are called there. Questions that a form has and this table
#: has not are shown at the end of the page under their own label: nothing that was answered is left out.
_LAYOUT: Mapping[str, Mapping[str, str]] = {
    "The person": {
        "p_surname": "Surname", "p_forenames": "First names", "p_dob": "Date of birth", "p_nhs": "NHS number",
        "p_aliases": "Other names", "p_pronoun": "Refer to as", "p_address": "Home address",
        "p_postcode": "Home postcode", "p_area": "Area", "p_setting": "Staying now", "p_contact": "Safe contact",
        "p_needs": "Needs",
    },
    "The referrer": {
        "r_name": "Name", "r_role": "Job title", "r_org": "Organisation", "r_sector": "Kind", "r_email": "Email",
        "r_phone": "Phone", "r_ref": "Their reference", "r_deputy": "When away", "q_attend": "At the meeting",
    },
    "What they ask for": {
        "q_services": "Would help", "q_question": "Main question", "q_urgent": "Cannot wait",
    },
    "The behaviour": {
        "s_target": "Directed at", "s_relation": "Connected as", "s_started": "Started", "s_latest": "Most recent",
        "s_behaviours": "Behaviours", "s_account": "What happened", "s_fixation": "Fixation",
        "s_unwanted": "Know unwanted",
    },
    "Risk": {"k_signs": "Signs", "k_people": "Others in danger", "k_tools": "In place"},
    "Police and courts": {
        "j_invest": "Investigated now", "j_status": "Position", "j_invest_who": "Officer", "j_orders": "Orders",
    },
    "The case": {
        "h_holder": "Holds the case", "h_hold_ok": "Will keep holding", "h_services": "Services",
        "h_health": "Health", "v_support": "Person targeted",
    },
    "Knowledge and agreement": {
        "c_aware": "Told", "c_agree": "Agree", "c_reason": "Why share", "d_declare": "Declaration",
    },
}  # fmt: skip
_WIDE = ("reason", "questions")  # parts of an outcome that take a line of their own
_NARROW = 40  # letters that fit beside another fact
_URGENT = "q_urgent"
_FLAGS = "Criteria: advice only, the meeting decides"


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
    papers: Sequence[str] = ()  # what came for it
    contact: Sequence[str] = ()  # what came before it
    notes: Sequence[str] = field(default=())  # anything else the meeting should know, a line each


def write(
    meeting: Meeting, entries: Sequence[Entry], form: Form, settings: Settings, *, made_at: datetime,
    published: Published | None = None,
) -> bytes:  # fmt: skip
    """The review list of a meeting as a Word document; the same arguments give the same bytes."""
    zone = settings.meeting.zone
    day = wording.full_date(meeting.date, zone)
    document = Document(
        f"Review list, {day}", f"Confidential. {settings.service.short_name} review list, {day}", made_at,
        f"review-list {meeting.date.isoformat()}",
    )  # fmt: skip
    _front(document, meeting, entries, form, settings, made_at)
    choices = outcomes.load(settings.folder)
    for entry in entries:
        document.heading(f"{entry.reference}{' (late)' if entry.late else ''}", 1)
        document.paragraph(_state(entry, settings))
        for heading, facts in _sections(entry, form, meeting):
            document.heading(heading, 2)
            document.facts(_packed(facts))
        if published and entry.checks:
            document.heading(_FLAGS, 2)
            document.facts([fact] for fact in _flags(entry, published))
        document.heading("Outcome", 2)
        document.facts(_packed(_controls(entry.reference, choices)))
    return document.save()


def _front(
    document: Document, meeting: Meeting, entries: Sequence[Entry], form: Form, settings: Settings, made_at: datetime
) -> None:
    rules = settings.meeting
    document.heading(f"Review list, {wording.full_date(meeting.date, rules.zone)}", 0)
    document.paragraph(f"{settings.service.name} ({settings.service.short_name})", bold=True)
    document.facts([
        [("Meeting", wording.when(meeting.starts_at, rules.zone))],
        [("Place", rules.place)],
        [("Dial in", rules.dial_in or f"Phone {settings.service.phone}")],
        [("Made at", wording.when(made_at, rules.zone))],
    ])  # fmt: skip
    document.heading(wording.count(len(entries), "referral"), 2)
    if entries:
        header = ("Reference", "Received", "Status", "Cannot wait?", "Gaps", "Flags")
        document.table(header, (_line(entry, form, settings) for entry in entries), (30, 44, 38, 24, 26, 24))


def _line(entry: Entry, form: Form, settings: Settings) -> tuple[str, ...]:
    received = wording.full_date(entry.received_at, settings.meeting.zone)
    status = f"{_status(entry, settings)}{', late' if entry.late else ''}"
    return entry.reference, received, status, _urgent(entry, form), _gaps(entry), _flagged(entry)


def _status(entry: Entry, settings: Settings) -> str:
    words = entry.status
    if entry.waiting_since is not None:
        words += f" since {wording.short_date(entry.waiting_since, settings.meeting.zone)}"
    return f"{words}, {wording.age(entry.waited)}" if entry.waited is not None else words


def _state(entry: Entry, settings: Settings) -> str:
    received = f"Received {wording.when(entry.received_at, settings.meeting.zone)}. {_status(entry, settings)}."
    late = " It arrived after the cut-off for the meeting before." if entry.late else ""
    return "\n".join((received + late, *entry.notes))


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


def _flags(entry: Entry, published: Published) -> Iterator[tuple[str, str]]:
    """Each flag with its verdict and the words it rests on, then in one line what looks met."""
    for check in entry.checks:
        if check.flagged:
            own = f"{published.criteria[check.criterion]}. {check.verdict.capitalize()}: {check.says}"
            says = f"{check.says[:1].upper()}{check.says[1:]}" if check.criterion == "also" else own
            yield check.criterion.capitalize(), "\n".join((says, " · ".join(check.words))).strip()
    met = [f"{check.criterion} {check.says}" for check in entry.checks if not check.flagged]
    if met:
        yield "Looks met", "; ".join(met)


def _sections(entry: Entry, form: Form, meeting: Meeting) -> Iterator[tuple[str, list[tuple[str, Cell]]]]:
    """Each section that has something to show, with its labels and answers."""
    for heading, questions in _LAYOUT.items():
        facts = [
            fact for field_id, label in questions.items() for fact in _facts(field_id, label, entry, form, meeting)
        ]
        if facts:
            yield heading, facts
    placed = {field_id for questions in _LAYOUT.values() for field_id in questions}
    others = [
        fact for field in form.fields if field.id not in placed
        for fact in _facts(field.id, field.label, entry, form, meeting)
    ]  # fmt: skip
    if others:
        yield "Other answers", others
    gaps = [("Not answered", "; ".join(entry.missing)), ("Please check", "; ".join(entry.unclear))]
    if entry.missing or entry.unclear:
        yield "Gaps", [(label, words) for label, words in gaps if words]


def _facts(field_id: str, label: str, entry: Entry, form: Form, meeting: Meeting) -> list[tuple[str, Cell]]:
    if field_id not in form:
        return []
    question = form[field_id]
    if question.rows:
        return [(f"{label}: {option.lower()}", rows) for option, rows in signs(question, entry.answers)]
    answer = entry.answers.get(field_id)
    words = shown(question, answer)
    if not words:
        return [(label, NOT_ANSWERED)] if question.required == "yes" or question.label in entry.missing else []
    if answer and answer.crop:
        return [(label, pictured(words, answer.crop))]
    years = aged(answer.value, meeting.date) if answer and answer.sure and question.type == "date" else None
    return [(label, words if years is None else f"{words}, aged {years}")]


def _controls(reference: str, choices: Outcomes) -> list[tuple[str, Control]]:
    """The boxes for an outcome: the outcome itself, what any of them needs, and what only some do."""
    options = tuple((outcome.id, outcome.name) for outcome in choices)
    controls = [("Outcome", Control(f"{reference}.outcome", "choice", "Outcome", f"Outcome of {reference}", options))]
    for part, words in sorted(outcomes.PARTS.items(), key=lambda item: item[0] in _WIDE):
        needing = choices.who_records(part)
        if needing or part in ("rationale", "step"):
            only = f" ({needing[0].id})" if len(needing) == 1 else ""
            label = f"{part.capitalize()}{only}"
            kind: Literal["box", "line"] = "box" if part in _WIDE else "line"
            controls.append((label, Control(f"{reference}.{part}", kind, label, f"{words}, {reference}")))
    return controls


def _packed(facts: Sequence[tuple[str, Cell]]) -> Iterator[list[tuple[str, Cell]]]:
    """Rows of facts, in their order: two short ones beside each other, a long one alone."""
    row: list[tuple[str, Cell]] = []
    for fact in facts:
        if row and not (_short(fact) and _short(row[0])):
            yield row
            row = []
        row.append(fact)
        if len(row) > 1:
            yield row
            row = []
    if row:
        yield row


def _short(fact: tuple[str, Cell]) -> bool:
    cell = fact[1]
    if isinstance(cell, Control):
        return cell.kind != "box"
    return len(cell) <= _NARROW and "\n" not in (cell.words if isinstance(cell, Checked) else cell)
