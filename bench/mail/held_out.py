"""The mails that were set apart before the rules were written: counts alone, so that nobody tunes by them."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

from bench.mail.corpus import ROOT
from mailbot.rehearse import Rehearsal
from tests.desk import Still, our_office

FOLDER = ROOT / "tests" / "corpus" / "held_out"
#: the numbers of those that failed, for whoever checks the expectations; not to be opened while tuning
FAILED = ROOT / "build" / "held-out-failed.txt"
GETS_FORM = 0.98


def judged() -> dict[str, Any] | None:
    """Of the requests how many get the form, and of the others how many would; None where there are none."""
    if not (FOLDER / "expected.csv").is_file():
        return None
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as lines:
        cases = [(line["file"], line["class"]) for line in csv.DictReader(lines)]
    count, got, failed = Counter[str](), Counter[str](), []
    for name, kind in cases:
        found = Rehearsal(our_office(), Still()).explain((FOLDER / name).read_bytes())
        gets_form = any(letter["letter"] == "form" for letter in found["letters"])
        count[kind] += 1
        got[kind] += gets_form
        if gets_form != (kind == "request"):
            failed.append(f"{name} {kind}")
    FAILED.parent.mkdir(exist_ok=True)
    FAILED.write_text("\n".join(failed) + "\n")
    return {
        "requests": count["request"],
        "requests_that_get_the_form": got["request"],
        "gets_form": round(got["request"] / count["request"], 4) if count["request"] else 1.0,
        "others": count["other"],
        "others_that_would_get_it": got["other"],
    }
