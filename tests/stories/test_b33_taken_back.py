"""B33: "please ignore my referral", or Outlook's recall: staff decide, nothing is deleted, and nobody is answered."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

REFERRER = "oli.grant@nhs.example"


def test_staff_decide(counter: Desk) -> None:
    form = pdf_form(r_email=REFERRER, p_surname="Farley", p_nhs="9990000050")
    returned = counter.came_of(counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": form}))
    receipt = returned.letter("receipt")

    asked = counter.came_of(counter.receive(REFERRER, words="Please ignore my referral.", answers=receipt))
    recalled = counter.came_of(
        counter.receive(REFERRER, "Recall: Referral", "The sender would like to recall the message, “Referral”.")
    )

    assert (asked.kind, asked.references) == ("withdrawal", returned.references)
    assert (recalled.kind, recalled.references) == ("withdrawal", ())
    for came in (asked, recalled):
        assert came.told == {"needs-a-person": [CHAIR]}
        assert came.waits == ("withdrawal",)
    assert counter.show(returned.references[0])["referral"]["state"] == "queued"
    assert [letter.name for letter in counter.letters(to=REFERRER)] == ["receipt"]
