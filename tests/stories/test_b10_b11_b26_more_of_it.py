"""B10, B11, B26: what comes later for a referral: its other pages, its papers, a corrected form."""

from __future__ import annotations

import io

import docx
import pikepdf
from PIL import Image, ImageDraw

from tests.stories.desk import CameOf, Desk
from tests.stories.mails import CHAIR, pdf_form


def refers(desk: Desk, sender: str, form: bytes) -> CameOf:
    return desk.came_of(desk.receive(sender, "Referral", "Please find attached.", files={"form.pdf": form}))


def pages(form: bytes, first: int, last: int) -> bytes:
    """Some pages of a printed form, as a file of its own."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(form)) as document:
        document.generate_appearance_streams()
        document.flatten_annotations("all")
        del document.pages[last:]
        del document.pages[: first - 1]
        document.save(out)
    return out.getvalue()


def test_b10_a_form_in_two_mails_is_one_referral_and_one_receipt(counter: Desk) -> None:
    sender = "orla.finch@nhs.example"
    form = pdf_form(
        r_email=sender, p_surname="Wolstenholme", p_forenames="Edgar", p_dob="19 10 1949", p_nhs="9990001030"
    )
    first = refers(counter, sender, pages(form, 1, 4))
    (reference,) = first.references
    assert first.waits == ("form_problem",)
    assert "Pages 5, 6, 7 of this form are missing" in first.letter("needs-a-person").text
    receipt = first.letter("receipt")
    assert "Who holds the case now?" in receipt.text

    rest = counter.came_of(
        counter.receive(sender, words="The other pages.", files={"rest.pdf": pages(form, 5, 7)}, answers=receipt)
    )
    assert (rest.kind, rest.references) == ("returned_form", (reference,))
    assert rest.told == {"added": [sender], "needs-a-person": [CHAIR]}
    told = rest.letter("needs-a-person").text
    assert f"More of the form of {reference} came. Answered now:" in told
    assert "Who holds the case now?" in told
    shown = counter.show(reference)
    assert shown["answers"]["p_surname"]["value"] == "Wolstenholme"
    assert shown["answers"]["h_holder"]["value"] == "Fareham CMHT: Priya Nair, 01632 960123"
    assert len(shown["mails"]) == 2


def test_b10_other_pages_in_a_mail_that_nothing_ties_are_put_there_by_staff(counter: Desk) -> None:
    sender = "rowan.pell@nhs.example"
    form = pdf_form(r_email=sender, p_surname="Thistlewood", p_forenames="Ambrose", p_dob="8 8 1988", p_nhs=None)
    (reference,) = refers(counter, sender, pages(form, 1, 4)).references

    rest = counter.came_of(
        counter.receive(sender, "Rest of the form", "Sorry, the rest.", files={"rest.pdf": pages(form, 5, 7)})
    )
    (new,) = rest.references
    assert new != reference
    (asked,) = (one for one in rest.letters if f"It may be the rest of {reference}" in one.text)
    merged = counter.came_of(counter.receive(CHAIR, words=f"merge {reference}", answers=asked))
    assert f"{new} is part of {reference} now" in merged.letter("decision-check").text
    assert counter.show(reference)["answers"]["h_holder"]["value"] == "Fareham CMHT: Priya Nair, 01632 960123"


def test_b11_papers_are_added_where_two_signs_agree_and_otherwise_staff_say_which(counter: Desk) -> None:
    sender, stranger = "nadia.holt@nhs.example", "clerk.records@council.example"
    form = pdf_form(r_email=sender, p_surname="Birtwhistle", p_forenames="Hugo", p_dob="23 5 1966", p_nhs="9990001049")
    (reference,) = refers(counter, sender, form).references
    paper = {"S-DASH.docx": written("Risk assessment of 3 November. Scores are on the second page.")}

    papers = counter.came_of(
        counter.receive(sender, "Referral", f"The risk assessment for {reference} is attached.", files=paper)
    )
    assert (papers.kind, papers.references) == ("more_information", (reference,))
    assert papers.told == {"added": [sender], "needs-a-person": [CHAIR]}
    assert papers.letter("added").subject == f"Added to referral {reference}"

    other = counter.came_of(counter.receive(stranger, "Papers", f"Papers for {reference} as discussed.", files=paper))
    assert (other.kind, other.references, other.waits) == ("more_information", (), ("more_information",))
    assert other.told == {"needs-a-person": [CHAIR]}
    asked = other.letter("needs-a-person")
    assert f"Which referral is it about? It may be {reference} (by its reference)." in asked.text
    joined = counter.came_of(counter.receive(CHAIR, words=f"join {reference}", answers=asked))
    assert f"the mail was put with {reference}" in joined.letter("decision-check").text
    assert len(counter.show(reference)["mails"]) == 3


def test_b11_scanned_papers_are_read_by_a_person_who_says_which_referral(counter: Desk) -> None:
    sender, stranger = "lydia.crane@nhs.example", "post.room@council.example"
    form = pdf_form(
        r_email=sender, p_surname="Marchbanks", p_forenames="Ferdinand", p_dob="7 4 1936", p_nhs="9990001170"
    )
    (reference,) = refers(counter, sender, form).references
    scan = {"scan.pdf": scanned("Risk assessment of the third of November, page one of two")}

    for who, references in ((sender, (reference,)), (stranger, ())):
        came = counter.came_of(counter.receive(who, "Papers", f"For {reference}, as discussed.", files=scan))
        assert (came.kind, came.references, came.waits) == ("more_information", references, ("more_information",))
        told = came.letter("needs-a-person").text
        assert "This is a scan or a photo in which our form cannot be read; a person must look at it." in told
        assert [one.to for one in came.letters if one.name not in ("needs-a-person", "added")] == []


def scanned(words: str) -> bytes:
    page, out = Image.new("L", (1240, 1754), 255), io.BytesIO()
    for line in range(20):
        ImageDraw.Draw(page).text((100, 120 + 50 * line), words, fill=0, font_size=28)
    page.save(out, "PDF", resolution=150)
    return out.getvalue()


def written(words: str) -> bytes:
    out, document = io.BytesIO(), docx.Document()
    document.add_paragraph(words)
    document.save(out)
    return out.getvalue()


def test_b26_a_corrected_form_is_a_version_that_shows_what_it_changes(counter: Desk) -> None:
    sender = "silas.grange@nhs.example"
    about = {"r_email": sender, "p_surname": "Featherstone", "p_forenames": "Clement", "p_nhs": "9990001073"}
    first = refers(counter, sender, pdf_form(**about, p_dob="6 12 1979"))
    (reference,) = first.references
    counter.command(
        "outcome", reference, "--outcome", "decline", "--lead", "Dr Patel", "--reason", "It is about debts."
    )

    corrected = pdf_form(**about, p_dob="12 6 1979", h_holder="Gosport CMHT")
    came = counter.came_of(
        counter.receive(
            sender, words="The date of birth was wrong.", files={"form.pdf": corrected}, answers=first.letter("receipt")
        )
    )
    assert (came.kind, came.references, came.waits) == ("returned_form", (reference,), ("corrected_form",))
    assert came.told == {"added": [sender], "needs-a-person": [CHAIR]}
    told = came.letter("needs-a-person").text
    assert f"A corrected form for {reference}. Changed: Date of birth; Who holds the case now?" in told
    assert "Date of birth Was: 6 December 1979 Now: 12 June 1979 (p_dob)" in told
    assert "Was: Fareham CMHT: Priya Nair, 01632 960123 Now: Gosport CMHT (h_holder)" in told
    assert "look at it again before its letter is approved" in told
    assert [one["now"] for one in counter.show(reference)["corrections"]] == ["12 June 1979", "Gosport CMHT"]
    assert "Corrected by a later form" in counter.command("show", reference)
    with counter.ledger() as tx:
        kept = [row["raw"] for row in tx.referrals.every_answer(tx.referrals.get(reference)["id"])
                if row["key"] == "p_dob"]  # fmt: skip
    assert kept == ["6 12 1979", "12 6 1979"]
    for word in ("1979", "Featherstone", "Gosport"):
        assert word not in came.letter("added").text


def test_b26_with_one_sign_alone_staff_say_that_it_is_the_same(counter: Desk) -> None:
    sender = "una.marsh@nhs.example"
    about = {"r_email": sender, "p_surname": "Ravensworth", "p_forenames": "Jasper", "p_dob": "1 3 1970"}
    (reference,) = refers(counter, sender, pdf_form(**about, p_nhs="9990001081")).references

    came = refers(counter, sender, pdf_form(**about, p_nhs="9990001081", h_holder="Gosport CMHT"))
    (new,) = came.references
    assert (new != reference, came.waits) == (True, ("same_person",))
    merged = counter.came_of(counter.receive(CHAIR, words=f"merge {reference}", answers=came.letter("needs-a-person")))
    assert f"{new} is part of {reference} now, its answers the newest; {new} is closed." in (
        merged.letter("decision-check").text
    )
    assert counter.show(reference)["answers"]["h_holder"]["value"] == "Gosport CMHT"
