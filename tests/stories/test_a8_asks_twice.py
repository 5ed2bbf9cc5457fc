"""A8: somebody asks twice, and chases the same day: two forms in 24 hours, never a flood, never two for one mail."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import JO, SAM


def test_the_third_time_in_a_day_gets_no_form(desk: Desk) -> None:
    first = desk.receive(JO, "Referral form", "Please could you send me the referral form.")
    desk.quiet()
    second = desk.receive(JO, "Referral form", "Just chasing the referral form, please send it again.")
    desk.quiet()
    desk.receive(JO, "Referral form", "Could I have the referral form please? I am still waiting for it.")
    desk.receive(SAM, "Referral form", "Please could you send me the referral form.")
    desk.quiet()

    assert desk.kinds() == ["form_request"] * 4
    assert [form["In-Reply-To"] for form in desk.letters(to="jo.smith@probation.example")] == [
        first.message_id, second.message_id
    ]  # fmt: skip
    assert len(desk.letters(to="sam.okafor@council.example")) == 1
    assert {letter.name for letter in desk.letters()} == {"form"}

    desk.move_clock(MONDAY + timedelta(hours=25))
    desk.receive(JO, "Referral form", "I have lost it: please could you send me the referral form.")
    desk.quiet()
    assert len(desk.letters("form", "jo.smith@probation.example")) == 3
