"""E9: our server says that a mail is not from whom it claims, or answers would go elsewhere: no reply, a person looks."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, JO, PRIYA, SAM, pdf_form


def test_a_person_looks_and_nobody_is_answered(desk: Desk) -> None:
    desk.receive(JO, verdict="fail")
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()}, verdict="fail")
    desk.receive(SAM, Reply_To="sam.okafor@elsewhere.example")
    desk.quiet()

    assert desk.kinds() == ["unclear"] * 3
    assert {letter.to for letter in desk.letters()} == {CHAIR}
    assert len(desk.waiting()) == 3
    assert desk.folders() == {"Needs a person": 3, "Sent": 3}
    assert desk.status()["referrals"] == {}


def test_another_servers_word_counts_for_nothing(desk: Desk) -> None:
    forged = "mx.elsewhere.example; dmarc=pass header.from=nhs.example"
    form = {"form.pdf": pdf_form()}
    desk.receive(PRIYA, "Referral", "", files=form, verdict="", Authentication_Results=forged)
    receipt = desk.letter("receipt")  # says nothing but what the sender sent
    desk.quiet()

    assert receipt.to == "priya.nair@nhs.example"
    assert desk.show("HM-2026-0001")["referral"]["confirmed_by"] is None
    desk.command("outcome", "HM-2026-0001", "--outcome", "decline", "--lead", "Dr Reyes", "--reason", "Out of area.")
    said = desk.command("approve", "HM-2026-0001", "--yes", status=1)
    assert "nobody has confirmed the referrer's address" in said
