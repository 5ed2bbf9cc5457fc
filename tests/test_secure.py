"""The secure list: a file that people edit and date; what is not on it is not secure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mailbot.errors import UserError
from mailbot.secure import SecureList
from tests.desk import CONFIG

DATED = "dated = 2026-11-20\n"


def edited(folder: Path, text: str) -> SecureList:
    (folder / "secure-domains.toml").write_text(text, "utf-8")
    return SecureList.load(folder)


def test_the_shipped_list_is_dated() -> None:
    shipped = SecureList.load(CONFIG)
    assert shipped.dated >= dt.date(2026, 1, 1)
    assert not shipped.tag
    assert shipped.has("priya.nair@nhs.net")


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("lee@police.uk", True),
        ("lee@hants.police.uk", True),
        ("LEE@Hants.Police.UK", True),
        ("lee@notpolice.uk", False),
        ("lee@police.uk.example", False),
        ("police.uk@mail.example", False),
        ("lee", False),
        ("", False),
    ],
)
def test_a_domain_stands_for_everything_below_it_and_for_nothing_else(
    tmp_path: Path, address: str, secure: bool
) -> None:
    assert edited(tmp_path, DATED + 'domains = ["police.uk"]').has(address) is secure


def test_what_people_add_or_remove_counts(tmp_path: Path) -> None:
    with_it = edited(tmp_path, DATED + 'domains = ["police.uk", "advocacy.example"]')
    assert with_it.has("jo@advocacy.example")
    assert not edited(tmp_path, DATED + 'domains = ["police.uk"]').has("jo@advocacy.example")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('domains = ["police.uk"]', "dated: say when the list was last checked"),
        ('dated = "soon"\ndomains = ["police.uk"]', "dated: say when the list was last checked"),
        (DATED + 'domains = ["@police.uk"]', "domains: write whole domains"),
        (DATED + 'domains = "police.uk"', "domains: write whole domains"),
        (DATED + 'domains = ["police.uk"]\ntag = "yes"', "tag: write true or false"),
        (DATED + 'domains = ["police.uk"]\nalso = 1', "also is not known; remove it"),
        ("dated =", "is not valid TOML"),
    ],
)
def test_a_list_that_cannot_be_used_says_what_to_do(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(UserError) as error:
        edited(tmp_path, text)
    assert problem in " ".join(error.value.problems)
    (tmp_path / "secure-domains.toml").unlink()
    with pytest.raises(UserError, match="is missing"):
        SecureList.load(tmp_path)
