"""A9: we are only in Cc, in Bcc, or it came through a list: no answer goes by itself, and a person looks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import ASKS, CHAIR, mail

ANN = "ann.fry@council.example"


@pytest.mark.parametrize("way", ["copy", "hidden copy", "list"])
def test_a_person_looks(counter: Desk, way: str) -> None:
    others = {"list": "stalking-leads@lists.example"}.get(way, "duty@council.example")
    header = {"copy": f"Cc: {counter.address}", "list": "List-Id: <stalking-leads.lists.example>"}.get(
        way, "X-Mailer: x"
    )
    written = mail(others, ANN, "Referral form", ASKS, when=counter.now())
    came = counter.came_of(counter.deliver(replace(written, raw=header.encode() + b"\r\n" + written.raw)))

    assert came.kind == "unclear"
    assert "not_addressed_to_us" in came.why
    assert "asks_for_form" in came.why
    assert came.told == {"needs-a-person": [CHAIR]}
    assert len(came.waits) == 1
