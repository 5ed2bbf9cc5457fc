"""What cannot wait: staff are told before any file is read, once for one mail, before all other letters, and under any brake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.senders.smtp import Smtp
from mailbot.store import LetterState, MailState, Store
from tests.desk import STAFF, Desk, a_letter, mail, office_with, our_settings
from tests.servers.smtp import SmtpSink
from tests.stories.mails import Letter, pdf_form

SAM = "sam.okoro@cmht.example"
DANGER = "Form attached. He said this morning that he is going to kill her."
FORM = [("form.pdf", "application/pdf", pdf_form(r_email=SAM))]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    store.upgrade()
    yield Desk(store)
    store.close()


def test_before_the_files_are_read_and_once(desk: Desk) -> None:
    mail_id = desk.arrives(mail(DANGER, files=FORM))
    desk.actor.step()

    assert desk.mail(mail_id)["state"] == MailState.READING
    assert [(letter["name"], letter["recipient"]) for letter in desk.letters()] == [("urgent", STAFF)]

    desk.work()
    assert [letter["name"] for letter in desk.letters()] == ["urgent", "receipt"]
    assert desk.mail(mail_id)["state"] == MailState.NEEDS_PERSON
    with desk.store.look(desk.clock.now()) as tx:
        (need,) = tx.needs.waiting(mail_id)
        assert tx.referrals.by_id(need["referral_id"])["reference"] == "HM-2026-0001"


def test_somebody_stalked_who_sends_pictures_is_told_of_at_once_too(desk: Desk) -> None:
    desk.arrives(
        mail("My ex is stalking me. I attach what he wrote.", "help", files=[("a.pdf", "application/pdf", b"%PDF-")])
    )
    desk.actor.step()
    assert [letter["name"] for letter in desk.letters()] == ["urgent"]

    desk.work()
    assert [letter["name"] for letter in desk.letters()] == ["urgent", "neutral"]


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-replied"}, {"List-Id": "<news.list.example>"}],
    ids=["automatic", "a newsletter"],
)
def test_not_of_what_no_person_wrote(desk: Desk, headers: dict[str, str]) -> None:
    desk.handles(mail(DANGER, headers=headers, files=[("a.pdf", "application/pdf", b"%PDF-")]))
    assert desk.letters("urgent") == []


def test_other_words_wait_for_the_files(desk: Desk) -> None:
    desk.arrives(mail("Form attached.", files=FORM))
    desk.actor.step()
    assert desk.letters() == []


def test_urgent_letters_go_first_and_no_brake_holds_them(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    settings = smtp_sink.settings(letters_per_hour=1)
    store = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    store.upgrade()
    desk = Desk(store, office_with(sender=settings), Smtp(settings, our_settings().mailbox))
    for cause in ("mail:90", "mail:91"):
        with store.transaction(desk.clock.now()) as tx:
            tx.letters.put(a_letter(cause=cause), cause)
    desk.handles(mail("He has threatened to kill her. Please send the referral form."))
    desk.deliver()
    desk.handles(mail("He has a knife and is outside her house.", "Now"))
    desk.deliver()

    assert [Letter((), one.raw).name for one in smtp_sink.box] == ["urgent", "urgent"]
    assert len([row for row in desk.letters() if row["state"] == LetterState.READY]) > 2
    store.close()
