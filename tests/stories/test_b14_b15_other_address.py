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
