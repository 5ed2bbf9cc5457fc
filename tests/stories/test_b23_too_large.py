"""B23: a mail that is too large never arrives: the form's own letter says how large one may be, and how to telephone."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR


def test_the_letter_says_it_beforehand_and_staff_enter_who_telephones(counter: Desk) -> None:
    asked = counter.came_of(counter.receive("lena.frost@nhs.example", "Form", "Please send me your referral form."))
    form = asked.letter("form")
    assert "Keep the whole email under 35MB." in form.text
    assert "Phone: 02382 310 844, Monday to Friday, 9am to 5pm" in form.text

    entered = counter.came_of(
        counter.receive(CHAIR, "She telephoned", "add\nSurname: Fotheringay\nReferrer's email: lena.frost@nhs.example")
    )
    assert f"{entered.references[0]} is entered" in entered.letter("decision-check").text
