"""G1: the digest goes to every member of staff, once for each meeting, also when nothing is new or mailbot was down."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.conftest import OpenDesk
from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import CHAIR, CLERK, PRIYA, pdf_form

TUESDAY = MONDAY + timedelta(days=1, hours=4)  # at 13, when the digest is due
WEDNESDAY = MONDAY + timedelta(days=2, hours=1)  # at 10, when the meeting starts
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def digests(desk: Desk, count: int) -> list[tuple[str, str]]:
    """To whom and about which meeting, once there are that many."""
    desk.until(lambda: len(desk.letters("digest")) >= count, "the digests have not come")
    return sorted((letter.subject.partition(":")[0], letter.to) for letter in desk.letters("digest"))


def test_with_nothing_new_it_goes_to_all_staff_once_a_week(open_desk: OpenDesk) -> None:
    desk = open_desk(STAFF__ADDRESSES=f"{CHAIR},{CLERK}").start()
    desk.until(lambda: first_start_is_known(desk), "the timetable was not looked at")
    desk.move_clock(TUESDAY + MINUTE)
    first = digests(desk, 2)
    digest = desk.letter("digest", CLERK)

    assert digest.subject == "Review list for Wednesday 25 November 2026: 0 new referrals"
    assert (
        "- 0 new referrals - 0 carried over - 0 waiting for an answer, or for something that has no date yet"
        in digest.text
    )
    assert "is late" not in digest.text
    assert list(digest.files) == ["review-list-2026-11-25.docx"]
    assert digest["Auto-Submitted"] == "auto-generated"

    desk.quiet()
    desk.stop()
    desk.start()
    desk.move_clock(TUESDAY + WEEK + MINUTE)

    assert first == [
        ("Review list for Wednesday 25 November 2026", CHAIR),
        ("Review list for Wednesday 25 November 2026", CLERK),
    ]
    assert digests(desk, 4) == [
        ("Review list for Wednesday 2 December 2026", CHAIR),
        ("Review list for Wednesday 2 December 2026", CLERK),
        *first,
    ]
    desk.quiet()
    assert len({letter.message_id for letter in desk.letters()}) == 4
    assert [len(letter.recipients) for letter in desk.letters()] == [1, 1, 1, 1]


def test_down_at_that_minute_it_goes_after_the_restart_and_says_so(desk: Desk) -> None:
    desk.until(lambda: first_start_is_known(desk), "the timetable was not looked at")
    desk.stop()
    desk.move_clock(TUESDAY + timedelta(hours=2))
    desk.start()

    assert digests(desk, 1) == [("Review list for Wednesday 25 November 2026", CHAIR)]
    assert (
        "This review list is late. It was due on Tuesday 24 November 2026 at 1pm." in desk.letter("digest", CHAIR).text
    )
    desk.move_clock(TUESDAY + WEEK + MINUTE)
    assert len(digests(desk, 2)) == 2


def test_after_the_meeting_it_says_that_the_meeting_has_passed(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.quiet()
    desk.kill()
    desk.move_clock(WEDNESDAY + timedelta(hours=5))
    desk.start()

    digest = desk.letter("digest")
    assert "Review list for Wednesday 25 November 2026: 1 new referral" in digest.subject
    assert "its meeting, on Wednesday 25 November 2026 at 10am, has passed." in digest.text
    assert "HM-2026-0001, received Monday 23 November 2026" in digest.text

    desk.quiet()
    desk.move_clock(TUESDAY + WEEK + MINUTE)
    digests(desk, 2)
    following = desk.letters("digest")[-1]
    assert following.subject == "Review list for Wednesday 2 December 2026: 0 new referrals"
    assert "- 1 carried over" in following.text


def first_start_is_known(desk: Desk) -> bool:
    """Digests that fell due before the very first start are not mailbot's."""
    with desk.ledger() as tx:
        return tx.switches.get("first_start") is not None
