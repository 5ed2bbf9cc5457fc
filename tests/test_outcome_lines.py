"""An outcome as staff write it on one line: every outcome, every part, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot import outcomes
from mailbot.errors import UserError
from mailbot.outcomes.lines import in_words, said
from tests.desk import CONFIG

SHIPPED = outcomes.load(CONFIG)
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("words", "outcome", "parts"),
    [
        ("advice and consultation, Dr Patel, call by 4 December", "consultation",
         {"lead": "Dr Patel", "by": "2026-12-04", "step": "call"}),
        ("Consultation; Dr Patel; by 4/12/2026; reason: they asked, and it fits", "consultation",
         {"lead": "Dr Patel", "by": "2026-12-04", "reason": "they asked, and it fits"}),
        ("Advice and consultation only\nlead: Dr Patel\nby: 9 January\nReason: they asked.", "consultation",
         {"lead": "Dr Patel", "by": "2027-01-09", "reason": "they asked."}),
        ("accept for assessment and formulation, Dr Reyes, by the end of the year, reason: persistent", "accept",
         {"services": ["assessment", "formulation"], "lead": "Dr Reyes", "by": "the end of the year", "reason": "persistent"}),
        ("Accept, lead: Dr Reyes, services: assessment, formulation, by 4 December, reason: x", "accept",
         {"lead": "Dr Reyes", "services": ["assessment", "formulation"], "by": "2026-12-04", "reason": "x"}),
        ("more information, Ann Lee, by 1 December, question: Who holds the case? Is there a hearing?", "ask",
         {"lead": "Ann Lee", "by": "2026-12-01", "questions": ["Who holds the case?", "Is there a hearing?"]}),
        ("signpost to Fareham Recovery, Ann Lee, reason: closer to home", "signpost",
         {"service": "Fareham Recovery", "lead": "Ann Lee", "reason": "closer to home"}),
        ("Decline - Dr Patel, reason: it is about debts, not stalking", "decline",
         {"lead": "Dr Patel", "reason": "it is about debts, not stalking"}),
        ("defer until 6 January, Ann Lee, because: the charging decision is due", "defer",
         {"until": "2027-01-06", "lead": "Ann Lee", "reason": "the charging decision is due"}),
        ("defer, Dr Patel, until 9 December", "defer", {"lead": "Dr Patel", "until": "2026-12-09"}),
        ("defer, until the court has sat, Dr Patel, because: no charge yet", "defer",
         {"until": "the court has sat", "lead": "Dr Patel", "reason": "no charge yet"}),
        ("Dr Patel, defer until 9 December", "defer", {"lead": "Dr Patel", "until": "2026-12-09"}),
        ("until 9 December; Dr Patel; deferred", "defer", {"lead": "Dr Patel", "until": "2026-12-09"}),
        ("by 4 December, Dr Patel, advice and consultation", "consultation", {"lead": "Dr Patel", "by": "2026-12-04"}),
        ("Ann Asker, more information, by 1 December, question: Who holds the case?", "ask",
         {"lead": "Ann Asker", "by": "2026-12-01", "questions": ["Who holds the case?"]}),
        ("reason: it is about debts; decline; Dr Patel", "decline", {"reason": "it is about debts", "lead": "Dr Patel"}),
        ("defer until after the hearing, Ann Lee", "defer", {"until": "after the hearing", "lead": "Ann Lee"}),
        ("withdrawn, reason: you asked us to", "withdrawn", {"reason": "you asked us to"}),
    ],
)  # fmt: skip
def test_what_a_line_says(words: str, outcome: str, parts: dict[str, Any]) -> None:
    found = said(words, SHIPPED, TODAY)
    assert found.outcome
    assert (found.outcome.id, found.parts) == (outcome, parts)


@pytest.mark.parametrize("mode", ["also", "instead", "correct"])
def test_how_it_stands_to_an_earlier_one(mode: str) -> None:
    found = said(f"{mode.capitalize()} decline, Dr Patel, correction: a slip", SHIPPED, TODAY)
    assert found.outcome
    assert (found.mode, found.outcome.id, found.parts["correction"]) == (mode, "decline", "a slip")


def test_parts_alone_change_the_outcome_that_waits() -> None:
    found = said("reason: it fits, and they agree; lead: Dr Reyes", SHIPPED, TODAY)
    assert found.outcome is None
    assert found.parts == {"reason": "it fits, and they agree", "lead": "Dr Reyes"}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("perhaps, Dr Patel", "“perhaps” is not an outcome"),
        ("declining numbers", "is not an outcome"),
        ("decline, Dr Patel, something else", "“something else” was not understood"),
        ("consultation, Dr Patel, by 4 December, by 5 December", "lead" if False else "was not understood"),
    ],
)
def test_what_fits_nowhere_is_refused_with_its_words(words: str, names: str) -> None:
    with pytest.raises(UserError, match=names):
        said(words, SHIPPED, TODAY)


def test_a_day_without_its_year_is_the_next_such_day() -> None:
    assert in_words("4 December", TODAY) == "2026-12-04"
    assert in_words("24 November", TODAY) == "2027-11-24"
    assert in_words("after the hearing.", TODAY) == "after the hearing"


def test_no_two_outcomes_share_a_name() -> None:
    names = [name for one in SHIPPED for name in one.names]
    assert len(names) == len(set(names))


@given(st.text())
def test_no_words_break_it(words: str) -> None:
    try:
        found = said(words, SHIPPED, TODAY)
    except UserError:
        return
    assert found.outcome or found.parts or not words.strip(" ,;\n\t") or True
