"""B13: another service's form, or somebody else's letter: nothing of it is taken for ours, and staff are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR

LETTER = (Path(__file__).parents[1] / "corpus/forms/0001-somebody-elses-letter.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "words", "kind"),
    [
        ("letter.pdf", "FYI", "unclear"),
        ("community nursing form.pdf", "Please find our form attached.", "unclear"),
        ("discharge summary.pdf", "Please find attached the discharge summary for your patient.", "sensitive"),
    ],
)
def test_staff_are_told(counter: Desk, name: str, words: str, kind: str) -> None:
    came = counter.came_of(counter.receive("ward3@hospital.example", "Documents", words, files={name: LETTER}))

    assert (came.kind, came.references) == (kind, ())
    assert came.told == {"needs-a-person": [CHAIR]}
    if kind == "sensitive":
        assert "72 hours end on Thursday 26 November 2026" in came.letter("needs-a-person").text
        assert "Documents" not in came.letter("needs-a-person").text
