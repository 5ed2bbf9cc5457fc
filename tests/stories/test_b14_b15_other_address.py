"""B14, B15: a secretary returns the form, or its address differs from the sender's: the receipt goes to who sent it."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form


def test_the_sender_has_the_receipt_and_staff_say_who_refers(counter: Desk) -> None:
    form = pdf_form(r_email="dr.hale@nhs.example", p_surname="Marlow", p_nhs="9990000034")
    came = counter.came_of(counter.receive("secretary@nhs.example", "Referral", "For Dr Hale.", files={"f.pdf": form}))

    assert came.kind == "returned_form"
    assert len(came.references) == 1
    assert came.told == {"receipt": ["secretary@nhs.example"], "needs-a-person": [CHAIR]}
    assert came.waits == ("referrer_differs",)
    assert counter.letters(to="dr.hale@nhs.example") == []

    (reference,) = came.references
    counter.command(
        "outcome", reference, "--outcome", "decline", "--lead", "Dr Reyes", "--reason", "It is about debts."
    )
    assert "nobody has confirmed" in counter.command("approve", reference, "--yes", status=1)
    said = counter.receive(CHAIR, words="confirm referrer", answers=came.letter("needs-a-person"))
    assert f"the referrer of {reference} is dr.hale@nhs.example" in counter.came_of(said).letter("decision-check").text
    counter.command("approve", reference, "--yes")
    assert counter.letter("outcome-decline", "dr.hale@nhs.example")
    assert [one.name for one in counter.letters(to="secretary@nhs.example")] == ["receipt"]
