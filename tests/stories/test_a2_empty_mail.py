"""A2: the subject says it all, and the mail is empty."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import JO


def test_a_subject_alone_is_answered_with_the_form(desk: Desk) -> None:
    asked = desk.receive(JO, "referral form", "")

    form = desk.letter("form")

    assert form["In-Reply-To"] == asked.message_id
    assert form.subject == "Referral form: Hampshire Multi-Agency Stalking Intervention Project (HMASIP)"
    desk.quiet()
    assert desk.kinds() == ["form_request"]
