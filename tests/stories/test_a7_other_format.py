"""A7: the form in large print: it goes as it is, a person makes the other, and who asked is told so."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR


def test_a_person_makes_it(counter: Desk) -> None:
    words = "Please could you send me the referral form in large print? I am partially sighted."
    came = counter.came_of(counter.receive("lou.hart@council.example", "Referral form", words))

    assert came.kind == "form_request"
    assert came.told == {
        "form": ["lou.hart@council.example"],
        "holding": ["lou.hart@council.example"],
        "needs-a-person": [CHAIR],
    }
    assert came.waits == ("other_format",)
    assert "A person will send it in the format you asked for" in came.letter("holding").text
