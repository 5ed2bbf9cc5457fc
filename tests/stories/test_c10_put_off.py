"""C10: what is put off comes back by itself; put off until something without a day, it stays on every list."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import CHAIR, PRIYA, pdf_form

TUESDAY = MONDAY + timedelta(days=1, hours=4, minutes=1)


def test_put_off_by_a_line_of_a_reply_it_comes_back_on_its_day(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.letter("receipt")
    desk.quiet()
    desk.move_clock(TUESDAY)
    digest = desk.letter("digest")
    words = "HM-2026-0001: defer, Dr Patel, until 9 December, reason: the court has not sat."
    desk.receive(CHAIR, words=words, answers=digest)
    check = desk.letter("decision-check")
    assert "HM-2026-0001: Defer was recorded." in check.text
    assert "9 December 2026" in check.text
    desk.receive(CHAIR, words="approve HM-2026-0001", answers=check)
    desk.letter("outcome-defer")
    desk.until(lambda: desk.show("HM-2026-0001")["referral"]["state"] == "deferred", "it is not put off")

    desk.move_clock(TUESDAY + timedelta(days=7))
    desk.until(lambda: len(desk.letters("digest")) == 2, "no digest")
    assert "put off until 9 December 2026" in desk.letters("digest")[1].text
    desk.move_clock(TUESDAY + timedelta(days=14))
    desk.until(lambda: len(desk.letters("digest")) == 3, "no digest")
    desk.until(lambda: desk.show("HM-2026-0001")["referral"]["state"] == "on_list", "it has not come back")


def test_staff_are_asked_for_the_day_and_then_it_comes_back(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.letter("receipt")
    desk.quiet()
    desk.move_clock(TUESDAY)
    desk.until(lambda: desk.letters("digest"), "no digest")
    desk.command(
        "outcome", "HM-2026-0001", "--outcome", "defer", "--lead", "Dr Patel", "--reason", "The court has not sat.",
        "--until", "after the hearing",
    )  # fmt: skip
    desk.command("approve", "HM-2026-0001", "--yes")
    asked = desk.letter("needs-a-person")
    assert "On which day should it come back?" in asked.text

    desk.move_clock(TUESDAY + timedelta(days=7))
    desk.until(lambda: len(desk.letters("digest")) == 2, "no digest")
    assert "waiting for: after the hearing (no date yet)" in desk.letters("digest")[1].text

    desk.receive(CHAIR, words="until 8 December", answers=asked)
    assert "comes back on 8 December 2026" in desk.letter("decision-check").text
    desk.move_clock(TUESDAY + timedelta(days=14))
    desk.until(lambda: len(desk.letters("digest")) == 3, "no digest")
    desk.until(lambda: desk.show("HM-2026-0001")["referral"]["state"] == "on_list", "it has not come back")
