"""A7, A11, B6, F2, F11 and a decision by mail: what waits for staff, what they are told, and what they answer by mail."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, JO, PRIYA, SAM

KIM = "Kim <kim.k@personal.example>"


def test_a7_large_print(desk: Desk) -> None:
    desk.receive(JO, "Referral form", "Please could you send the referral form in large print?")
    desk.letter("form")
    assert "in the format you asked for" in desk.letter("holding").text
    desk.quiet()
    assert (desk.kinds(), [item["rule"] for item in desk.waiting()]) == (["form_request"], ["other_format"])


def test_a11_a_colleague_forwards_a_request_and_staff_agree_by_mail(desk: Desk) -> None:
    desk.receive(SAM, "FW: referral form", "One for you? From priya.nair@nhs.example")
    told = desk.letter("needs-a-person")
    assert desk.letters("form") == []

    desk.receive(f"Chair <{CHAIR}>", words="send-form priya.nair@nhs.example", answers=told)
    check = desk.letter("decision-check")

    assert check.to == CHAIR
    assert "Item 1: the form goes to priya.nair@nhs.example." in check.text
    assert desk.letter("form").recipients == ("priya.nair@nhs.example",)
    desk.quiet()
    assert desk.kinds() == ["form_request", "decision"]
    assert desk.waiting() == []


def test_a_forged_decision_changes_nothing(desk: Desk) -> None:
    desk.receive(SAM, "FW: referral form", "One for you?")
    told = desk.letter("needs-a-person")
    desk.receive(f"Chair <{CHAIR}>", words="send-form", answers=told, verdict="fail")
    desk.quiet()

    assert desk.letters("form") == []
    assert desk.letters("decision-check") == []
    assert [item["rule"] for item in desk.waiting()] == ["unclear", "decision_refused"]


def test_b6_a_letter_and_no_form(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "I am writing to refer this man, who has followed his former partner for a year.")
    desk.letter("form")
    desk.quiet()
    assert desk.kinds() == ["unclear"]
    assert "The form has been sent" in desk.waiting()[0]["why"]
    assert desk.status()["referrals"] == {}


def test_f2_the_person_referred_asks(desk: Desk) -> None:
    desk.receive(KIM, "letter", "I got a letter about me. Who referred me, and what information do you hold about me?")
    neutral, told = desk.letter("neutral"), desk.letter("needs-a-person")
    assert "We cannot say by email whether we know" in neutral.text
    assert "Received on 23 November 2026; one month ends on 23 December 2026." in told.text
    desk.quiet()
    assert desk.kinds() == ["sensitive"]


def test_f11_somebody_elses_details(desk: Desk) -> None:
    desk.receive(SAM, "Oops", "I sent this to you by mistake, please delete it. It was meant for another service.")
    told = desk.letter("needs-a-person")
    assert "Found on Monday 23 November 2026 at 9" in told.text
    assert "72 hours end on Thursday 26 November 2026 at 9" in told.text
    desk.quiet()
    assert [letter.name for letter in desk.letters()] == ["needs-a-person"]
