"""C4: the referrer has left and a colleague takes over: a person is told, and nobody is answered."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

REFERRER = "sue.dale@nhs.example"


def test_a_person_confirms_first(counter: Desk) -> None:
    form = pdf_form(r_email=REFERRER, p_surname="Hobbs", p_nhs="9990000115")
    returned = counter.came_of(counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": form}))
    (reference,) = returned.references

    words = f"I have taken over from Sue Dale, who has left the team. Please contact me instead about {reference}."
    proposed = counter.came_of(counter.receive("ann.lee@nhs.example", "Change of worker", words))
    leaving = "I am leaving the team on Friday. Ann Lee is the new care coordinator."
    joined = counter.came_of(counter.receive(REFERRER, words=leaving, answers=returned.letter("receipt")))

    assert (proposed.kind, proposed.references) == ("more_information", ())
    assert (joined.kind, joined.references) == ("more_information", (reference,))
    for came in (proposed, joined):
        assert came.told == {"needs-a-person": [CHAIR]}
    assert (proposed.waits, joined.waits) == (("handover",), ("handover",))
    assert counter.show(reference)["referral"]["referrer"] == REFERRER

    asked = proposed.letter("needs-a-person")
    assert f"It may be {reference} (by its reference)." in asked.text
    assert "confirm-referrer HM-2026-0042 name@organisation.example" in asked.text
    said = counter.receive(CHAIR, words=f"confirm-referrer {reference} ann.lee@nhs.example", answers=asked)
    assert f"the referrer of {reference} is ann.lee@nhs.example" in counter.came_of(said).letter("decision-check").text
    shown = counter.show(reference)
    assert (shown["referral"]["referrer"], shown["referral"]["confirmed_by"]) == ("ann.lee@nhs.example", CHAIR)
    assert "referrer_confirmed" in [one["what"] for one in shown["events"]], "the change is on record"
