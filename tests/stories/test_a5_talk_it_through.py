"""A5: would you take him, and could we talk: the form with the telephone number, and a person knows of the question."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR


def test_form_telephone_and_a_person(counter: Desk) -> None:
    sender = "dev.nair@probation.example"
    words = (
        "Do you take people who are on licence? Could I talk it through? Otherwise please send me your referral form."
    )
    came = counter.came_of(counter.receive(sender, "Query", words))

    assert came.kind == "form_request"
    assert came.told == {"form": [sender], "needs-a-person": [CHAIR]}
    assert came.waits == ("wants_to_talk",)
    assert "Phone us on 02382 310 844, Monday to Friday, 9am to 5pm." in came.letter("form").text
