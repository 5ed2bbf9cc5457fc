"""B35: somebody wants to refer themselves, in words or by the form: staff alone decide, and the answer confirms nothing."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form


@pytest.mark.parametrize("form", [False, True], ids=["in words", "with the form filled in"])
def test_the_neutral_text_and_staff(counter: Desk, *, form: bool) -> None:
    sender = f"me.{form}@personal.example".lower()
    files = {"form.pdf": pdf_form(r_email=sender)} if form else {}
    words = "I want to refer myself. I cannot stop contacting her. Is there a form?"
    came = counter.came_of(counter.receive(sender, "help", words, files=files))

    assert (came.kind, came.references) == ("sensitive", ())
    assert came.told == {"neutral": [sender], "needs-a-person": [CHAIR]}
    assert came.waits == ("sensitive",)
    neutral = came.letter("neutral")
    assert neutral.files == {}
    assert "We cannot say by email whether we know" in neutral.text
    assert "referral-form" not in neutral.text
