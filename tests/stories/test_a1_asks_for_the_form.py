"""A1: somebody asks for the form and gets it within minutes, in the same thread."""

from __future__ import annotations

from tests.stories.conftest import OpenDesk
from tests.stories.mails import JO


def test_the_form_comes_at_once_in_the_same_thread(open_desk: OpenDesk) -> None:
    desk = open_desk().start_as_installed()
    asked = desk.receive(JO, "Client of mine: Daniel Whitlock", "Hello, could you send me a referral form please?")

    form = desk.letter("form")

    assert form.recipients == ("jo.smith@probation.example",)
    assert form["In-Reply-To"] == asked.message_id
    assert form.references == [asked.message_id]
    assert form["Auto-Submitted"] == "auto-replied"
    assert form["X-Auto-Response-Suppress"] == "DR, RN, NRN, AutoReply, OOF"
    assert "Whitlock" not in form.subject
    assert "Your email is not a referral yet." in form.text
    assert "If anyone is in immediate danger, call 999." in form.text
    assert set(form.files) == {"referral-form.pdf", "referral-form.docx", "referral-form.txt"}

    desk.quiet()
    assert desk.kinds() == ["form_request"]
    assert [letter.name for letter in desk.letters()] == ["form"]
    assert desk.folders() == {"Handled": 1, "Sent": 1}
    status = desk.status()
    assert status["referrals"] == {}
    assert status["ledger"] == {
        "mails": 1, "accounted_for": 1, "reconciled": True, "words": "1 mail, 1 accounted for"
    }  # fmt: skip
