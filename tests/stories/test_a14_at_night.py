"""A14: asked at night on a bank holiday: the form goes at once, and a person reads on the next working day."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.stories.conftest import OpenDesk
from tests.stories.mails import JO

BOXING_DAY = datetime(2026, 12, 26, 3, 0, tzinfo=UTC)


def test_nobody_waits_for_morning(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.move_clock(BOXING_DAY)
    desk.start()
    asked = desk.came_of(desk.receive(JO))
    held = desk.came_of(desk.receive("kim@personal.example", "help", "I want to refer myself."))

    assert (asked.kind, asked.told) == ("form_request", {"form": ["jo.smith@probation.example"]})
    assert asked.waits == ()
    assert (
        "A person will read your email on Tuesday 29 December 2026, the next working day."
        in held.letter("neutral").text
    )
