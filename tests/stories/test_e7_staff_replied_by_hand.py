"""E7: staff have answered by hand before mailbot could: it sees their answer in Sent and adds none of its own."""

from __future__ import annotations

from tests.stories.conftest import OpenDesk
from tests.stories.mails import JO, SAM, mail


def test_mailbot_adds_no_answer_of_its_own(open_desk: OpenDesk) -> None:
    desk = open_desk()
    asked = desk.receive(JO)
    by_hand = mail(JO, f"Ann <{desk.address}>", words="Here is our form, as we said.", answers=asked, when=desk.now())
    desk.put(by_hand.raw, "Sent")
    desk.receive(SAM)

    desk.start()
    desk.quiet()

    assert desk.kinds() == ["form_request", "form_request"]
    assert [letter.to for letter in desk.letters()] == ["sam.okafor@council.example"]
    assert desk.folders() == {"Handled": 2, "Sent": 2}
