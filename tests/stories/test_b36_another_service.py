"""B36: meant for another service: a person decides; nothing is passed on, and nobody is answered."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Podiatry referral",
            "Please accept this referral to podiatry. The patient lives in Gosport and is housebound.",
        ),
        ("Referral", "Please could the community mental health team see this lady for a medication review?"),
    ],
)
def test_a_person_decides(counter: Desk, subject: str, words: str) -> None:
    came = counter.came_of(counter.receive("ward3@hospital.example", subject, words))

    assert (came.kind, came.references) == ("unclear", ())
    assert came.told == {"needs-a-person": [CHAIR]}
    assert "other_service" in came.why
    assert "Nothing was passed on." in came.letter("needs-a-person").text
