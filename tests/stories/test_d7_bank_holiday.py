"""D7 and D9: a meeting on a bank holiday is put before staff in time; local times stay when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.calendars import Invited
from tests.stories.conftest import OpenDesk
from tests.stories.mails import BY_PHONE, CHAIR, PRIYA, pdf_form

FRIDAYS = {"MEETING__DAY": "Friday", "MEETING__CUT_OFF_DAY": "Thursday", "MEETING__DIGEST_DAY": "Thursday"}


def test_staff_are_asked_and_its_referrals_go_where_they_say(open_desk: OpenDesk) -> None:
    desk = open_desk(**FRIDAYS)
    desk.move_clock(datetime(2026, 12, 16, 9, 0, tzinfo=UTC))
    desk.start()
    asked = desk.letter("needs-a-person")
    desk.move_clock(datetime(2026, 12, 17, 16, 0, tzinfo=UTC))  # after the cut-off for the 18th
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**BY_PHONE)})
    receipt = desk.letter("receipt")
    invited = Invited.of(desk.letter("invitation").raw)
    desk.quiet()

    assert asked.to == CHAIR
    assert "The meeting on Friday 25 December 2026 falls on a bank holiday (Christmas Day)." in asked.text
    assert "Meeting: Friday 25 December 2026 at 10am" in receipt.text
    item = asked.subject.rpartition(" ")[2]
    desk.command("do", item, "move", "Wednesday 23 December 2026", "--as", "Ann")
    assert desk.show("HM-2026-0001")["referral"]["meeting"] == "2026-12-23"
    desk.until(lambda: len(desk.letters("invitation")) == 2, "who is invited was not told")
    moved = Invited.of(desk.letters("invitation")[-1].raw)
    assert (moved.uid, moved.sequence) == (invited.uid, 1)
    assert (f"{invited.starts_at:%d %H:%M}", f"{moved.starts_at:%d %H:%M}") == ("25 10:00", "23 10:00")

    desk.move_clock(datetime(2026, 12, 23, 9, 0, tzinfo=UTC))
    desk.until(lambda: any("23 December" in letter.subject for letter in desk.letters("digest")), "no digest for it")
    desk.move_clock(datetime(2026, 12, 25, 9, 0, tzinfo=UTC))
    desk.quiet()
    assert not [letter for letter in desk.letters("digest") if "25 December" in letter.subject]


def test_local_times_stay_as_printed_when_the_clocks_change(open_desk: OpenDesk) -> None:
    """The clocks go forward on 28 March 2027, between the receipt and the meeting."""
    desk = open_desk()
    desk.move_clock(datetime(2027, 3, 26, 9, 0, tzinfo=UTC))
    desk.start()
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    assert "Meeting: Wednesday 31 March 2027 at 10am" in desk.letter("receipt").text

    desk.move_clock(datetime(2027, 3, 30, 12, 1, tzinfo=UTC))  # 1.01pm in London
    digest = desk.letter("digest")
    assert "Review list for Wednesday 31 March 2027" in digest.subject
    assert "is late" not in digest.text
