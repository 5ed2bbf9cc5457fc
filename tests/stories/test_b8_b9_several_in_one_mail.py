"""B8, B9: two people's forms in one mail are two referrals and one receipt; a draft and its final are one referral."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form, word_form

SENDER, OTHER = "hazel.brook@nhs.example", "piers.loxley@nhs.example"
ONE = {
    "p_surname": "Netherwood", "p_forenames": "Oliver", "p_dob": "4 2 1961", "p_nhs": "9990001006", "p_aliases": None,
}  # fmt: skip
TWO = {
    "p_surname": "Castellan", "p_forenames": "Beatrix", "p_dob": "30 9 1997", "p_nhs": "9990001014", "p_aliases": None,
    "p_address": "9 Invented Row\nGosport", "s_account": "She follows the family of her former manager.",
    "h_holder": None,
}  # fmt: skip
FINAL = {
    "r_email": OTHER, "p_surname": "Quillfeather", "p_forenames": "Tobias", "p_dob": "11 6 1974", "p_nhs": "9990001022",
}  # fmt: skip


def test_b8_two_people_are_two_referrals_and_one_receipt(counter: Desk) -> None:
    files = {"first.pdf": pdf_form(r_email=SENDER, **ONE), "second.docx": word_form(r_email=SENDER, **TWO)}
    came = counter.came_of(counter.receive(SENDER, "Two referrals", "Two forms are attached.", files=files))

    assert (came.kind, len(came.references), came.waits) == ("returned_form", 2, ())
    assert came.told == {"receipt": [SENDER]}
    first, second = came.references
    receipt = came.letter("receipt")
    assert receipt.subject == f"Referrals {first} and {second} received"
    before, _, after = receipt.text.partition(f"Referral {second}")
    assert "Every question we need has an answer." in before.partition(f"Referral {first}")[2]
    assert "Who holds the case now?" in after, "the gap is asked of the referral that has it"
    assert set(receipt.files) == {f"referral-form-{second}.pdf", f"referral-form-{second}.docx"}
    for personal in (b"Netherwood", b"Castellan", b"1961", b"9990001014"):
        assert personal not in receipt.raw
    surnames = [counter.show(one)["answers"]["p_surname"]["value"] for one in came.references]
    assert surnames == ["Netherwood", "Castellan"]
    assert [len(counter.show(one)["mails"]) for one in came.references] == [1, 1]


def test_b8_a_form_about_somebody_else_in_answer_to_a_receipt_is_a_referral_of_its_own(counter: Desk) -> None:
    sender = "marcus.dell@nhs.example"
    one = {"p_surname": "Ollerton", "p_forenames": "Vincent", "p_dob": "17 7 1955", "p_nhs": "9990001057"}
    brother = {**one, "p_forenames": "Leonard", "p_dob": "2 1 1959", "p_nhs": "9990001065"}
    first = counter.came_of(
        counter.receive(sender, "Referral", "Attached.", files={"form.pdf": pdf_form(r_email=sender, **one)})
    )
    second = counter.came_of(
        counter.receive(
            sender, words="And one for his brother.", files={"form.pdf": pdf_form(r_email=sender, **brother)},
            answers=first.letter("receipt"),
        )
    )  # fmt: skip

    assert second.told == {"receipt": [sender]}
    assert second.references != first.references
    assert counter.show(first.references[0])["answers"]["p_forenames"]["value"] == "Vincent"


def test_b9_a_draft_and_its_final_are_one_referral_that_staff_confirm(counter: Desk) -> None:
    draft = {**FINAL, "h_holder": None, "s_latest": "last week"}
    files = {"referral draft.pdf": pdf_form(**draft), "referral final.pdf": pdf_form(**FINAL)}
    came = counter.came_of(counter.receive(OTHER, "Referral", "Draft and final attached.", files=files))

    (reference,) = came.references
    assert (came.kind, came.waits) == ("returned_form", ("copies",))
    assert came.told == {"receipt": [OTHER], "needs-a-person": [CHAIR]}
    asked = came.letter("needs-a-person").text
    assert "Two copies of this form are here, and the fuller one was taken." in asked
    for label in ("When was the most recent incident?", "Who holds the case now?"):
        assert label in asked
    answers = counter.show(reference)["answers"]
    assert answers["h_holder"]["value"] == "Fareham CMHT: Priya Nair, 01632 960123"
    assert answers["s_latest"]["candidates"] == ["about 2 weeks ago", "last week"]

    said = counter.receive(CHAIR, words="confirm answer s_latest=last week", answers=came.letter("needs-a-person"))
    assert f"s_latest of {reference} confirmed" in counter.came_of(said).letter("decision-check").text
    assert counter.show(reference)["answers"]["s_latest"]["raw"] == "last week"
