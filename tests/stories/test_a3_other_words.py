"""A3: other words and slips of the typewriter ask for the form too."""

from __future__ import annotations

from email.utils import parseaddr

import pytest

from tests.stories.desk import Desk


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("stalking clinic", "Hi, can u pls send the refferal proforma for MASIP thanks"),
        ("Paperwork", "Could you let me have your referral paperwork please?"),
        ("MASP", "Please may I have the MASP referral template."),
    ],
)
def test_the_form_goes(counter: Desk, subject: str, words: str) -> None:
    sender = f"Kim Lee <kim.{subject.split(maxsplit=1)[0].lower()}@police.example>"
    came = counter.came_of(counter.receive(sender, subject, words))

    assert came.kind == "form_request"
    assert came.told == {"form": [parseaddr(sender)[1]]}
    assert came.waits == ()
