"""B17: the password comes by telephone, so a person rings; nobody is asked to write again, and the wait is shown."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA
from tests.stories.test_b16_locked_file import LOCKED


def test_staff_are_told_whom_to_ring(desk: Desk) -> None:
    words = "Form attached. Password to follow by phone, please ring me on 01632 960 041."
    desk.receive(PRIYA, "Referral", words, files={"form.docx": LOCKED})
    told = desk.letter("needs-a-person")
    desk.quiet()

    assert told.to == CHAIR
    assert "The number in it is 01632 960 041." in told.text
    assert "960" not in told.subject
    assert desk.kinds() == ["unreadable"]
    assert desk.letters(to="priya.nair@nhs.example") == []
    assert "01632" not in desk.log
    (item,) = desk.waiting()
    assert item["rule"] == "cannot_open"
    assert "less than a minute" in desk.command("list")
