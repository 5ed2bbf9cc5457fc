"""A first start on a mailbox that has been used for years: what was there before is counted, and never answered."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.conftest import OpenDesk
from tests.stories.desk import MONDAY
from tests.stories.mails import JO, PRIYA, SAM, mail, pdf_form


def test_old_mail_is_counted_and_left_alone(open_desk: OpenDesk) -> None:
    desk = open_desk(MAILBOX__START_FROM=(MONDAY - timedelta(hours=1)).isoformat())
    for days, sender, files in ((400, JO, {}), (3, PRIYA, {"form.pdf": pdf_form()}), (1, SAM, {})):
        came_at = MONDAY - timedelta(days=days)
        desk.deliver(mail(desk.address, sender, when=came_at, files=files), came_at=came_at)
    new = desk.receive(JO)

    desk.start()
    desk.quiet()

    assert [(letter.name, letter["In-Reply-To"]) for letter in desk.letters()] == [("form", new.message_id)]
    status = desk.status()
    assert status["mails"] == {"before_us": 3, "handled": 1}
    assert status["ledger"]["words"] == "1 mail, 1 accounted for"
    assert status["referrals"] == {}
    assert desk.folders() == {"INBOX": 3, "Handled": 1, "Sent": 1}


def test_a_team_that_starts_over_sends_new_letters(open_desk: OpenDesk) -> None:
    """Mail systems drop a letter whose Message-ID they have seen."""
    desk = open_desk().start()
    desk.receive(JO)
    desk.quiet()
    desk.stop()
    desk.environment["MAILBOT_DATABASE__URL"] += ".new"
    desk.start()
    desk.receive(JO)
    desk.until(lambda: len(desk.letters("form")) == 2, "no second form was sent")

    first, second = desk.letters("form")
    assert first.message_id != second.message_id
