"""Gaps: the form goes back filled in to whom it may, one reminder goes in time, and corrected forms become versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from mailbot.settings import MeetingSettings, ReferralSettings
from mailbot.store import Store
from parsers.write.fill import fill_pdf
from tests.desk import MONDAY, PASSED, Desk, Still, mail, office_with
from tests.parsers.kit import DOCX, PDF, read_here
from tests.parsers.people import PLAIN, PLAIN_READ
from tests.test_decisions import text

PRIYA = "priya.nair@nhs.example"
CUT_OFF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEFT_OUT = ("p_contact", "s_account", "h_holder")
CALM = {**PLAIN, "q_urgent": {"choice": "no", "text": ""}}


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = Store("sqlite://")
    store.upgrade()
    office = office_with(referrals=ReferralSettings(also_secure=("nhs.example",)))
    yield Desk(store, office, clock=Still(MONDAY - timedelta(days=3)))
    store.close()


def form(*left_out: str, **answers: Any) -> bytes:
    return fill_pdf(PDF, {key: value for key, value in {**CALM, **answers}.items() if key not in left_out})


def sends(
    desk: Desk, data: bytes, sender: str = PRIYA, words: str = "Attached.", *, passed: bool = True, **more: Any
) -> None:
    headers = {"Authentication-Results": PASSED + sender.rpartition("@")[2]} if passed else {}
    desk.clock.move(minutes=1)
    desk.handles(mail(words, "Referral", sender, headers=headers, files=[("f.pdf", "application/pdf", data)], **more))


def files(desk: Desk, row: sa.RowMapping) -> dict[str, bytes]:
    import json

    hashes = row["attachments"] if isinstance(row["attachments"], list) else json.loads(row["attachments"])
    names = [
        line.partition(b'"')[2].rstrip(b'"\r').decode()
        for line in bytes(row["skeleton"]).splitlines()
        if line.startswith(b" filename=")
    ]
    with desk.store.look(desk.clock.now()) as tx:
        return dict(zip(names, [tx.letters.blob(one) for one in hashes], strict=True))


def at(desk: Desk, moment: datetime) -> None:
    desk.clock.moment = moment
    desk.tick()


class TestTheFormAgain:
    def test_a_confirmed_referrer_on_the_secure_list_gets_it_filled_in_with_the_gaps_marked(self, desk: Desk) -> None:
        sends(desk, form(*LEFT_OUT))
        (receipt,) = desk.letters("receipt")
        found = files(desk, receipt)

        assert sorted(found) == ["referral-form-HM-2026-0001.docx", "referral-form-HM-2026-0001.pdf"]
        assert "filled in and these questions marked in yellow" in text(receipt)
        for name, data in found.items():
            read = {key: one.value for key, one in read_here(data, name).answers.items()}
            expected = {**PLAIN_READ, "q_urgent": {"choice": "no", "text": None}, **dict.fromkeys(LEFT_OUT)}
            assert {key: value for key, value in read.items() if value != expected.get(key)} == {}
        assert b"yellow" in _xml(found["referral-form-HM-2026-0001.docx"])

    @pytest.mark.parametrize("why", ["not proven", "not secure", "somebody else sent it"])
    def test_everybody_else_gets_a_blank(self, desk: Desk, why: str) -> None:
        sender = {"not secure": "jo@charity.example", "somebody else sent it": "clerk@nhs.example"}.get(why, PRIYA)
        email = sender if why == "not secure" else PRIYA
        sends(desk, form(*LEFT_OUT, r_email=email), sender, passed=why != "not proven")
        (receipt,) = desk.letters("receipt")
        assert set(files(desk, receipt)) == {"referral-form.pdf", "referral-form.docx", "referral-form.txt"}
        assert files(desk, receipt)["referral-form.docx"] == DOCX
        assert "A blank form is attached" in text(receipt)

    def test_without_gaps_nothing_is_attached(self, desk: Desk) -> None:
        sends(desk, form())
        assert files(desk, desk.letters("receipt")[0]) == {}

    def test_sent_back_complete_it_is_a_version_in_which_only_the_gaps_changed(self, desk: Desk) -> None:
        """B26: a short note and no second receipt; the old answers are kept."""
        sends(desk, form(*LEFT_OUT))
        (receipt,) = desk.letters("receipt")
        blank = files(desk, receipt)["referral-form-HM-2026-0001.pdf"]
        answers = {key: CALM[key] for key in LEFT_OUT}
        sends(desk, fill_pdf(blank, answers), In_Reply_To=receipt["message_id"])

        assert len(desk.letters("receipt")) == 1
        assert "We have added what you sent to referral HM-2026-0001" in text(desk.letters("added")[0])
        assert desk.needs() == ["corrected_form"]
        with desk.store.look(desk.clock.now()) as tx:
            assert {row["key"] for row in tx.referrals.every_answer(1) if row["version"] == 2} == set(LEFT_OUT)
            words = tx.needs.waiting()[0]["words"]
        assert (
            "Answered now: How can we safely contact them?; Tell us what has happened; Who holds the case now?" in words
        )


class TestReminders:
    def test_one_goes_at_its_time_before_the_cut_off(self, desk: Desk) -> None:
        """C9."""
        sends(desk, form(*LEFT_OUT))
        for moment in (CUT_OFF - timedelta(hours=24, minutes=1), CUT_OFF - timedelta(hours=24)):
            at(desk, moment)
        (letter,) = desk.letters("reminder")
        assert letter["recipient"] == PRIYA
        assert letter["written_at"].startswith("2026-11-23 12:00")
        assert "- Who holds the case now?" in text(letter)
        assert "Answers that reach us by Tuesday 24 November 2026 at midday" in text(letter)
        assert sorted(files(desk, letter)) == ["referral-form-HM-2026-0001.docx", "referral-form-HM-2026-0001.pdf"]
        for hours in (1, 23, 24, 200):
            at(desk, CUT_OFF - timedelta(hours=24) + timedelta(hours=hours))
        assert len(desk.letters("reminder")) == 1

    def test_it_stops_by_itself_once_something_came(self, desk: Desk) -> None:
        sends(desk, form(*LEFT_OUT))
        (receipt,) = desk.letters("receipt")
        headers = {"Authentication-Results": PASSED + "nhs.example"}
        desk.clock.move(minutes=1)
        desk.handles(mail("The case is held by Fareham CMHT.", "Re: HM-2026-0001", PRIYA, headers=headers,
                          In_Reply_To=receipt["message_id"]))  # fmt: skip
        at(desk, CUT_OFF - timedelta(hours=20))
        assert desk.letters("reminder") == []

    def test_nobody_is_reminded_without_gaps_or_just_after_the_receipt(self, desk: Desk) -> None:
        sends(desk, form())
        desk.clock.moment = CUT_OFF - timedelta(hours=3)
        sends(desk, form(*LEFT_OUT, p_nhs=""), "sam@council.example")
        at(desk, CUT_OFF - timedelta(hours=1))
        assert desk.letters("reminder") == []

    @pytest.mark.parametrize("hours", [4, 20])
    def test_its_time_is_a_setting(self, hours: int) -> None:
        store = Store("sqlite://")
        store.upgrade()
        desk = Desk(store, office_with(meeting=MeetingSettings(reminder_hours=hours)), clock=Still(MONDAY))
        sends(desk, form(*LEFT_OUT))
        at(desk, CUT_OFF - timedelta(hours=hours, minutes=1))
        assert desk.letters("reminder") == []
        at(desk, CUT_OFF - timedelta(hours=hours))
        assert len(desk.letters("reminder")) == 1
        store.close()

    def test_a_team_may_do_without(self) -> None:
        store = Store("sqlite://")
        store.upgrade()
        quiet = Desk(store, office_with(meeting=MeetingSettings(reminder_hours=0)), clock=Still(MONDAY))
        sends(quiet, form(*LEFT_OUT))
        at(quiet, CUT_OFF - timedelta(hours=1))
        assert quiet.letters("reminder") == []
        store.close()

    def test_what_the_meeting_asked_is_reminded_of_before_the_next_cut_off(self, desk: Desk) -> None:
        from mailbot.actions import outcome_letters, outcomes

        sends(desk, form())
        at(desk, datetime(2026, 11, 24, 13, 0, tzinfo=UTC))
        desk.clock.move(days=1)
        asks = {"lead": "Ann Lee", "by": "soon", "questions": ["Is there a hearing?"]}
        with desk.store.transaction(desk.clock.now()) as tx:
            outcomes.record(desk.office, tx, "HM-2026-0001", "ask", asks, "Ann")
            outcome_letters.by_telephone(desk.office, tx, "HM-2026-0001", "Ann")
        at(desk, CUT_OFF + timedelta(days=6, hours=1))
        (letter,) = desk.letters("reminder")
        assert "1. Is there a hearing?" in text(letter)
        at(desk, CUT_OFF + timedelta(days=13, hours=1))
        assert len(desk.letters("reminder")) == 1


class TestCorrections:
    def test_another_address_unconfirms_the_referrer(self, desk: Desk) -> None:
        """F9: no outcome goes until a person says which it is."""
        sends(desk, form())
        (receipt,) = desk.letters("receipt")
        sends(desk, form(r_email="priya.new@nhs.example"), In_Reply_To=receipt["message_id"])
        assert desk.needs() == ["corrected_form", "referrer_differs"]
        with desk.store.look(desk.clock.now()) as tx:
            row = tx.referrals.by_id(1)
        assert (row["referrer"], row["confirmed_by"]) == ("priya.new@nhs.example", None)

    def test_a_decision_made_on_the_old_one_is_flagged(self, desk: Desk) -> None:
        from mailbot.actions import outcomes

        sends(desk, form())
        with desk.store.transaction(desk.clock.now()) as tx:
            outcomes.record(desk.office, tx, "HM-2026-0001", "decline", {"lead": "A", "reason": "x"}, "Ann")
        sends(desk, form(p_dob="27 3 1986"), In_Reply_To=desk.letters("receipt")[0]["message_id"])
        with desk.store.look(desk.clock.now()) as tx:
            words = tx.needs.waiting()[0]["words"]
            assert len(tx.referrals.all()) == 1
        assert "An outcome was recorded on the earlier answers" in words


def _xml(document: bytes) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return archive.read("word/document.xml")
