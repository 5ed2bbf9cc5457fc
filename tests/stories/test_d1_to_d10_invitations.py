"""D1 to D6, D8 and D10: the referrer is invited to the meeting, and what comes of it (D7 and D9 have their own)."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import docx
import pytest

from tests.calendars import PROGRAMS, Invited, reply
from tests.parsers.packing import winmail_answer
from tests.servers.smtp import KEEP_AND_DROP
from tests.stories.conftest import OpenDesk
from tests.stories.desk import Desk
from tests.stories.mails import BY_PHONE, CHAIR, JO, PRIYA, Letter, Mail, pdf_form

HER = "priya.nair@nhs.example"
PA = "Pat Dale <pat.dale@nhs.example>"
TUESDAY = datetime(2026, 11, 24, 13, 1, tzinfo=UTC)


@pytest.fixture
def invited(desk: Desk) -> Letter:
    """Priya's form has come, and says that she would like to join by phone or video."""
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**BY_PHONE)})
    return desk.letter("invitation")


def event_of(letter: Letter) -> Invited:
    return Invited.of(letter.raw)


def answers(
    desk: Desk, letter: Letter, says: str, program: str = "Outlook", sender: str = PRIYA, words: str = "", **more: Any
) -> None:  # fmt: skip
    """Somebody's calendar program answers."""
    calendar = PROGRAMS[program](event_of(letter), says, stamp=desk.now(), **more)
    method = more.get("method", "REPLY")
    raw = reply(sender, desk.address, f"Answer: {letter.subject}", calendar, words, method)
    desk.deliver(Mail(sender, letter.subject, "", (), raw))
    desk.quiet()


def review_list(desk: Desk) -> str:
    """Every word of the review list that comes with the digest."""
    desk.move_clock(TUESDAY)
    digest = desk.letter("digest")
    (data,) = (data for name, data in digest.files.items() if name.endswith(".docx"))
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def invitations(desk: Desk) -> list[Invited]:
    desk.quiet()
    return [event_of(letter) for letter in desk.letters("invitation")]


def test_d1_accepts(desk: Desk, invited: Letter) -> None:
    assert invited.recipients == (HER,)
    answers(desk, invited, "ACCEPTED")
    assert desk.kinds() == ["returned_form", "calendar_reply"]
    assert desk.waiting() == []
    assert f"Comes, by phone or video: {HER} (23 November 2026)." in review_list(desk)
    assert "referrer comes" in desk.letter("digest").text
    assert len(desk.letters("invitation")) == 1


def test_d1_accepts_in_outlook_whose_answer_is_in_winmail_dat(desk: Desk, invited: Letter) -> None:
    to = event_of(invited)
    packed = winmail_answer("Resp.Pos", to.uid, starts_at=to.starts_at, address=HER)
    desk.receive(PRIYA, "Accepted: Referral meeting", "", files={"winmail.dat": packed})
    desk.quiet()
    assert desk.kinds() == ["returned_form", "calendar_reply"]
    assert desk.waiting() == []
    assert f"Comes, by phone or video: {HER} (23 November 2026)." in review_list(desk)


def test_d2_declines_with_a_comment(desk: Desk, invited: Letter) -> None:
    answers(desk, invited, "DECLINED", "Apple", comment="I am on leave.")
    assert desk.waiting() == []
    assert f"Does not come: {HER} (23 November 2026). “I am on leave.”" in review_list(desk)


def test_d3_proposes_another_time_and_a_person_agrees(desk: Desk, invited: Letter) -> None:
    half_past = event_of(invited).starts_at + timedelta(minutes=30)
    answers(desk, invited, "TENTATIVE", method="COUNTER", starts_at=half_past)
    assert "It proposes Wednesday 25 November 2026 at 10.30am." in desk.letter("needs-a-person").text
    assert len(invitations(desk)) == 1

    desk.receive(f"Chair <{CHAIR}>", words="slot 10:30", answers=desk.letter("needs-a-person"))
    desk.letter("decision-check")
    first, second = invitations(desk)
    assert (second.uid, second.sequence, second.starts_at) == (first.uid, 1, half_past)
    assert desk.waiting() == []


def test_d4_an_assistant_answers(desk: Desk, invited: Letter) -> None:
    answers(desk, invited, "ACCEPTED", sender=PA)
    assert desk.waiting() == []
    assert f"Comes, by phone or video: {HER} (23 November 2026, says pat.dale@nhs.example)." in review_list(desk)


def test_d4_somebody_elsewhere_answers_in_her_name(desk: Desk, invited: Letter) -> None:
    answers(desk, invited, "ACCEPTED", sender=JO)
    told = desk.letter("needs-a-person").text
    assert "who was not invited, answers it" in told
    desk.command("do", "1", "attends", "by phone", "--as", "Ann")
    assert f"Comes, by phone or video: {HER} (23 November 2026, says Ann)." in review_list(desk)


def test_d5_says_in_words_that_she_will_dial_in(desk: Desk, invited: Letter) -> None:
    desk.receive(PRIYA, words="I'll dial in.", answers=invited)
    told = desk.letter("needs-a-person")
    assert "attends by phone" in told.text
    desk.receive(f"Chair <{CHAIR}>", words="attends by phone", answers=told)
    desk.letter("decision-check")
    desk.quiet()
    assert desk.kinds()[1] == "more_information"
    assert f"Comes, by phone or video: {HER}" in review_list(desk)


def test_d6_a_colleague_who_was_forwarded_it(desk: Desk, invited: Letter) -> None:
    answers(desk, invited, "ACCEPTED", "Google", sender=JO, by="jo.smith@probation.example")
    assert "jo.smith@probation.example, who was not invited, answers it: comes." in desk.letter("needs-a-person").text
    assert len(invitations(desk)) == 1

    desk.command("do", "1", "invite", "--as", "Ann")
    assert [one.attendee for one in invitations(desk)] == [HER, "jo.smith@probation.example"]


def test_d8_an_outcome_before_the_meeting_takes_it_back(desk: Desk, invited: Letter) -> None:
    """The case is removed: its outcome is told two days before the meeting."""
    reason = "Your service is already working with this person."
    desk.command(
        "outcome", "HM-2026-0001", "--outcome", "decline", "--lead", "Dr Lee", "--reason", reason, "--as", "Ann"
    )
    desk.command("approve", "HM-2026-0001", "--as", "Ann", typed="y\n")
    desk.letter("outcome-decline")
    desk.until(lambda: len(desk.letters("invitation")) == 2, "nobody is told that it is off")
    off = desk.letters("invitation")[-1]
    event = event_of(off)
    assert (event.method, event.uid, event.sequence) == ("CANCEL", event_of(invited).uid, 1)
    for case in ("Nair", "declin", reason):
        assert case not in off.text + event.raw.decode()


def test_d10_no_answer(desk: Desk, invited: Letter) -> None:
    assert event_of(invited).event["CLASS"] == "PRIVATE"
    assert f"No answer yet, by phone or video: {HER}." in review_list(desk)
    assert "referrer has not answered the invitation" in desk.letter("digest").text
    assert len(invitations(desk)) == 1


def test_in_doubt_it_is_held_for_a_person_and_never_goes_twice(open_desk: OpenDesk) -> None:
    """The server takes it whole and says nothing; Sent does not show it, and the person who looks sends it again."""
    desk = open_desk().start()
    desk.sink.answer = lambda stage, letter: (
        KEEP_AND_DROP if stage == "DATA" and b"method=REQUEST" in letter.raw else None
    )
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**BY_PHONE)})
    desk.until(lambda: [item["rule"] for item in desk.waiting()] == ["letter_in_doubt"], "nobody is asked")
    assert len(desk.letters("invitation")) == 1

    desk.sink.answer = lambda _stage, _letter: None
    desk.command("do", "1", "send-again", "--as", "Ann")
    desk.until(lambda: len(desk.letters("invitation")) == 2, "it was not sent again")
    first, second = desk.letters("invitation")
    assert first.raw == second.raw


def test_observe_writes_and_sends_nothing(open_desk: OpenDesk) -> None:
    desk = open_desk(MODE="observe").start()
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(**BY_PHONE)})

    def written() -> list[str]:
        with desk.ledger() as tx:
            return [row["state"] for row in tx.letters.of_referral(1) if row["name"] == "invitation"]

    desk.until(lambda: written() == ["cancelled"], "the invitation was not written")
    assert desk.letters() == []
