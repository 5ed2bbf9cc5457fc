"""The outcomes as shipped, and every problem of a wrong file at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot import outcomes
from mailbot.errors import UserError

CONFIG = Path(__file__).parents[1] / "config"


def problems(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "outcomes.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        outcomes.load(folder)
    return error.value.problems


def test_the_shipped_outcomes() -> None:
    shipped = outcomes.load(CONFIG)

    assert tuple(outcome.id for outcome in shipped) == outcomes.IDS
    assert shipped["accept"].name == "Accept"
    assert shipped["accept"].letter == "outcome-accept"
    assert {outcome.id for outcome in shipped if not outcome.leaves_list} == {"ask", "defer"}
    assert [outcome.id for outcome in shipped.who_records("services")] == ["accept"]
    assert "accept" in shipped
    assert "perhaps" not in shipped


def test_an_outcome_says_in_plain_words_what_is_missing() -> None:
    accept = outcomes.load(CONFIG)["accept"]

    assert accept.missing({}) == ["who leads", "by when", "the reason", "the services agreed"]
    assert accept.missing({"lead": "  ", "by": None, "reason": "It fits", "services": ()}) == [
        "who leads",
        "by when",
        "the services agreed",
    ]
    assert not accept.missing({"lead": "Dr A", "by": "1 December", "reason": "It fits", "services": ["assessment"]})


def test_a_team_may_ask_for_a_rationale_each_time(tmp_path: Path) -> None:
    words = (CONFIG / "outcomes.toml").read_text("utf-8").replace('"lead", "reason"]', '"lead", "reason", "rationale"]')
    (tmp_path / "outcomes.toml").write_text(words, "utf-8")
    decline = outcomes.load(tmp_path)["decline"]
    assert decline.missing({"lead": "Dr A", "reason": "It is about a debt"}) == ["the rationale for the record"]


@pytest.mark.parametrize("outcome_id", [name for name in outcomes.IDS if name != "withdrawn"])
def test_no_outcome_is_told_without_a_lead_and_a_reason(outcome_id: str) -> None:
    assert {"lead", "reason"} <= set(outcomes.load(CONFIG)[outcome_id].record)


def test_every_problem_is_told_at_once_with_file_key_and_fix(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        'colour = "red"\n'
        '[[outcome]]\nid = "accept"\nname = ""\nrecord = ["leader"]\neffect = "gone"\nextra = 1\n'
        '[[outcome]]\nid = "perhaps"\nname = "Perhaps"\nrecord = []\neffect = "told"\n',
    )

    text = "\n".join(found)
    assert all(str(tmp_path / "outcomes.toml") in line for line in found)
    for key in (
        "colour",
        "accept: name",
        "accept: record.0",
        "accept: effect",
        "accept: extra",
        "perhaps: id",
    ):
        assert key in text
    assert "outcome decline is missing" in text


def test_an_outcome_that_stands_twice_is_a_problem(tmp_path: Path) -> None:
    shipped = (CONFIG / "outcomes.toml").read_text(encoding="utf-8")
    again = '[[outcome]]\nid = "defer"\nname = "Again"\nrecord = []\neffect = "told"\n'

    assert problems(tmp_path, shipped + again) == (
        f"{tmp_path / 'outcomes.toml'}: outcome defer stands more than once; keep one",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("outcome = ", "not valid TOML"),
        ('outcome = "accept"', "must be written as [[outcome]]"),
        ("outcome = [1]", "outcome 1"),
    ],
)
def test_what_is_not_a_table_of_outcomes_is_told(tmp_path: Path, text: str, words: str) -> None:
    assert words in "\n".join(problems(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is missing"):
        outcomes.load(tmp_path)
