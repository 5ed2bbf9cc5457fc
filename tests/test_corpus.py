"""Numbered mails and forms, each beside what must come of it: put two files there and there is one test more.

`corpus/mails/NNNN-name.eml` with `NNNN-name.json`: the kind, the letters by name, whether a person is needed, and if
given words of the why, and the mails that came before it. `corpus/forms/` holds forms with what must be read of them.
`private/` beside either is for real ones: git never sees it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import parsers
from mailbot.read import limits
from mailbot.rehearse import Rehearsal
from parsers import File
from tests.desk import CONFIG, Still, our_office, our_settings

CORPUS = Path(__file__).parent / "corpus"


def cases(folder: str) -> list[Path]:
    """What is expected of each file, sorted by number."""
    return sorted((CORPUS / folder).rglob("*.json"))


def number(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("expected_file", cases("mails"), ids=number)
def test_mail(expected_file: Path) -> None:
    expected = json.loads(expected_file.read_text("utf-8"))
    rehearsal = Rehearsal(our_office(), Still())
    for earlier in expected.get("after", ()):
        rehearsal.explain(expected_file.with_name(f"{earlier}.eml").read_bytes())
    found = rehearsal.explain(expected_file.with_suffix(".eml").read_bytes())

    said = {
        "kind": found["kind"],
        "letters": sorted(one["letter"] for one in found["letters"]),
        "needs_person": found["needs_person"],
        **({"references": found["references"]} if "references" in expected else {}),
    }
    expected["letters"].sort()
    assert said == {key: expected[key] for key in said}, found["why"]
    for words in expected.get("why", ()):
        assert any(words in why for why in found["why"]), found["why"]


@pytest.mark.parametrize("expected_file", cases("forms"), ids=number)
def test_form(expected_file: Path) -> None:
    expected: dict[str, Any] = json.loads(expected_file.read_text("utf-8"))
    (file,) = (path for path in expected_file.parent.glob(f"{expected_file.stem}.*") if path != expected_file)
    (found,) = parsers.read([File(file.name, file.read_bytes())], CONFIG / "forms", limits(our_settings()))

    values = {key: found.values.get(key) for key in expected.get("values", {})}
    assert (found.form_version, values) == (expected["form_version"], expected.get("values", {}))
    assert [problem.code for problem in found.problems] == expected.get("problems", [])


@cache
def numbers(folder: str) -> list[str]:
    return [path.name[:4] for path in cases(folder) if "private" not in path.parts]


@pytest.mark.parametrize("folder", ["mails", "forms"])
def test_each_number_is_used_once_and_each_file_is_expected(folder: str) -> None:
    assert len(numbers(folder)) == len(set(numbers(folder))) > 0
    files = {path.stem for path in (CORPUS / folder).iterdir() if path.is_file()}
    assert files == {path.stem for path in (CORPUS / folder).glob("*.json")}
