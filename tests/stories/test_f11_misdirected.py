"""F11: a mail about another service's patient: set apart, nothing read from it is kept or shown, and the clock runs."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR
from tests.stories.test_b13_not_our_form import LETTER

MARKER = "Arkwright"


@pytest.mark.parametrize(
    "words",
    [
        f"The letter attached, about {MARKER}, was sent to you in error. Please delete it without reading it.",
        f"We emailed the discharge letter of Mr {MARKER} to your address by mistake.",
    ],
)
def test_nothing_of_it_is_used(counter: Desk, words: str) -> None:
    sent = counter.receive("ward7@hospital.example", f"Mr {MARKER}", words, files={f"{MARKER}.pdf": LETTER})
    came = counter.came_of(sent)

    assert (came.kind, came.references) == ("sensitive", ())
    assert came.told == {"needs-a-person": [CHAIR]}
    assert came.waits == ("governance",)
    told = came.letter("needs-a-person")
    assert "Found on Monday 23 November 2026 at" in told.text
    assert "72 hours end on Thursday 26 November 2026 at" in told.text
    assert MARKER.encode() not in told.raw
    with counter.ledger() as tx:
        items = [need for need in tx.needs.waiting() if need["why"] == "governance" and need["mail_id"]]
        mails = [tx.mails.get(need["mail_id"]) for need in items]
        (mail,) = (one for one in mails if one["message_id"] == sent.message_id)
        assert not tx.mails.readings(mail["id"])
        assert MARKER not in str(mail)
    assert MARKER not in counter.log
    assert MARKER not in counter.command("list")
