"""F9: the referrer's address changed since the receipt: staff are told, and the outcome is held until they confirm."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA, pdf_form


def test_the_outcome_is_held(desk: Desk) -> None:
    returned = desk.came_of(desk.receive(PRIYA, "Referral", "Attached.", files={"form.pdf": pdf_form()}))
    (reference,) = returned.references
    corrected = pdf_form(r_email="p.nair@nhs.example")
    receipt = returned.letter("receipt")
    came = desk.came_of(desk.receive(PRIYA, words="Corrected.", answers=receipt, files={"form.pdf": corrected}))

    assert (came.kind, came.references) == ("returned_form", (reference,))
    assert set(came.told["needs-a-person"]) == {CHAIR}
    assert "referrer_differs" in came.waits

    desk.command("outcome", reference, "--outcome", "decline", "--lead", "Dr Reyes", "--reason", "Out of area.")
    assert "confirmed" in desk.command("approve", reference, "--yes", status=1)
    assert [one.name for one in desk.letters() if one.name.startswith("outcome-")] == []
