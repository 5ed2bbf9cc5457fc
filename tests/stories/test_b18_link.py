"""B18: a link in the place of the form is never followed; the sender is asked for the file, and staff may open it."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, SAM

SAFE = "https://eur01.safelinks.protection.outlook.com/?url="


@pytest.mark.parametrize(
    "link",
    [
        "https://hampshire-my.sharepoint.com/:w:/g/personal/sam/Eabc?e=1",
        "https://1drv.ms/w/s!Aabc",
        "https://we.tl/t-abc123",
        "https://drive.google.com/file/d/abc/view",
        f"{SAFE}https%3A%2F%2Fwww.dropbox.com%2Fs%2Fabc%2Fform.docx&data=05%7C02",
    ],
)
def test_the_sender_is_asked_for_the_file(desk: Desk, link: str) -> None:
    sent = desk.receive(SAM, "Completed form", f"Please find the completed form here: {link}")
    told = desk.letter("cannot-open")
    desk.quiet()

    assert told.to == sent.address
    assert "It was a link to a shared file. We do not follow links." in told.text
    assert "not as a link" in told.text
    assert link not in told.text
    assert desk.kinds() == ["unreadable"]
    assert desk.letter("needs-a-person").to == CHAIR
    assert desk.folders() == {"Needs a person": 1, "Sent": 2}
