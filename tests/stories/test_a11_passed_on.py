"""A11: a switchboard passes a request on: a person sees who seems to ask, and one word sends them the form."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR

BLOCK = """From: Ann Fry <{asks}>
Sent: 23 November 2026 08:40
To: Switchboard
Subject: Referral form

Please can you send me the stalking clinic referral form

Ann"""


@pytest.mark.parametrize("above", ["Please see below.", "Can you help with this? Could you send Ann a referral form?"])
def test_staff_see_who_asks_and_send_it(counter: Desk, above: str) -> None:
    asks = f"ann.{len(above)}@council.example"
    words = f"{above}\n\n{BLOCK.format(asks=asks)}"
    came = counter.came_of(counter.receive("switchboard@trust.example", "FW: Referral form", words))

    assert came.kind == "unclear"
    assert came.told == {"needs-a-person": [CHAIR]}
    told = came.letter("needs-a-person").text
    assert f"It passes on a mail of {asks}" in told
    assert f"send-form {asks}" in told

    with counter.ledger() as tx:
        (item,) = (need for need in tx.needs.waiting() if asks in need["words"])
    counter.command("do", str(item["id"]), "send-form", asks)
    assert counter.letter("form", asks).recipients == (asks,)
