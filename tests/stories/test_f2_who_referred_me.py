"""F2: the person referred asks who did it: nothing is confirmed, and information governance has the date."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR


@pytest.mark.parametrize(
    "words",
    ["I want to know what information you hold about me and who referred me.", "Why have I been referred to you?"],
)
def test_the_date_is_recorded(counter: Desk, words: str) -> None:
    sender = f"d.{len(words)}@personal.example"
    came = counter.came_of(counter.receive(sender, "My information", words))

    assert (came.kind, came.references) == ("sensitive", ())
    assert came.told == {"neutral": [sender], "needs-a-person": [CHAIR]}
    assert came.waits == ("governance",)
    assert "Received on 23 November 2026; one month ends on 23 December 2026." in came.letter("needs-a-person").text
    neutral = came.letter("neutral").text
    assert "We cannot say by email whether we know" in neutral
    assert "information held on you" in neutral
