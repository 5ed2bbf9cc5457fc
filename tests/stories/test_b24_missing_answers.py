"""B24: required answers are missing: the referral is queued all the same, and the receipt asks in the form's own words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from parsers import Form
from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import PRIYA, pdf_form

LEFT_OUT = ("p_contact", "s_account", "h_holder")


def test_a_confirmed_referrer_on_the_secure_list_has_the_form_again_filled_in(desk: Desk, root: Path) -> None:
    form = Form.load(root / "config" / "forms" / "1")
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**dict.fromkeys(LEFT_OUT))})

    receipt = desk.letter("receipt")

    assert receipt.subject == "Referral HM-2026-0001 received"
    assert "These questions have no answer on the form:" in receipt.text
    asked = [field.id for field in form.fields if f"- {field.label}" in receipt.text]
    assert asked == [field.id for field in form.fields if field.id in LEFT_OUT]
    assert "The referral goes to the meeting either way." in receipt.text
    assert "Answers that reach us by Tuesday 24 November 2026 at midday" in receipt.text
    assert set(receipt.files) == {"referral-form-HM-2026-0001.pdf", "referral-form-HM-2026-0001.docx"}
    assert "Whitlock" not in receipt.text

    desk.quiet()
    assert desk.show("HM-2026-0001")["referral"]["state"] == "queued"
    assert desk.waiting() == []


def test_somebody_else_gets_a_blank(desk: Desk, root: Path) -> None:
    desk.receive(
        "Jo Reed <jo@charity.example>", "Referral", "", files={"form.pdf": pdf_form(**dict.fromkeys(LEFT_OUT))}
    )
    receipt = desk.letter("receipt")

    assert set(receipt.files) == {"referral-form.pdf", "referral-form.docx", "referral-form.txt"}
    assert receipt.files["referral-form.pdf"] == (root / "config/forms/1/referral-form.pdf").read_bytes()
    assert b"Whitlock" not in receipt.raw


def test_one_reminder_goes_before_the_cut_off(desk: Desk) -> None:
    """C9."""
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**dict.fromkeys(LEFT_OUT))})
    receipt = desk.letter("receipt")
    desk.quiet()
    desk.move_clock(MONDAY + timedelta(hours=4))
    reminder = desk.letter("reminder")
    assert reminder.recipients == ("priya.nair@nhs.example",)
    assert reminder["In-Reply-To"] == receipt.message_id
    assert "This is our only reminder." in reminder.text
    assert set(reminder.files) == set(receipt.files)
    desk.move_clock(MONDAY + timedelta(days=1, hours=5))
    desk.until(lambda: desk.letters("digest"), "no digest")
    desk.quiet()
    assert len(desk.letters("reminder")) == 1
