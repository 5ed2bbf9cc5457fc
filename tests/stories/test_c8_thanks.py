"""C8: "Thanks": no reply, and nobody is told."""

from __future__ import annotations

from tests.stories.desk import Desk

REFERRER = "ray.moss@council.example"


def test_no_reply(counter: Desk) -> None:
    form = counter.came_of(counter.receive(REFERRER, "Form", "Please can you send me the referral form?")).letter(
        "form"
    )
    came = counter.came_of(counter.receive(REFERRER, words="Many thanks for this.", answers=form))

    assert (came.kind, came.told, came.waits) == ("note", {}, ())
