"""C11, C12: what comes after the outcome is put with the case; staff decide whether it goes on the list again."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

REFERRER = "wes.tarrant@nhs.example"


def test_it_is_for_staff_and_can_come_back(counter: Desk) -> None:
    form = pdf_form(r_email=REFERRER, p_surname="Uppington", p_nhs="9990000190")
    returned = counter.came_of(counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": form}))
    (reference,) = returned.references
    counter.command(
        "outcome", reference, "--outcome", "decline", "--lead", "Dr Patel", "--reason", "It is not stalking."
    )
    counter.command("approve", reference, "--yes")
    outcome = counter.letter("outcome-decline", REFERRER)
    counter.until(lambda: counter.show(reference)["referral"]["state"] == "told", "it has not been told")

    disputed = counter.came_of(
        counter.receive(REFERRER, words="We do not agree with the outcome and wish to complain.", answers=outcome)
    )
    assert (disputed.kind, disputed.references) == ("unclear", (reference,))
    assert disputed.told == {"needs-a-person": [CHAIR]}

    news = counter.came_of(
        counter.receive(REFERRER, words="There are three new incidents this month.", answers=outcome)
    )
    assert (news.references, news.waits) == ((reference,), ("after_outcome",))
    assert news.told == {"needs-a-person": [CHAIR]}
    back = counter.came_of(counter.receive(CHAIR, words="reopen", answers=news.letter("needs-a-person")))
    assert f"{reference} is for the meeting on 25 November 2026." in back.letter("decision-check").text
    assert counter.show(reference)["referral"]["state"] == "queued"
