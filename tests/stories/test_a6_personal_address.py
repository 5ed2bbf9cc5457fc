"""A6: somebody asks from a personal address: the blank goes, with the wish that it comes back from a secure one."""

from __future__ import annotations

from tests.stories.desk import Desk


def test_the_blank_goes_with_a_line_about_the_address(counter: Desk) -> None:
    words = "Hi, I'm a social worker and my work email is down. Could you send me a referral form please?"
    came = counter.came_of(counter.receive("jo.marsh@personal.example", "referral form", words))

    assert came.kind == "form_request"
    assert came.told == {"form": ["jo.marsh@personal.example"]}
    assert "Your email seems to come from a personal address." in came.letter("form").text
    assert came.waits == ()
