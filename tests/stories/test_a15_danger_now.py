"""A15: somebody asks for the form and says that somebody is in danger: staff know at once, and 999 comes first."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR

WORDS = "Please send a referral form straight away. He has threatened to kill her and she is in immediate danger."


def test_staff_at_once_and_999_first(counter: Desk) -> None:
    sent = counter.receive("ben.hall@police.example", "URGENT referral form", WORDS)
    came = counter.came_of(sent)

    assert came.kind == "form_request"
    assert came.told == {"form": ["ben.hall@police.example"], "urgent": [CHAIR]}
    assert came.waits == ("danger",)
    before = came.letter("form").text.partition("Thank you")[0]
    for said in ("call 999", "101", "This mailbox is not watched all the time."):
        assert said in before
    assert "mailbot does not judge how serious it is." in came.letter("urgent").text
    assert came.letter("urgent")["Importance"] == "high"
