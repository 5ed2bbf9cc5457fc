"""F3: somebody poses as a referrer and asks where the other person lives: nothing is given, and staff are told."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

REFERRER = "lena.holt@nhs.example"
ASKS_WHERE = "I need her current address for the file, can you send it over please?"


@pytest.mark.parametrize("sender", ["Lena Holt <lena.holt@personal.example>", f"Lena Holt <{REFERRER}>"])
def test_nothing_is_given(counter: Desk, sender: str) -> None:
    form = pdf_form(r_email=REFERRER, p_surname="Innes", p_nhs="9990000123")
    returned = counter.came_of(counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": form}))

    came = counter.came_of(counter.receive(sender, words=ASKS_WHERE, answers=returned.letter("receipt")))

    assert came.kind == "sensitive"
    assert came.told == {"needs-a-person": [CHAIR]}
    assert came.waits == ("sensitive",)
    assert "asks where somebody lives" in came.letter("needs-a-person").text
