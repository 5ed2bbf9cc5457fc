"""B25: answers written in a reply to the receipt are proposed beside their question; staff accept them."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

REFERRER = "ines.roche@nhs.example"


def test_they_are_proposed_and_accepted_by_a_reply(counter: Desk) -> None:
    form = pdf_form(r_email=REFERRER, p_surname="Ravenhill", p_nhs="9990000174", h_holder=None)
    returned = counter.came_of(counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": form}))
    (reference,) = returned.references
    receipt = returned.letter("receipt")
    assert "Who holds the case now?" in receipt.text

    words = "Who holds the case now? Gosport CMHT, 01632 960022"
    came = counter.came_of(counter.receive(REFERRER, words=words, answers=receipt))
    assert (came.kind, came.references, came.waits) == ("more_information", (reference,), ("proposed_answers",))
    asked = came.letter("needs-a-person")
    assert "Proposed: Gosport CMHT, 01632 960022" in asked.text
    assert counter.show(reference)["referral"]["state"] == "queued"

    accepted = counter.came_of(counter.receive(CHAIR, words="accept answers", answers=asked))
    assert f"accepted for {reference}: Who holds the case now?" in accepted.letter("decision-check").text
    with counter.ledger() as tx:
        answer = tx.referrals.answer(tx.referrals.get(reference)["id"], "h_holder")
    assert answer
    assert answer.value == "Gosport CMHT, 01632 960022"
