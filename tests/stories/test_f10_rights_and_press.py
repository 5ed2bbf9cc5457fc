"""F10: subject access, erasure, police, solicitors, press, freedom of information: staff, and no answer by itself."""

from __future__ import annotations

import pytest

from tests.stories.conftest import OpenDesk
from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, CLERK

ACCESS = "This is a subject access request. Please send me copies of everything."
POLICE = "Please disclose what you hold on DW under Schedule 2 Part 1 Paragraph 2 of the Data Protection Act 2018."
PRESS = "I am a journalist writing for the Solent Echo about stalking. Could somebody speak to me today?"


@pytest.mark.parametrize(
    ("subject", "words", "waits"),
    [
        ("Request", ACCESS, "governance"),
        ("GDPR", "Please delete my data. This is my right to erasure.", "governance"),
        ("Data request", POLICE, "governance"),
        ("DW", "We act for Mr W. Please provide all records you hold on our client.", "governance"),
        ("FOI", "Under the Freedom of Information Act please tell me how many referrals you had.", "governance"),
        ("Media enquiry", PRESS, "sensitive"),
    ],
)
def test_staff_and_nobody_else(counter: Desk, subject: str, words: str, waits: str) -> None:
    came = counter.came_of(counter.receive("r@mail.example", subject, words))

    assert (came.kind, came.references) == ("sensitive", ())
    assert came.told == {"needs-a-person": [CHAIR]}
    assert came.waits == (waits,)
    assert ("one month ends on 23 December 2026" in came.letter("needs-a-person").text) == (waits == "governance")


def test_acknowledged_where_a_team_says_so_and_information_governance_is_told(open_desk: OpenDesk) -> None:
    desk = open_desk(SENDER__ACKNOWLEDGE_RIGHTS="true", STAFF__INFORMATION_GOVERNANCE=CLERK).start()
    access = desk.came_of(desk.receive("r@mail.example", "Request", ACCESS))
    press = desk.came_of(desk.receive("echo@mail.example", "Media enquiry", PRESS))

    assert access.told == {"holding": ["r@mail.example"], "needs-a-person": [CHAIR, CLERK]}
    assert press.told == {"holding": ["echo@mail.example"], "needs-a-person": [CHAIR]}
    assert "has reached us, and a person will deal with it" in access.letter("holding").text
