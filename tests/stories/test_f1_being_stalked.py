"""F1: somebody being stalked writes in: staff know at once, they get the agreed safe text, and nothing is confirmed."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR

KIM = "Kim <kim.k@personal.example>"


def test_the_safe_text_and_staff_at_once(desk: Desk) -> None:
    written = desk.receive(KIM, "help", "My ex is stalking me. How do I refer him to you? Is there a form?")

    neutral = desk.letter("neutral")
    urgent = desk.letter("urgent")

    assert neutral.recipients == ("kim.k@personal.example",)
    assert neutral["In-Reply-To"] == written.message_id
    for said in ("call 999", "101", "0808 802 0300", "We cannot say by email whether we know"):
        assert said in neutral.text
    assert neutral.files == {}
    assert urgent.to == CHAIR
    assert urgent.subject == "Urgent, needs a person: item 1"

    desk.quiet()
    assert desk.kinds() == ["sensitive"]
    assert {letter.name for letter in desk.letters()} == {"neutral", "urgent"}
    assert [item["rule"] for item in desk.waiting()] == ["victim"]
    assert desk.status()["referrals"] == {}


def test_many_mails_are_not_answered_without_end(desk: Desk) -> None:
    for _ in range(4):
        desk.receive(KIM, "help", "He is following me again.")
    desk.quiet()

    assert len(desk.letters("neutral")) == 2
    assert len(desk.letters("urgent")) == 4
