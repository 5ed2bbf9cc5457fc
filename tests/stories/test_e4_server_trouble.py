"""E4: the outgoing server is in trouble: nothing is lost, nothing is sent twice, and a person hears of what is not sure."""

from __future__ import annotations

from datetime import timedelta

from tests.servers.smtp import KEEP_AND_DROP
from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import JO


def states(desk: Desk) -> dict[str, str]:
    with desk.ledger() as tx:
        return {row["name"]: row["state"] for row in tx.letters.of_mail(1)}


def test_what_it_refuses_for_now_goes_later(desk: Desk) -> None:
    desk.sink.answer = lambda stage, _: "451 4.3.0 try later" if stage == "RCPT" else None
    desk.receive(JO)
    desk.until(lambda: "letter" in desk.events(), "no letter was tried")
    assert states(desk) == {"form": "ready"}
    assert desk.letters() == []

    desk.sink.answer = lambda _stage, _letter: None
    desk.move_clock(MONDAY + timedelta(minutes=5))
    assert desk.letter("form").to == "jo.smith@probation.example"
    desk.quiet()
    assert states(desk) == {"form": "sent"}
    assert desk.waiting() == []


def test_what_it_refuses_for_good_is_for_a_person(desk: Desk) -> None:
    desk.sink.answer = lambda stage, letter: (
        "550 5.1.1 nobody here" if stage == "RCPT" and "jo.smith@probation.example" in letter.recipients else None
    )
    desk.receive(JO)
    told = desk.letter("needs-a-person")
    desk.quiet()

    assert states(desk)["form"] == "failed"
    assert "The letter “form” was refused" in told.text
    (item,) = desk.waiting()
    assert item["rule"] == "letter_failed"

    desk.sink.answer = lambda _stage, _letter: None
    desk.command("do", str(item["id"]), "send-again", "--as", "Ann")
    assert desk.letter("form")
    desk.quiet()
    assert states(desk)["form"] == "sent"


def test_what_it_took_without_an_answer_is_held_and_never_sent_twice(desk: Desk) -> None:
    desk.sink.answer = lambda stage, _: KEEP_AND_DROP if stage == "DATA" else None
    desk.receive(JO)
    desk.until(lambda: states(desk).get("form") == "in_doubt", "the letter is not in doubt")
    desk.sink.answer = lambda _stage, _letter: None
    desk.move_clock(MONDAY + timedelta(minutes=10))
    desk.quiet()

    assert states(desk)["form"] == "held"
    assert "may or may not have gone" in desk.letter("needs-a-person").text
    assert len(desk.letters("form")) == 1
    assert [item["rule"] for item in desk.waiting()] == ["letter_in_doubt"]
