"""Wording lists: phrases with gaps and choices, and slips in them that are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.errors import UserError
from mailbot.wordlists import WordList

LISTS = WordList({"asks": ("send .. FORM", "^form please$")}, {"FORM": ("form", "referral paperwork")})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please send me the form", "send … form"),
        ("send us your referral paperwork", "send … referral paperwork"),
        ("Form please", "form please"),
        ("the form please", ""),
        ("the paperwork that you will send", ""),
        ("resend form", ""),
        ("send one two three four five six seven form", ""),
    ],
)
def test_phrases_with_gaps(text: str, found: str) -> None:
    assert LISTS.find("asks", LISTS.normal(text)) == found


def test_a_choice_with_nothing_in_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text('asks = ["send a|the| form"]', "utf-8")

    with pytest.raises(UserError, match="nothing stands on one side"):
        WordList.load(tmp_path / "list.toml")
