"""The page of one referral: the person, the question, the behaviour, the flags and what came, as labels with words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailbot.criteria import Published
from mailbot.meeting import Meeting
from mailbot.reviewlist.entry import Entry
from mailbot.reviewlist.fitting import Section
from mailbot.reviewlist.pictured import pictured
from mailbot.reviewlist.word import Fact
from mailbot.shown import NOT_ANSWERED, aged, shown, signs
from parsers.form import Form

#: Each section of a page with its questions, and what they are called there. Questions that a form has and this table
#: has not are shown at the end of the page under their own label: nothing that was answered is left out.
LAYOUT: Mapping[str, Mapping[str, str]] = {
    "The person": {
        "p_surname": "Surname", "p_forenames": "First names", "p_dob": "Date of birth", "p_nhs": "NHS number",
        "p_aliases": "Other names", "p_pronoun": "Refer to as", "p_address": "Home address",
        "p_postcode": "Home postcode", "p_area": "Area", "p_setting": "Staying now", "p_contact": "Safe contact",
        "p_needs": "Needs",
    },
    "What is asked": {
        "q_services": "Would help", "q_question": "Main question", "q_urgent": "Cannot wait",
    },
    "The behaviour and the risk": {
        "s_target": "Directed at", "s_relation": "Connected as", "s_started": "Started", "s_latest": "Most recent",
        "s_behaviours": "Behaviours", "s_account": "What happened", "s_fixation": "Fixation",
        "s_unwanted": "Know unwanted", "k_signs": "Signs", "k_people": "Others in danger", "k_tools": "In place",
    },
    "Police, the case and agreement": {
        "j_invest": "Investigated now", "j_status": "Position", "j_invest_who": "Officer", "j_orders": "Orders",
        "h_holder": "Holds the case", "h_hold_ok": "Keeps holding", "h_services": "Services",
        "h_health": "Health", "v_support": "Person targeted",
        "c_aware": "Told", "c_agree": "Agree", "c_reason": "Why share", "d_declare": "Declaration",
    },
    "The referrer": {
        "r_name": "Name", "r_role": "Job title", "r_org": "Organisation", "r_sector": "Kind", "r_email": "Email",
        "r_phone": "Phone", "r_ref": "Their reference", "r_deputy": "When away", "q_attend": "At the meeting",
    },
}  # fmt: skip
_REFERRER = "The referrer"
_FLAGS = "Criteria: advice only, the meeting decides"


def sections(entry: Entry, form: Form, meeting: Meeting, published: Published | None) -> Iterator[Section]:
    """Each section that has something to show, in the order the meeting reads them."""
    placed = {field_id for questions in LAYOUT.values() for field_id in questions}
    others = {field.id: field.label for field in form.fields if field.id not in placed}
    for heading, questions in [*LAYOUT.items(), ("Other answers", others)]:
        if heading == _REFERRER and published and entry.checks:
            yield _FLAGS, list(_flags(entry, form, published))
        facts = _answers(questions, entry, form, meeting)
        if heading == _REFERRER:
            facts += _beside(entry)
        if facts:
            yield heading, facts
    if entry.unclear:
        yield "To check", [("Please check", "; ".join(entry.unclear))]


def _answers(questions: Mapping[str, str], entry: Entry, form: Form, meeting: Meeting) -> list[Fact]:
    """The answers of a section, each under its label, and on one line what was not answered."""
    facts = [fact for field_id, label in questions.items() for fact in _facts(field_id, label, entry, form, meeting)]
    missing = [label for label, words in facts if words == NOT_ANSWERED]
    given = [fact for fact in facts if fact[1] != NOT_ANSWERED]
    return [*given, (NOT_ANSWERED, ", ".join(missing))] if missing else given


def _facts(field_id: str, label: str, entry: Entry, form: Form, meeting: Meeting) -> list[Fact]:
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


def _beside(entry: Entry) -> list[Fact]:
    """What is known beside the form: who comes, what came, and what was before."""
    facts = (
        ("Invitation", entry.attendance),
        ("Papers", "; ".join(entry.papers)),
        ("Before", "; ".join(entry.contact)),
    )
    return [(label, words[:1].upper() + words[1:]) for label, words in facts if words]


def _flags(entry: Entry, form: Form, published: Published) -> Iterator[Fact]:
    """Each flag with its verdict and the words it rests on, then in one line what looks met."""
    for check in entry.checks:
        if check.flagged:
            own = f"{published.criteria[check.criterion]}. {check.verdict.capitalize()}: {check.says}"
            says = f"{check.says[:1].upper()}{check.says[1:]}" if check.criterion == "also" else own
            words = " · ".join(_in_short(one, form) for one in check.words)
            yield check.criterion.capitalize(), f"{says}. {words}".removesuffix(". ")
    met = [f"{check.criterion} {check.says}" for check in entry.checks if not check.flagged]
    if met:
        yield "Looks met", "; ".join(met)


def _in_short(quoted: str, form: Form) -> str:
    """A question and its answer under the name that the question has on this page."""
    for questions in LAYOUT.values():
        for field_id, label in questions.items():
            asked = form[field_id].label if field_id in form else ""
            if asked and quoted.startswith(asked):
                return f"{label}: {quoted.removeprefix(asked).lstrip(': ')}"
    return quoted
