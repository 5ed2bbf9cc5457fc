"""B1: the filled-in Word form comes back, and the referrer has a reference and a date at once."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import PRIYA, word_form


def test_a_receipt_names_the_reference_and_the_meeting(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral form", "Please send me the referral form.")
    form = desk.letter("form")

    returned = desk.receive(
        PRIYA, words="Please find attached the form.", files={"D Whitlock referral.docx": word_form()}, answers=form
    )
    receipt = desk.letter("receipt")

    assert receipt.recipients == ("priya.nair@nhs.example",)
    assert receipt.subject == "Referral HM-2026-0001 received"
    assert receipt["In-Reply-To"] == returned.message_id
    assert receipt.references[-2:] == [form.message_id, returned.message_id]
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "Your reference: FC-2210" in receipt.text
    assert "Meeting: Wednesday 25 November 2026 at 10am" in receipt.text
    assert "You are welcome at the meeting, in person or by dialling in." in receipt.text
    assert "Every question we need has an answer." in receipt.text
    assert "If anyone is in immediate danger, call 999." in receipt.text
    assert receipt.files == {}
    for personal in (b"Whitlock", b"Daniel", b"9990000018", b"SO14"):
        assert personal not in receipt.raw

    desk.quiet()
    assert desk.kinds() == ["form_request", "returned_form"]
    assert [letter.name for letter in desk.letters()] == ["form", "receipt"]
    assert desk.folders() == {"Handled": 2, "Sent": 2}

    shown = desk.show("HM-2026-0001")
    assert shown["referral"]["state"] == "queued"
    assert shown["referral"]["referrer"] == "priya.nair@nhs.example"
    assert shown["referral"]["confirmed_by"]
    assert shown["answers"]["p_surname"]["value"] == "Whitlock"
    assert shown["answers"]["p_dob"]["value"] == "1985-03-27"
    assert [mail["kind"] for mail in shown["mails"]] == ["returned_form"]
    with desk.ledger() as tx:
        assert not tx.enquiries.waiting()
