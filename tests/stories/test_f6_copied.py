"""F6: the person or the target reads along in Cc: the answer goes to the sender alone, and staff are told."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

CONTACT = {"choice": "email", "text": "Email d.w@personal.example"}


@pytest.mark.parametrize(
    ("sender", "copied", "named"),
    [
        ("una.field@nhs.example", "d.w@personal.example", True),
        ("una.field@nhs.example", "somebody@personal.example", False),
        ("una.field@personal.example", "somebody.else@personal.example", False),
    ],
    ids=["as the form says", "a stranger", "with the sender's own mail provider"],
)
def test_the_sender_alone_is_answered(counter: Desk, sender: str, copied: str, named: bool) -> None:
    form = pdf_form(r_email=sender, p_surname=f"Keel{len(copied)}", p_nhs="9990000131", p_contact=CONTACT)
    came = counter.came_of(counter.receive(sender, "Referral", "Form attached.", files={"f.pdf": form}, Cc=copied))

    assert came.kind == "returned_form"
    assert came.told["receipt"] == [sender]
    assert came.letter("receipt").recipients == (sender,)
    assert "copied_to_others" in came.waits
    assert counter.letters(to=copied) == []
    told = next(letter.text for letter in came.letters if "1 address outside" in letter.text)
    assert ("The form itself gives one of them" in told) == named
    assert set(came.told["needs-a-person"]) == {CHAIR}


def test_colleagues_may_read_along(counter: Desk) -> None:
    form = pdf_form(r_email="una.field@nhs.example", p_surname="Lowther", p_nhs="9990000158")
    sent = counter.receive(
        "una.field@nhs.example", "Referral", "Form attached.", files={"f.pdf": form}, Cc="her.manager@nhs.example"
    )
    assert counter.came_of(sent).told == {"receipt": ["una.field@nhs.example"]}
