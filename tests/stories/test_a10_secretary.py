"""A10: a secretary asks for a doctor: the answer goes to the secretary alone, and no address is guessed."""

from __future__ import annotations

from tests.stories.desk import Desk

SECRETARY = "secretary@surgery.example"


def test_the_secretary_is_answered(counter: Desk) -> None:
    words = (
        "Dr Patel would like to refer a patient. Could you please send me the referral form so that he can complete it?"
    )
    came = counter.came_of(counter.receive(SECRETARY, "Form for Dr Patel", words, Cc="dr.patel@surgery.example"))

    assert came.kind == "form_request"
    assert came.told == {"form": [SECRETARY]}
    form = came.letter("form")
    assert form.recipients == (SECRETARY,)
    assert form["Cc"] == ""
    assert came.waits == ()
