"""B24: required answers are missing: the referral is queued all the same, and the receipt asks in the form's own words."""

from __future__ import annotations

from pathlib import Path

from parsers import Form
from tests.stories.desk import Desk
from tests.stories.mails import PRIYA, pdf_form

LEFT_OUT = ("p_contact", "s_account", "h_holder")


def test_the_receipt_lists_them_with_the_cut_off_and_a_blank(desk: Desk, root: Path) -> None:
    form = Form.load(root / "config" / "forms" / "1")
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**dict.fromkeys(LEFT_OUT))})

    receipt = desk.letter("receipt")

    assert receipt.subject == "Referral HM-2026-0001 received"
    assert "These questions have no answer on the form:" in receipt.text
    asked = [field.id for field in form.fields if f"- {field.label}" in receipt.text]
    assert asked == [field.id for field in form.fields if field.id in LEFT_OUT]
    assert "The referral goes to the meeting either way." in receipt.text
    assert "Answers that reach us by Tuesday 24 November 2026 at midday" in receipt.text
    assert set(receipt.files) == {"referral-form.pdf", "referral-form.docx", "referral-form.txt"}
    assert receipt.files["referral-form.pdf"] == (root / "config/forms/1/referral-form.pdf").read_bytes()
    assert b"Whitlock" not in receipt.raw

    desk.quiet()
    assert desk.show("HM-2026-0001")["referral"]["state"] == "queued"
    assert desk.waiting() == []
