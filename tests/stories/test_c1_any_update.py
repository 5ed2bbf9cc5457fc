"""C1, C2: the confirmed referrer is told reference and stage; a stranger learns nothing, not even that a case exists."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import PRIYA, SAM, pdf_form


def test_the_confirmed_referrer_in_the_thread(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    receipt = desk.letter("receipt")

    desk.receive(PRIYA, words="Any update on this please?", answers=receipt)
    status = desk.letter("status")

    assert status.recipients == ("priya.nair@nhs.example",)
    assert status.subject == "Referral HM-2026-0001"
    assert "It is for the meeting on Wednesday 25 November 2026 at 10am." in status.text
    assert b"Whitlock" not in status.raw
    desk.quiet()
    assert desk.kinds() == ["returned_form", "status_question"]
    assert desk.waiting() == []
    assert len(desk.show("HM-2026-0001")["mails"]) == 2


def test_without_our_servers_word_only_a_person_answers(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    receipt = desk.letter("receipt")
    desk.receive(PRIYA, words="Any update on this please?", answers=receipt, verdict="none")
    desk.quiet()

    assert desk.letters("status") == []
    assert [item["rule"] for item in desk.waiting()] == ["status_question"]


def test_a_stranger(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.letter("receipt")
    desk.receive(SAM, "HM-2026-0001", "What is happening with HM-2026-0001?")
    neutral = desk.letter("neutral")

    desk.quiet()
    assert b"HM-2026" not in neutral.raw
    assert [item["rule"] for item in desk.waiting()] == ["status_question"]
    assert len(desk.show("HM-2026-0001")["mails"]) == 1
