"""C11, C12: what comes after the outcome is put with the case; staff decide whether it goes on the list again."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, Letter, pdf_form


def told(desk: Desk, referrer: str, **about: object) -> tuple[str, Letter]:
    """A referral that was declined, and the letter that says so."""
    form = pdf_form(r_email=referrer, **about)
    returned = desk.came_of(desk.receive(referrer, "Referral", "Attached.", files={"form.pdf": form}))
    (reference,) = returned.references
    desk.command("outcome", reference, "--outcome", "decline", "--lead", "Dr Patel", "--reason", "It is not stalking.")
    desk.command("approve", reference, "--yes")
    outcome = desk.letter("outcome-decline", referrer)
    desk.until(lambda: desk.show(reference)["referral"]["state"] == "told", "it has not been told")
    return reference, outcome


def test_c11_a_dispute_is_for_staff_who_can_put_it_on_the_list_again(counter: Desk) -> None:
    referrer = "wes.tarrant@nhs.example"
    reference, outcome = told(counter, referrer, p_surname="Uppington", p_nhs="9990000190")
    assert "complain" in outcome.text

    words = "We do not agree with the outcome and wish to complain."
    disputed = counter.came_of(counter.receive(referrer, words=words, answers=outcome))
    assert (disputed.kind, disputed.references, disputed.waits) == ("unclear", (reference,), ("dispute",))
    assert disputed.told == {"needs-a-person": [CHAIR]}
    asked = disputed.letter("needs-a-person")
    assert f"It may dispute the outcome of {reference}" in asked.text
    assert "reopen" in asked.text

    back = counter.came_of(counter.receive(CHAIR, words="reopen", answers=asked))
    assert f"{reference} is for the meeting on 25 November 2026." in back.letter("decision-check").text
    assert counter.show(reference)["referral"]["state"] == "queued"


def test_c12_news_after_the_outcome_is_for_staff_and_can_bring_it_back(counter: Desk) -> None:
    referrer = "ivor.penn@nhs.example"
    about = {"p_surname": "Yarborough", "p_forenames": "Cecil", "p_dob": "5 5 1951", "p_nhs": "9990001103"}
    reference, outcome = told(counter, referrer, **about)

    news = counter.came_of(
        counter.receive(referrer, words="There are three new incidents this month.", answers=outcome)
    )
    assert (news.kind, news.references, news.waits) == ("more_information", (reference,), ("after_outcome",))
    assert news.told == {"needs-a-person": [CHAIR]}
    asked = news.letter("needs-a-person")
    assert "back on the list, or a new form?" in asked.text

    sent = counter.came_of(counter.receive(CHAIR, words="send form", answers=asked))
    assert f"the form goes to {referrer}" in sent.letter("decision-check").text
    form = counter.letter("form", referrer)

    again = pdf_form(r_email=referrer, **about, s_latest="yesterday")
    new = counter.came_of(counter.receive(referrer, words="Attached.", files={"form.pdf": again}, answers=form))
    assert (new.kind, new.waits) == ("returned_form", ("same_person",))
    assert new.references != (reference,)
    assert new.told == {"receipt": [referrer], "needs-a-person": [CHAIR]}
    assert counter.show(reference)["referral"]["state"] == "told"


def test_c12_a_new_form_in_answer_to_the_outcome_is_a_new_referral_linked_with_the_old(counter: Desk) -> None:
    referrer = "mona.teague@nhs.example"
    about = {"p_surname": "Jellicoe", "p_forenames": "Rupert", "p_dob": "28 11 1982", "p_nhs": "9990001111"}
    reference, outcome = told(counter, referrer, **about)

    again = pdf_form(r_email=referrer, **about, s_account="He has begun again, at her new address.")
    new = counter.came_of(counter.receive(referrer, words="Once more.", files={"form.pdf": again}, answers=outcome))
    (later,) = new.references
    assert (later != reference, new.waits) == (True, ("same_person",))
    assert f"{later} is about the same person as {reference}" in new.letter("needs-a-person").text
    assert reference not in new.letter("receipt").text
    assert counter.show(reference)["referral"]["state"] == "told"
    assert counter.show(reference)["answers"]["s_account"]["raw"] != again
    assert counter.show(later)["referral"]["state"] == "queued"


def test_c12_from_somebody_else_it_is_proposed(counter: Desk) -> None:
    reference, _ = told(
        counter, "gail.ford@nhs.example", p_surname="Bellweather", p_forenames="Mungo", p_dob="9 9 1944", p_nhs=None
    )
    colleague = "hal.reeve@nhs.example"
    news = counter.came_of(counter.receive(colleague, "Old case", f"{reference}: he was seen at her house again."))

    assert (news.kind, news.references, news.waits) == ("more_information", (), ("more_information",))
    assert news.told == {"needs-a-person": [CHAIR]}
    asked = news.letter("needs-a-person")
    assert f"It may be {reference} (by its reference)." in asked.text
    joined = counter.came_of(counter.receive(CHAIR, words=f"join {reference}", answers=asked))
    assert f"the mail was put with {reference}" in joined.letter("decision-check").text
    back = counter.came_of(counter.receive(CHAIR, words=f"{reference}: reopen", answers=asked))
    assert f"{reference} is for the meeting on 25 November 2026." in back.letter("decision-check").text
