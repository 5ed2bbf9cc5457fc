"""A13: "can I have that form again" above last year's letters: the current form, and the old case is not touched."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import pdf_form

REFERRER = "una.cole@nhs.example"


def test_the_form_goes_and_nothing_is_joined(counter: Desk) -> None:
    returned = counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": pdf_form(r_email=REFERRER)})
    receipt = counter.came_of(returned).letter("receipt")

    words = "Hi, can I have that form again please? It is for somebody else this time."
    came = counter.came_of(counter.receive(REFERRER, words=words, answers=receipt))

    assert (came.kind, came.references) == ("form_request", ())
    assert came.told == {"form": [REFERRER]}
    assert came.letter("form")["In-Reply-To"] != receipt.message_id
    assert came.waits == ()
