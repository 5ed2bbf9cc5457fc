"""Outcomes by mail from end to end: the digest answered, letters approved; F8 an insecure address, G4 a wrong outcome, G5."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.conftest import OpenDesk
from tests.stories.desk import MONDAY
from tests.stories.mails import CHAIR, CLERK, PRIYA, pdf_form

DIGEST_TIME = MONDAY + timedelta(days=1, hours=4, minutes=1)
ONE, TWO = "HM-2026-0001", "HM-2026-0002"
JO = "Jo Reed <jo.reed@charity.example>"


def test_recorded_approved_told_and_put_right(open_desk: OpenDesk) -> None:
    desk = open_desk(STAFF__ADDRESSES=f"{CHAIR},{CLERK}").start()
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.quiet()
    desk.receive(
        JO, "Referral", "", files={"form.pdf": pdf_form(r_email="jo.reed@charity.example", p_nhs="", p_surname="Other")}
    )
    desk.quiet()
    desk.move_clock(DIGEST_TIME)
    digest = desk.letter("digest", CHAIR)

    words = f"{ONE}: decline, Dr Patel, reason: it is about a debt\n{TWO}: advice and consultation, Dr Patel, call by 4 December"
    desk.receive(CHAIR, words=words, answers=digest)
    shown = desk.letter("decision-check", CHAIR)
    assert f"{ONE}: Decline was recorded." in shown.text
    assert "it is about a debt" in shown.text
    assert "not on the secure list, so nothing was sent" in shown.text
    desk.quiet()
    assert not [letter for letter in desk.letters() if letter.name.startswith("outcome")]

    # G5: the second sees what the first recorded
    desk.receive(
        CLERK,
        words=f"{ONE}: accept for assessment, Dr Reyes, by 1 December, reason: x",
        answers=desk.letter("digest", CLERK),
    )
    second = desk.letter("decision-check", CLERK)
    assert f"{CHAIR} has already recorded “Decline”" in second.text

    desk.receive(CHAIR, words="approve all", answers=shown)
    told = desk.letter("outcome-decline")
    assert told.recipients == ("priya.nair@nhs.example",)
    desk.quiet()
    assert [letter.name for letter in desk.letters() if letter.name.startswith("outcome")] == ["outcome-decline"]
    assert desk.show(ONE)["referral"]["state"] == "told"
    assert desk.show(TWO)["referral"]["state"] == "decided"

    # G4: it was wrong; both stay, and the letter says so
    put_right = (
        f"{ONE}: correct advice and consultation, Dr Patel, by 4 December, correction: We wrote to you by mistake."
    )
    desk.receive(CHAIR, words=put_right, answers=shown)
    desk.until(lambda: len(desk.letters("decision-check")) >= 4, "the corrected letter was not shown")
    desk.receive(CHAIR, words=f"approve {ONE}", answers=shown)
    corrected = desk.letter("outcome-consultation")
    assert "This replaces the outcome that we sent you" in corrected.text
    assert "We wrote to you by mistake." in corrected.text
    assert [one["outcome"] for one in desk.show(ONE)["outcomes"]] == ["decline", "consultation"]

    # F8: another address, chosen by a person
    desk.receive(CHAIR, words=f"{TWO}: send to jo.reed@nhs.example", answers=shown)
    desk.until(lambda: len(desk.letters("decision-check")) >= 6, "the letter to the other address was not shown")
    desk.receive(CHAIR, words=f"approve {TWO}", answers=shown)
    desk.until(lambda: len(desk.letters("outcome-consultation")) == 2, "it did not go")
    assert desk.letters("outcome-consultation")[-1].recipients == ("jo.reed@nhs.example",)
    desk.quiet()
    assert desk.show(TWO)["referral"]["state"] == "told"
