"""Decisions by mail: what staff reply to our letters is done line by line, if it is proven to be theirs."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from mailbot.actions.spoken import Order, order
from mailbot.settings import StaffSettings
from mailbot.store import Store
from tests.desk import PASSED, STAFF, US, Desk, mail, office_with

OTHER, STRANGER = "clerk@desk.example", "sam.okoro@cmht.example"


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = Store("sqlite://")
    store.upgrade()
    yield Desk(store, office_with(staff=StaffSettings(addresses=(STAFF, OTHER))))
    store.close()


def passed(sender: str) -> str:
    return PASSED + sender.rpartition("@")[2]


def text(row: sa.RowMapping) -> str:
    message = email.message_from_bytes(row["skeleton"], policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def asked(desk: Desk, words: str = "Who are you?") -> sa.RowMapping:
    """Something needs a person; the letter of it that went to the duty worker."""
    desk.handles(mail(words, "Question"))
    return [row for row in desk.letters("needs-a-person") if row["recipient"] == STAFF][-1]


def reply(letter: sa.RowMapping, words: str, sender: str = STAFF, verdict: str = "", quote: bool = True) -> bytes:
    """As Outlook answers: the new words, and our letter below them."""
    quoted = f"\n\n{'_' * 32}\nFrom: {US}\nSent: 23 November 2026 09:00\nSubject: Needs a person\n\n{text(letter)}"
    more: dict[str, Any] = {"Authentication-Results": verdict} if verdict else {}
    return mail(
        words + (quoted if quote else ""), "RE: Needs a person", sender, In_Reply_To=letter["message_id"], headers=more
    )


def check(desk: Desk) -> str:
    (letter,) = desk.letters("decision-check")
    return text(letter)


class TestDone:
    @pytest.mark.parametrize(
        "words", ["send-form", "1 send-form", "do 1 send-form", "Hi,\n\nSend the form please.\n\nThanks\nAda"]
    )
    def test_the_form_goes_once_staff_agree(self, desk: Desk, words: str) -> None:
        row = desk.handles(reply(asked(desk), words, verdict=passed(STAFF)))
        assert (row["kind"], row["state"]) == ("decision", "handled")
        assert [one["recipient"] for one in desk.letters("form")] == [STRANGER]
        assert desk.needs() == []
        assert "Item 1: the form goes to sam.okoro@cmht.example." in check(desk)
        assert "Not done" not in check(desk)

    def test_without_our_servers_word_the_quoted_code_proves_it(self, desk: Desk) -> None:
        row = desk.handles(reply(asked(desk), "done"))
        assert [why["rule"] for why in row["why"]] == ["answers_staff_letter", "proven_by_code"]
        assert desk.needs() == []

    def test_an_address_that_staff_name(self, desk: Desk) -> None:
        desk.handles(reply(asked(desk), "send the form to jo.smith@probation.example", verdict=passed(STAFF)))
        assert [one["recipient"] for one in desk.letters("form")] == ["jo.smith@probation.example"]

    def test_again_as_another_kind(self, desk: Desk) -> None:
        desk.handles(reply(asked(desk), "again note", verdict=passed(STAFF)))
        assert desk.mail(1)["kind"] == "note"
        assert desk.needs() == []

    def test_several_items_at_once(self, desk: Desk) -> None:
        asked(desk)
        letter = asked(desk)
        desk.handles(reply(letter, "1 done\n2 send-form\n\nAda Jones\nTeam administrator", verdict=passed(STAFF)))
        assert desk.needs() == []
        assert len(desk.letters("form")) == 1

    def test_what_was_right_stands_and_the_rest_is_asked_back(self, desk: Desk) -> None:
        asked(desk)
        letter = asked(desk)
        desk.handles(reply(letter, "1 done\n2 jion HM-2026-0042\n2 join HM-2026-0099", verdict=passed(STAFF)))
        assert desk.needs() == ["unclear"]
        said = check(desk)
        assert "“2 jion HM-2026-0042”:\n  This was not understood." in said
        assert "“2 join HM-2026-0099”:\n  There is no referral HM-2026-0099" in said
        assert "Item 1: closed." in said

    def test_the_check_can_be_answered_itself(self, desk: Desk) -> None:
        desk.handles(reply(asked(desk), "snd it", verdict=passed(STAFF)))
        (letter,) = desk.letters("decision-check")
        assert "\n  send-form\n" in text(letter)
        desk.handles(reply(letter, "1 done"))
        assert desk.needs() == []

    def test_an_item_that_was_answered_already(self, desk: Desk) -> None:
        letter = asked(desk)
        desk.handles(reply(letter, "done", verdict=passed(STAFF)))
        desk.handles(reply(letter, "send-form", OTHER, passed(OTHER)))
        assert len(desk.letters("form")) == 0
        assert "already answered by duty@desk.example" in text(desk.letters("decision-check")[-1])

    def test_thanks_decide_nothing(self, desk: Desk) -> None:
        assert desk.handles(reply(asked(desk), "Thanks", verdict=passed(STAFF)))["kind"] == "note"
        assert desk.letters("decision-check") == []


class TestRefused:
    @pytest.mark.parametrize(
        ("sender", "verdict", "quote"),
        [
            (STAFF, f"{PASSED.replace('pass', 'fail')}desk.example", True),  # forged, though it quotes the code
            (STAFF, "", False),  # no code and nobody's word
            (OTHER, "", True),  # another's code
            (STRANGER, passed(STRANGER), True),  # not staff
        ],
    )
    def test_it_changes_nothing_and_staff_see_it(self, desk: Desk, sender: str, verdict: str, quote: bool) -> None:
        row = desk.handles(reply(asked(desk), "1 send-form", sender, verdict, quote))
        assert (row["kind"], row["state"]) == ("decision", "needs_person")
        assert desk.letters("form") == []
        assert desk.letters("decision-check") == []
        assert desk.needs() == ["unclear", "decision_refused"]

    def test_a_code_that_was_never_issued(self, desk: Desk) -> None:
        desk.handles(reply(asked(desk), "1 send-form\n\nKQMX-3XWP", quote=False))
        assert desk.needs() == ["unclear", "decision_refused"]

    def test_programs_that_answer_each_other_come_to_an_end(self, desk: Desk) -> None:
        letter = asked(desk)
        for _ in range(20):
            desk.handles(reply(letter, "Your call is important to somebody.", verdict=passed(STAFF)))
            letter = (desk.letters("decision-check") or [letter])[-1]
        assert len(desk.letters("decision-check")) == 12


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("12 send-form", Order(12, "send-form", "")),
        ("mailbot do 12 send-form", Order(12, "send-form", "")),
        ("- 12: Send the form, please.", Order(12, "send-form", "")),
        ("Please send the form", Order(None, "send-form", "")),
        ("#12 done thanks", Order(12, "done", "")),
        ("item 12 join to HM-2026-0042", Order(12, "join", "HM-2026-0042")),
        ("confirm the referrer: jo@x.example", Order(None, "confirm-referrer", "jo@x.example")),
        ("confirm-answer p_dob 27 3 1985", Order(None, "confirm-answer", "p_dob 27 3 1985")),
        ("again as form_request", Order(None, "again", "form_request")),
        ("not for us", Order(None, "not-ours", "")),
        ("done by Friday", None),
        ("not done", None),
        ("I have sent the form", None),
        ("send the format", None),
    ],
)
def test_what_a_line_means(line: str, means: Order | None) -> None:
    assert order(line) == means
