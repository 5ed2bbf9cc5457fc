"""The mails that were set apart: counts alone, so that nobody tunes by them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench.mail.corpus import ROOT
from mailbot.rehearse import Rehearsal
from tests.desk import Still, our_office

FOLDER = ROOT / "tests" / "corpus" / "held_out"
#: the numbers of those that failed, for whoever checks the expectations; not to be opened while tuning
FAILED = ROOT / "build" / "held-out-failed.txt"
GETS_FORM = 0.98


def judged() -> dict[str, dict[str, Any]]:
    """For each set, how many of the requests get the form, and how many others would; nothing where there is no set."""
    if not (FOLDER / "expected.csv").is_file():
        return {}
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as lines:
        cases = list(csv.DictReader(lines))
    count, got, failed = Counter[tuple[str, str]](), Counter[tuple[str, str]](), []
    for case in cases:
        of = (case["set"], case["class"])
        found = Rehearsal(our_office(), Still()).explain((FOLDER / case["file"]).read_bytes())
        gets_form = any(letter["letter"] == "form" for letter in found["letters"])
        count[of] += 1
        got[of] += gets_form
        if gets_form != (case["class"] == "request"):
            failed.append(f"{case['file']} {case['class']}")
    FAILED.parent.mkdir(exist_ok=True)
    FAILED.write_text("\n".join(failed) + "\n")
    return {one: _counts(one, count, got) for one in dict.fromkeys(case["set"] for case in cases)}


def _counts(one: str, count: Mapping[tuple[str, str], int], got: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "requests": count[one, "request"],
        "requests_that_get_the_form": got[one, "request"],
        "gets_form": round(got[one, "request"] / count[one, "request"], 4) if count[one, "request"] else 1.0,
        "others": count[one, "other"],
        "others_that_would_get_it": got[one, "other"],
    }
