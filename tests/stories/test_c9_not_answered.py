"""C9: what the meeting asked is not answered: one reminder, then it waits on every list, and nobody closes it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import PRIYA, pdf_form

TUESDAY = MONDAY + timedelta(days=1, hours=4, minutes=1)
WEEK = timedelta(days=7)


def digests_are(desk: Desk, count: int) -> bool:
    return len(desk.letters("digest")) == count


def test_one_reminder_then_it_waits_on_every_list(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.letter("receipt")
    desk.quiet()
    desk.move_clock(TUESDAY)
    desk.letter("digest")
    desk.command(
        "outcome", "HM-2026-0001", "--outcome", "ask", "--lead", "Dr Patel", "--by", "2026-12-01",
        "--question", "Who holds the case on leave?",
    )  # fmt: skip
    desk.command("approve", "HM-2026-0001", "--yes")
    desk.letter("outcome-ask")
    desk.until(lambda: desk.show("HM-2026-0001")["referral"]["state"] == "waiting", "it does not wait")

    desk.move_clock(TUESDAY + WEEK - timedelta(hours=3))
    reminder = desk.letter("reminder")
    assert "Who holds the case on leave?" in reminder.text
    assert reminder.to == "priya.nair@nhs.example"

    for week in (1, 2, 3):
        desk.move_clock(TUESDAY + week * WEEK + timedelta(hours=1))
        desk.until(partial(digests_are, desk, week + 1), "no digest")
        desk.quiet()
        digest = desk.letters("digest")[-1].text
        assert f"waiting {7 * week} days" in digest
        assert "waiting for the referrer" in digest
    assert len(desk.letters("reminder")) == 1
    assert desk.show("HM-2026-0001")["referral"]["state"] == "waiting"
