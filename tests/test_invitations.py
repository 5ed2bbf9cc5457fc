"""Invitations to the meeting: who is told what and when, and what their calendars answer (D1 to D8, D10)."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import UTC, date, datetime, timedelta, tzinfo
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from icalendar import Calendar, Timezone

from mailbot.actions import answers, arrangements, attendance, meetings
from mailbot.errors import UserError
from mailbot.invitations import Event, read, written
from mailbot.letters import mark_of
from mailbot.referral import State
from mailbot.senders import Leaves
from mailbot.settings import MeetingSettings
from mailbot.store import LetterState, Store
from parsers import Answer
from tests.calendars import PROGRAMS, Invited, google, outlook, reply
from tests.contracts.test_store import new_referral
from tests.desk import MONDAY, PASSED, US, Desk, mail, office_with
from tests.parsers.packing import winmail, winmail_answer

LONDON = ZoneInfo("Europe/London")
SAM, PAT, LEE = "sam.okoro@cmht.example", "pat.dale@cmht.example", "lee.ann@elsewhere.example"
MEETING = date(2026, 11, 25)
COMES = {"q_attend": Answer({"choice": "phone_video", "text": ""}, "By phone or video", 1.0, {})}
VOUCHED = {"Authentication-Results": f"{PASSED}cmht.example"}


class Takes:
    """A sender that takes everything."""

    leaves: ClassVar[Leaves] = "sent"

    def send(self, envelope_from: str, recipients: Any, raw: bytes) -> None:
        """Gone."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, sender=Takes())


def with_rules(store: Store, **rules: Any) -> Desk:
    return Desk(store, office_with(meeting=MeetingSettings(**rules)), sender=Takes())


def refer(desk: Desk, attends: dict[str, Answer] | None = None, **changes: Any) -> sa.RowMapping:
    """A referral whose referrer is confirmed and would like to attend by phone, unless it is said otherwise."""
    with desk.store.transaction(desk.clock.now()) as tx:
        made = {"confirmed_by": "a test", **changes}
        return tx.referrals.add(new_referral(**made), COMES if attends is None else attends)


def change(desk: Desk, referral: sa.RowMapping, **values: Any) -> None:
    with desk.store.transaction(desk.clock.now()) as tx:
        tx.referrals.change(referral["id"], **values)


def settle(desk: Desk) -> list[Invited]:
    """All that was ever written about invitations, once every calendar says what holds and the letters have gone."""
    while desk.tick():
        pass
    desk.deliver()
    return [Invited.of(bytes(row["skeleton"])) for row in desk.letters("invitation")]


def kept(desk: Desk, number: int = -1) -> sa.RowMapping:
    """What is known of an invitation."""
    with desk.store.look(desk.clock.now()) as tx:
        rows = tx.connection.execute(sa.text("select * from invitation order by id")).mappings().all()
    return rows[number]


def comes_back(desk: Desk, calendar: str, sender: str = SAM, words: str = "", method: str = "REPLY") -> sa.RowMapping:
    raw = reply(f"Somebody <{sender}>", US, "Accepted: Referral meeting", calendar, words, method)
    domain = sender.rpartition("@")[2]
    return desk.handles(f"Authentication-Results: {PASSED}{domain}\r\n".encode() + raw)


def packed(desk: Desk, data: bytes) -> sa.RowMapping:
    """Outlook's mail whose answer is in its winmail.dat."""
    headers = {"Authentication-Results": PASSED + SAM.rpartition("@")[2]}
    files = [("winmail.dat", "application/ms-tnef", data)]
    return desk.handles(mail("I shall be late.", "Accepted: Referral meeting", SAM, headers=headers, files=files))


def lines(desk: Desk) -> list[str]:
    with desk.store.look(desk.clock.now()) as tx:
        return attendance.lines(desk.office, tx, tx.referrals.get("HM-2026-0001"))


def need(desk: Desk) -> sa.RowMapping:
    with desk.store.look(desk.clock.now()) as tx:
        return tx.needs.waiting()[-1]


def say(desk: Desk, action: str, said: str = "") -> str:
    """What a person answers to the newest item."""
    with desk.store.transaction(desk.clock.now()) as tx:
        return answers.answer(desk.office, tx, tx.needs.waiting()[-1]["id"], action, said, "Ann")


class TestWhoIsInvited:
    def test_a_referrer_who_would_like_to_come_once(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        assert (invited.method, invited.sequence, invited.attendee) == ("REQUEST", 0, SAM)
        assert invited.starts_at == datetime(2026, 11, 25, 10, tzinfo=LONDON)
        desk.clock.move(hours=5)
        assert len(settle(desk)) == 1

    @pytest.mark.parametrize(
        ("attends", "confidence"),
        [({"choice": "no", "text": ""}, 1.0), (None, 1.0), ({"choice": "in_person", "text": ""}, 0.7)],
    )
    def test_nobody_who_does_not_say_so_for_sure(self, desk: Desk, attends: object, confidence: float) -> None:
        refer(desk, {"q_attend": Answer(attends, "x", confidence, {})})
        assert settle(desk) == []

    def test_not_before_it_is_clear_who_the_referrer_is(self, desk: Desk) -> None:
        """A secretary has sent the form (B14): whom to invite is for a person to say."""
        referral = refer(desk, confirmed_by=None, sender=PAT)
        assert settle(desk) == []
        change(desk, referral, confirmed_by="Ann")
        (invited,) = settle(desk)
        assert invited.attendee == SAM

    def test_who_sent_the_form_that_names_them_is_invited_though_nobody_vouches(self, desk: Desk) -> None:
        refer(desk, confirmed_by=None)
        assert len(settle(desk)) == 1

    def test_an_address_that_no_letter_can_go_to_stops_nobody_else(self, desk: Desk) -> None:
        refer(desk, referrer="söm@cmht.example", confirmed_by="Ann")
        refer(desk)
        assert [one.attendee for one in settle(desk)] == [SAM]

    def test_nobody_once_the_meeting_has_begun(self, desk: Desk) -> None:
        desk.clock.moment = datetime(2026, 11, 25, 10, tzinfo=UTC)
        refer(desk)
        assert settle(desk) == []


class TestWhatCalendarsAreTold:
    def test_another_meeting_keeps_the_uid_and_raises_sequence(self, desk: Desk) -> None:
        referral = refer(desk)
        settle(desk)
        change(desk, referral, meeting=MEETING + timedelta(weeks=1))
        first, second = settle(desk)
        assert (second.method, second.uid, second.sequence) == ("REQUEST", first.uid, 1)
        assert second.starts_at == datetime(2026, 12, 2, 10, tzinfo=LONDON)
        assert "It was Wednesday 25 November 2026 at 10am." in words(desk, -1)

    @pytest.mark.parametrize("state", [State.WITHDRAWN, State.DEFERRED, State.CLOSED, State.TOLD])
    def test_what_is_taken_off_the_list_is_cancelled(self, desk: Desk, state: State) -> None:
        referral = refer(desk)
        settle(desk)
        change(desk, referral, state=state)
        first, second = settle(desk)
        assert (second.method, second.uid, second.sequence) == ("CANCEL", first.uid, 1)
        assert second.event["STATUS"] == "CANCELLED"
        assert "You do not need to come" in words(desk, -1)
        assert len(settle(desk)) == 2

    def test_back_on_the_list_it_is_a_new_event(self, desk: Desk) -> None:
        """Programs differ in what they make of a cancelled event that comes back."""
        referral = refer(desk)
        settle(desk)
        change(desk, referral, state=State.DEFERRED)
        settle(desk)
        change(desk, referral, state=State.QUEUED, meeting=MEETING + timedelta(weeks=2))
        first, _, third = settle(desk)
        assert (third.method, third.sequence) == ("REQUEST", 0)
        assert third.uid != first.uid

    def test_what_is_decided_stays_until_the_outcome_is_told(self, desk: Desk) -> None:
        referral = refer(desk)
        settle(desk)
        change(desk, referral, state=State.DECIDED)
        assert len(settle(desk)) == 1
        change(desk, referral, state=State.QUEUED)  # taken back
        assert len(settle(desk)) == 1

    def test_a_form_that_says_no_cancels_and_one_that_is_not_clear_changes_nothing(self, desk: Desk) -> None:
        referral = refer(desk)
        settle(desk)
        for confidence, letters in ((0.5, 1), (1.0, 2)):
            with desk.store.transaction(desk.clock.now()) as tx:
                no = Answer({"choice": "no", "text": ""}, "No", confidence, {})
                tx.referrals.add_version(referral["id"], {"q_attend": no})
            assert len(settle(desk)) == letters

    def test_another_referrer_is_invited_in_place_of_the_first_once_confirmed(self, desk: Desk) -> None:
        referral = refer(desk)
        settle(desk)
        change(desk, referral, referrer=PAT, confirmed_by=None)
        assert len(settle(desk)) == 1
        change(desk, referral, confirmed_by="Ann")
        told = [(one.attendee, one.method) for one in settle(desk)]
        assert sorted(told[1:]) == [(PAT, "REQUEST"), (SAM, "CANCEL")]

    def test_what_has_begun_is_never_changed(self, desk: Desk) -> None:
        referral = refer(desk)
        settle(desk)
        desk.clock.moment = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        change(desk, referral, state=State.TOLD)
        assert len(settle(desk)) == 1

    def test_carried_over_it_is_another_event(self, desk: Desk) -> None:
        referral = refer(desk)
        settle(desk)
        desk.clock.moment = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
        change(desk, referral, state=State.ON_LIST, meeting=MEETING + timedelta(weeks=1))
        first, second = [one for one in settle(desk) if one.method == "REQUEST"]
        assert first.uid != second.uid

    def test_another_room_is_told_and_answers_stay(self, store: Store, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        comes_back(desk, outlook(invited, "ACCEPTED", stamp=MONDAY))
        moved = with_rules(store, place="Room 7", dial_in="01632 960400, then 1234")
        _, second = settle(moved)
        assert (second.sequence, second.event["LOCATION"]) == (1, "Room 7; or dial in: 01632 960400, then 1234")
        assert second.event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
        assert kept(moved)["answer"] == "accepted"
        assert "The time is the same." in words(moved, -1)

    def test_what_never_left_is_overtaken_and_needs_no_taking_back(self, store: Store) -> None:
        desk = Desk(store)  # nothing is delivered
        referral = refer(desk)
        desk.tick()
        change(desk, referral, meeting=MEETING + timedelta(weeks=1))
        desk.tick()
        change(desk, referral, state=State.WITHDRAWN)
        desk.tick()
        assert [row["state"] for row in desk.letters("invitation")] == [LetterState.CANCELLED] * 2
        assert kept(desk)["state"] == "cancelled"
        assert not desk.tick()

    def test_a_moved_and_a_skipped_meeting(self, store: Store) -> None:
        """D7: staff's answer about a bank holiday moves the events of everybody invited."""
        desk = with_rules(store, day="Friday", cut_off_day="Thursday", digest_day="Thursday")
        desk.clock.moment = datetime(2026, 12, 18, 12, tzinfo=UTC)
        christmas = date(2026, 12, 25)
        refer(desk, meeting=christmas)
        settle(desk)
        for decision, said in (("move", "23 December 2026"), ("skip", "")):
            with desk.store.transaction(desk.clock.now()) as tx:
                meetings.change(desk.office, tx, christmas, decision, said, "Ann")
            settle(desk)
        told = settle(desk)
        assert {one.uid for one in told} == {told[0].uid}
        assert [(one.sequence, f"{one.starts_at:%d %B}") for one in told] == [
            (0, "25 December"), (1, "23 December"), (2, "01 January"),
        ]  # fmt: skip


class TestSlots:
    def test_each_referral_has_its_own_and_keeps_it(self, store: Store) -> None:
        desk = with_rules(store, slot_minutes=15)
        referrals = [refer(desk) for _ in range(3)]
        assert [f"{one.starts_at:%H:%M}" for one in settle(desk)] == ["10:00", "10:15", "10:30"]
        change(desk, referrals[0], state=State.WITHDRAWN)
        settle(desk)
        refer(desk)
        assert [f"{one.starts_at:%H:%M}" for one in settle(desk)] == ["10:00", "10:15", "10:30", "10:00", "10:00"]
        assert "This is the part of the meeting that is kept for you." in words(desk, -1)

    def test_on_another_day_they_take_what_is_free(self, store: Store) -> None:
        desk = with_rules(store, slot_minutes=20)
        later = MEETING + timedelta(weeks=1)
        refer(desk, meeting=later)
        mover = refer(desk)
        settle(desk)
        change(desk, mover, meeting=later)
        assert f"{settle(desk)[-1].starts_at:%d %H:%M}" == "02 10:20"

    def test_two_clocks_in_one_meeting_never_overlap(self, store: Store) -> None:
        """A person gave somebody 10.10; the next slots go around it."""
        desk = with_rules(store, slot_minutes=15)
        refer(desk)
        (invited,) = settle(desk)
        comes_back(desk, outlook(invited, "TENTATIVE", method="COUNTER", stamp=MONDAY), method="COUNTER")
        say(desk, "slot", "10.10")
        settle(desk)
        refer(desk)
        refer(desk)
        assert [f"{one.starts_at:%H:%M}" for one in settle(desk)] == ["10:00", "10:10", "10:30", "10:45"]


class TestAnswers:
    @pytest.mark.parametrize("program", PROGRAMS)
    @pytest.mark.parametrize(
        ("says", "answer"), [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("TENTATIVE", "tentative")]
    )
    def test_every_program_every_answer(self, desk: Desk, program: str, says: str, answer: str) -> None:
        refer(desk)
        (invited,) = settle(desk)
        handled = comes_back(desk, PROGRAMS[program](invited, says, stamp=MONDAY))
        row = kept(desk)
        assert (handled["kind"], handled["state"]) == ("calendar_reply", "handled")
        assert (row["answer"], row["answered_by"], row["mail_id"]) == (answer, SAM, handled["id"])
        assert desk.needs() == []
        assert len(settle(desk)) == 1  # an answer is never answered, and no slot moves

    @pytest.mark.parametrize(
        ("says", "answer"), [("Resp.Pos", "accepted"), ("Resp.Neg", "declined"), ("Resp.Tent", "tentative")]
    )
    def test_outlooks_answer_in_winmail_dat_counts(self, desk: Desk, says: str, answer: str) -> None:
        refer(desk)
        (invited,) = settle(desk)
        handled = packed(desk, winmail_answer(says, invited.uid, starts_at=invited.starts_at, address=SAM))
        assert (handled["kind"], kept(desk)["answer"], kept(desk)["answered_by"]) == ("calendar_reply", answer, SAM)
        assert desk.needs() == []
        assert lines(desk)[0].endswith("“I shall be late.”")

    def test_a_calendar_object_in_winmail_dat_counts(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        reply_ = outlook(invited, "ACCEPTED", stamp=MONDAY).encode()
        assert packed(desk, winmail({"reply.ics": reply_}))["kind"] == "calendar_reply"
        assert kept(desk)["answer"] == "accepted"

    def test_another_time_in_winmail_dat_is_for_a_person(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        later = invited.starts_at + timedelta(minutes=30)
        packed(desk, winmail_answer("Resp.Tent", invited.uid, starts_at=invited.starts_at, address=SAM, proposed=later))
        assert "It proposes Wednesday 25 November 2026 at 10.30am." in need(desk)["words"]
        assert kept(desk)["answer"] == "no_answer"

    def test_an_answer_inside_what_somebody_passes_on_is_not_theirs(self, desk: Desk) -> None:
        """A mail, or a winmail.dat in a zip, that holds another's answer says nothing of who sent this one."""
        refer(desk)
        (invited,) = settle(desk)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as pile:
            pile.writestr("winmail.dat", winmail_answer("Resp.Pos", invited.uid, starts_at=invited.starts_at))
        packed(desk, out.getvalue())
        assert kept(desk)["answer"] == "no_answer"

    @pytest.mark.parametrize(
        ("program", "more"),
        [("Outlook", {}), ("Google", {"comment": "On leave, sorry"}), ("Apple", {"comment": "On leave\\, sorry"})],
    )
    def test_comments_are_shown(self, desk: Desk, program: str, more: dict[str, str]) -> None:
        refer(desk)
        (invited,) = settle(desk)
        words = "On leave, sorry" if program == "Outlook" else "Sam Okoro has declined this invitation."
        comes_back(desk, PROGRAMS[program](invited, "DECLINED", stamp=MONDAY, **more), words=words)
        assert lines(desk) == [f"Does not come: {SAM} (23 November 2026). “On leave, sorry”"]

    def test_the_newest_counts_whatever_order_they_come_in(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        comes_back(desk, outlook(invited, "DECLINED", stamp=MONDAY + timedelta(minutes=5)))
        comes_back(desk, outlook(invited, "ACCEPTED", stamp=MONDAY))
        assert kept(desk)["answer"] == "declined"

    def test_no_answer_is_shown_and_removes_nobody(self, desk: Desk) -> None:
        """D10."""
        refer(desk)
        settle(desk)
        assert lines(desk) == [f"No answer yet, by phone or video: {SAM}."]

    def test_an_assistant_answers_and_both_names_are_kept(self, desk: Desk) -> None:
        """D4."""
        refer(desk)
        (invited,) = settle(desk)
        handled = comes_back(desk, outlook(invited, "ACCEPTED", stamp=MONDAY), sender=PAT)
        assert handled["state"] == "handled"
        assert (kept(desk)["recipient"], kept(desk)["answered_by"]) == (SAM, PAT)
        assert lines(desk) == [f"Comes, by phone or video: {SAM} (23 November 2026, says {PAT})."]

    def test_from_their_other_address(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        comes_back(desk, outlook(invited, "ACCEPTED", by="sokoro@cmht.example", stamp=MONDAY))
        assert kept(desk)["answer"] == "accepted"

    @pytest.mark.parametrize(
        ("by", "sender"), [(LEE, LEE), (PAT, PAT), (SAM, LEE)], ids=["elsewhere", "colleague", "in_their_name"]
    )
    def test_somebody_who_was_not_invited_is_for_a_person(self, desk: Desk, by: str, sender: str) -> None:
        """D6: the invitation was forwarded, and whoever has it answers."""
        refer(desk)
        (invited,) = settle(desk)
        handled = comes_back(desk, google(invited, "ACCEPTED", by=by, stamp=MONDAY), sender=sender)
        assert (handled["state"], desk.needs()) == ("needs_person", ["attendance"])
        assert f"{sender}, who was not invited, answers it: comes." in need(desk)["words"]
        assert kept(desk)["answer"] == "no_answer"

    def test_another_time_changes_nothing_until_a_person_agrees(self, desk: Desk) -> None:
        """D3."""
        refer(desk)
        (invited,) = settle(desk)
        half_past = invited.starts_at + timedelta(minutes=30)
        calendar = outlook(invited, "TENTATIVE", method="COUNTER", stamp=MONDAY, starts_at=half_past)
        comes_back(desk, calendar, method="COUNTER")
        assert "It proposes Wednesday 25 November 2026 at 10.30am." in need(desk)["words"]
        assert len(settle(desk)) == 1
        assert say(desk, "slot", "10:30") == f"Item 1: {SAM}: the new time for HM-2026-0001 is sent."
        first, second = settle(desk)
        assert (second.uid, second.sequence, second.starts_at) == (first.uid, 1, half_past)

    def test_delegated_and_guests_are_for_a_person(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        comes_back(desk, google(invited, "ACCEPTED", stamp=MONDAY, guests=2))
        assert "It brings 2 guests who were not invited." in need(desk)["words"]
        sent = outlook(invited, "DELEGATED", stamp=MONDAY).replace(";CN=", f';DELEGATED-TO="mailto:{LEE}";CN=', 1)
        comes_back(desk, sent)
        assert f"It sends {LEE} instead." in need(desk)["words"]
        assert kept(desk)["answer"] == "no_answer"

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_an_answer_to_the_time_before_is_for_a_person(self, desk: Desk, program: str) -> None:
        referral = refer(desk)
        (before,) = settle(desk)
        change(desk, referral, meeting=MEETING + timedelta(weeks=1))
        _, now = settle(desk)
        comes_back(desk, PROGRAMS[program](before, "ACCEPTED", stamp=MONDAY))
        assert desk.needs() == ["attendance"]
        assert (kept(desk)["answer"], kept(desk)["sequence"]) == ("no_answer", 1)
        comes_back(desk, PROGRAMS[program](now, "ACCEPTED", stamp=MONDAY))
        assert kept(desk)["answer"] == "accepted"

    def test_an_answer_does_not_outlive_the_time_it_was_given_for(self, desk: Desk) -> None:
        referral = refer(desk)
        (invited,) = settle(desk)
        comes_back(desk, outlook(invited, "ACCEPTED", stamp=MONDAY))
        change(desk, referral, meeting=MEETING + timedelta(weeks=1))
        _, second = settle(desk)
        assert second.event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
        assert kept(desk)["answer"] == "no_answer"

    def test_what_is_forged_changes_nothing(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        raw = reply(SAM, US, "Declined: x", outlook(invited, "DECLINED", stamp=MONDAY))
        desk.handles(b"Authentication-Results: mx.desk.example; dmarc=fail header.from=cmht.example\r\n" + raw)
        assert desk.needs() == ["attendance"]
        assert kept(desk)["answer"] == "no_answer"

    def test_what_comes_too_late_is_only_noted(self, desk: Desk) -> None:
        referral = refer(desk)
        (invited,) = settle(desk)
        change(desk, referral, state=State.WITHDRAWN)
        settle(desk)
        comes_back(desk, outlook(invited, "ACCEPTED", stamp=MONDAY))
        assert desk.needs() == []
        assert kept(desk)["answer"] == "no_answer"

    def test_danger_beside_an_answer_is_told_at_once_and_the_answer_counts(self, desk: Desk) -> None:
        refer(desk)
        (invited,) = settle(desk)
        words = "He is outside her house now with a knife, please phone me."
        comes_back(desk, outlook(invited, "DECLINED", stamp=MONDAY), words=words)
        assert desk.needs() == ["danger"]
        assert kept(desk)["answer"] == "declined"

    def test_a_notice_that_it_was_forwarded(self, desk: Desk) -> None:
        """D6 as Exchange tells it: without the event, so the reference says which."""
        refer(desk)
        settle(desk)
        desk.handles(mail("Your meeting was forwarded to Ann Lee.", headers=VOUCHED,
                          subject="Meeting Forward Notification: Referral meeting, HM-2026-0001"))  # fmt: skip
        assert desk.needs() == ["attendance"]
        assert need(desk)["words"].startswith("The invitation for HM-2026-0001 was forwarded")
        assert len(settle(desk)) == 1


class TestWhatAPersonSays:
    @pytest.fixture
    def asked(self, desk: Desk) -> Desk:
        """D5: the referrer has written "I'll dial in"."""
        refer(desk)
        settle(desk)
        desk.handles(mail("I'll dial in.", subject="RE: Referral HM-2026-0001", headers=VOUCHED))
        assert desk.needs() == ["attendance"]
        return desk

    @pytest.mark.parametrize(
        ("said", "answer", "how"),
        [
            ("by phone", "accepted", "phone_video"), ("on Teams", "accepted", "phone_video"),
            ("in person", "accepted", "in_person"), ("yes", "accepted", "phone_video"), ("", "accepted", "phone_video"),
            ("no", "declined", "phone_video"), ("maybe", "tentative", "phone_video"),
        ],
    )  # fmt: skip
    def test_dialling_in_is_proposed_and_a_person_says(self, asked: Desk, said: str, answer: str, how: str) -> None:
        assert kept(asked)["answer"] == "no_answer"
        say(asked, "attends", said)
        assert (kept(asked)["answer"], kept(asked)["how"], kept(asked)["answered_by"]) == (answer, how, "Ann")
        assert asked.needs() == []

    @pytest.mark.parametrize(
        ("action", "said", "told"),
        [
            ("attends", "perhaps not in so many words", None), ("attends", "as you like", "Say how"),
            ("slot", "soon", "Say the time"), ("slot", "9:30", "begins at 10am"), ("slot", "25:00", "Say the time"),
            ("invite", "Ann Lee", "Name the address"), ("invite", SAM, "is invited for HM-2026-0001 already"),
            ("discuss", "one day", "Say the day"), ("discuss", "27 November 2026", "There is no meeting to come"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_with_what_to_do(
        self, asked: Desk, action: str, said: str, told: str | None
    ) -> None:
        if told is None:
            say(asked, action, said)
            return
        with pytest.raises(UserError, match=told):
            say(asked, action, said)
        assert asked.needs() == ["attendance"]

    def test_a_colleague_is_invited_by_a_person_and_by_nobody_else(self, asked: Desk) -> None:
        assert say(asked, "invite", LEE) == (
            f"Item 1: {LEE} is invited for HM-2026-0001, Wednesday 25 November 2026 at 10am."
        )
        first, second = settle(asked)
        assert (second.attendee, second.uid != first.uid) == (LEE, True)
        with asked.store.transaction(asked.clock.now()) as tx:
            tx.referrals.change(1, state=State.WITHDRAWN)
        assert [one.method for one in settle(asked)[2:]] == ["CANCEL", "CANCEL"]

    @pytest.mark.parametrize("state", [State.QUEUED, State.ON_LIST, State.WAITING])
    def test_another_meeting(self, asked: Desk, state: State) -> None:
        with asked.store.transaction(asked.clock.now()) as tx:
            tx.referrals.change(1, state=state)
        assert say(asked, "discuss", "2 December 2026").endswith("goes to the meeting on Wednesday 2 December 2026.")
        assert [one.sequence for one in settle(asked)] == [0, 1]

    def test_whoever_was_not_invited_is_by_that(self, store: Store) -> None:
        desk = Desk(store, sender=Takes())
        refer(desk, {})
        desk.handles(mail("I'll dial in.", subject="RE: Referral HM-2026-0001", headers=VOUCHED))
        say(desk, "attends", "by phone")
        (invited,) = settle(desk)
        assert (invited.attendee, kept(desk)["answer"], kept(desk)["invited_by"]) == (SAM, "accepted", "Ann")
        assert invited.event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"

    @pytest.mark.parametrize(
        ("wrote", "suggested"),
        [
            ("I'll dial in.", "attends by phone"), ("Sorry, I can't dial in after all", "attends no"),
            ("I will be there in person", "attends in person"), ("I'll attend", "attends yes"),
            ("Apologies for the meeting", "attends no"), ("I'm not able to attend", "attends no"),
        ],
    )  # fmt: skip
    def test_what_was_written_suggests_the_answer(self, wrote: str, suggested: str) -> None:
        assert arrangements.suggested(wrote) == suggested

    def test_the_suggestion_is_told_and_understood(self, asked: Desk) -> None:
        assert "If that is so, answer “attends by phone”." in need(asked)["words"]

    def test_by_reply_in_words(self, asked: Desk) -> None:
        asked.handles(mail(
            "attends by phone\n\nAnn", subject="RE: Needs a person, item 1", sender="duty@desk.example",
            headers={"Authentication-Results": f"{PASSED}desk.example"},
            In_Reply_To=asked.letters("needs-a-person")[0]["message_id"],
        ))  # fmt: skip
        assert kept(asked)["answer"] == "accepted"


class TestTheLetter:
    def test_what_programs_need(self, desk: Desk) -> None:
        refer(desk)
        settle(desk)
        (row,) = desk.letters("invitation")
        message = message_from_bytes(bytes(row["skeleton"]), policy=policy.default)
        types = [part.get_content_type() for part in message.walk()]
        assert types == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
        part = list(message.walk())[-1]
        assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
        assert message["X-Mailbot-Letter"] == mark_of("invitation", row["cause"])
        event = Invited.of(bytes(row["skeleton"])).event
        assert str(event["ORGANIZER"]) == f"mailto:{US}"
        params = event["ATTENDEE"].params
        assert (params["RSVP"], params["ROLE"], params["CUTYPE"]) == ("TRUE", "REQ-PARTICIPANT", "INDIVIDUAL")
        assert (event["CLASS"], event["TRANSP"], event["STATUS"]) == ("PRIVATE", "OPAQUE", "CONFIRMED")
        assert event["SUMMARY"] == message["Subject"] == "Referral meeting, HM-2026-0001"

    def test_nothing_of_the_case(self, desk: Desk) -> None:
        said = {
            name: Answer(f"MARKER-{name}", f"MARKER-{name}", 1.0, {}) for name in ("p_surname", "r_name", "s_account")
        }
        referral = refer(desk, {**COMES, **said}, their_reference="MARKER-ref")
        settle(desk)
        change(desk, referral, state=State.WITHDRAWN)
        settle(desk)
        for row in desk.letters("invitation"):
            assert b"MARKER" not in bytes(row["skeleton"])
            assert b"MARKER" not in Invited.of(bytes(row["skeleton"])).raw

    @pytest.mark.parametrize(
        ("day", "utc"),
        [("2027-03-24", 10), ("2027-03-31", 9), ("2027-10-27", 9), ("2027-11-03", 10)],
        ids=["before_spring", "after_spring", "before_autumn", "after_autumn"],
    )
    def test_local_times_in_both_halves_of_the_year(self, day: str, utc: int) -> None:
        """D9: what is printed is what is meant, also by programs that know no zone but the one we send."""
        start = datetime.fromisoformat(f"{day} 10:00").replace(tzinfo=LONDON)
        data = written(event(start), MONDAY).data
        assert f"DTSTART;TZID=Europe/London:{start:%Y%m%d}T100000".encode() in data
        own = zone_of(data)
        assert start.replace(tzinfo=own).astimezone(UTC).hour == utc

    def test_the_same_arguments_give_the_same_bytes(self) -> None:
        one = event(datetime(2026, 11, 25, 10, tzinfo=LONDON))
        assert written(one, MONDAY) == written(one, MONDAY)

    @pytest.mark.parametrize("zone", ["Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"])
    def test_other_zones(self, zone: str) -> None:
        for month in range(1, 13):
            start = datetime(2027, month, 15, 10, tzinfo=ZoneInfo(zone))
            data = written(event(start), MONDAY).data
            own = zone_of(data)
            assert start.replace(tzinfo=own).utcoffset() == start.utcoffset(), month


def event(start: datetime) -> Event:
    zone = start.tzinfo
    assert isinstance(zone, ZoneInfo)
    return Event("u@desk.example", 0, "T", start, start + timedelta(hours=1), zone, "P", "W", US, "team", SAM)


def zone_of(data: bytes) -> tzinfo:
    """The zone as its VTIMEZONE alone describes it."""
    (found,) = Calendar.from_ical(data).walk("VTIMEZONE")
    assert isinstance(found, Timezone)
    zone: tzinfo = found.to_tz(lookup_tzid=False)
    return zone


def words(desk: Desk, number: int) -> str:
    message = message_from_bytes(bytes(desk.letters("invitation")[number]["skeleton"]), policy=policy.default)
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


_HEAD = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\n"


class TestHostileCalendars:
    @pytest.mark.parametrize(
        "data",
        [
            _HEAD + b"A" * 10_000_000,
            _HEAD + b"ATTENDEE;" + b';;;;===,,"' * 15_000,
            _HEAD + (b"ATTENDEE;" + b" ; " * 2500 + b":x\r\n") * 20,
            _HEAD + (b"COMMENT:" + b"\\" * 7900 + b"\r\n") * 20,
            b"BEGIN:VCALENDAR\r\n" * 11_000,
            _HEAD + b"BEGIN:VALARM\r\n" * 12_000,
            _HEAD + b"COMMENT:a" + b"\r\n b" * 45_000,
            _HEAD + b"RRULE:FREQ=SECONDLY;COUNT=99999999999\r\n" * 4_000,
            _HEAD + b"DTSTART;TZID=../../etc/passwd:20261399T999999\r\nDTSTAMP:99999999T999999Z\r\n",
            _HEAD + b"DTSTART;TZID=" + b"x" * 5000 + b":20260101T000000\r\nDTSTAMP:00010101T000000\r\n",
            _HEAD + b"SEQUENCE:99999999999999999999\r\nSEQUENCE:-1\r\nUID:\xff\xfe\0\r\nATTENDEE:mailto:\r\n",
            _HEAD.decode().encode("utf-16"), b"", b"\0" * 5000, b"\xff\xfe", b"END:VEVENT\r\n" * 100,
        ],
        ids=range(16),
    )  # fmt: skip
    def test_is_met_with_limits_and_never_raises(self, data: bytes) -> None:
        began = datetime.now(UTC)
        read(data, LONDON)
        assert datetime.now(UTC) - began < timedelta(seconds=5)

    def test_damaged_in_any_way(self) -> None:
        whole = outlook(Invited.of(bytes(_letter())), "ACCEPTED", stamp=MONDAY).encode()
        chance = random.Random(5)
        for _ in range(1_500):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                at = chance.randrange(len(data))
                data[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
            read(bytes(data), LONDON)

    def test_other_charsets(self) -> None:
        for charset in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
            found = read(f"{_HEAD.decode()}COMMENT:Zoë\r\n".encode(charset))
            assert found
            assert found.comment == "Zoë"

    def test_another_organisers_event_under_a_uid_of_ours_changes_nothing_that_matters(self, desk: Desk) -> None:
        """Our own UID proves that they saw it, and the sender who they are; ORGANIZER proves nothing."""
        refer(desk)
        (invited,) = settle(desk)
        calendar = google(invited, "ACCEPTED", by=LEE, stamp=MONDAY).replace(f"mailto:{US}", f"mailto:{LEE}")
        comes_back(desk, calendar, sender=LEE)
        assert kept(desk)["answer"] == "no_answer"
        assert desk.needs() == ["attendance"]

    def test_nothing_with_a_zero_byte_reaches_the_store(self) -> None:
        found = read(_HEAD.replace(b"UID:x", b"UID:x\0") + b"COMMENT:a\0b\r\nATTENDEE:mailto:a\0@b.example\r\n")
        assert found
        assert "\0" not in repr((found.uid, found.comment, found.attendees)).replace("\\x00", "\0")


def _letter() -> bytes:
    zone_start = datetime(2026, 11, 25, 10, tzinfo=LONDON)
    data = written(event(zone_start), MONDAY).data
    return b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" + data


CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real calendars is not at hand")
def test_real_calendars_are_read_or_passed_over() -> None:
    files = [path for name in ("ical-js", "icalendar") for path in (CORPUS / name).rglob("*.ics")]
    assert files
    for path in files:
        found = read(path.read_bytes(), LONDON)
        assert found is None or found.method in ("REPLY", "COUNTER", "REFRESH"), path
