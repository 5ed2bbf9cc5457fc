"""C3: new risk before the meeting is put with the referral, and staff know of it at once."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA, SAM, pdf_form

NEWS = "He breached his order last night and was outside her house."


def test_from_the_referrer_in_the_thread(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    receipt = desk.letter("receipt")

    desk.receive(PRIYA, words=NEWS, answers=receipt)
    added, urgent = desk.letter("added"), desk.letter("urgent")

    assert added.recipients == ("priya.nair@nhs.example",)
    assert added.subject == "Added to referral HM-2026-0001"
    assert "call 999" in added.text
    assert (urgent.to, urgent.subject) == (CHAIR, "Urgent, needs a person: item 1, referral HM-2026-0001")
    desk.quiet()
    assert desk.kinds() == ["returned_form", "more_information"]
    assert [mail["kind"] for mail in desk.show("HM-2026-0001")["mails"]] == ["returned_form", "more_information"]


def test_one_sign_alone_is_proposed_and_as_urgent(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.letter("receipt")

    desk.receive(SAM, "HM-2026-0001", NEWS)
    urgent = desk.letter("urgent")

    assert "It may be HM-2026-0001 (by its reference)." in urgent.text
    desk.quiet()
    assert desk.letters("added") == []
    assert len(desk.show("HM-2026-0001")["mails"]) == 1
    desk.command("do", "1", "join", "HM-2026-0001")
    assert len(desk.show("HM-2026-0001")["mails"]) == 2
