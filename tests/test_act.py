"""A mail is marked by compare-and-set: whoever lost the lease keeps nothing of what it did."""

from __future__ import annotations

import traceback
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from mailbot.actions.people import fault_in
from mailbot.store import LetterState, MailState, Store
from tests.desk import Desk, Still, mail


def test_a_fault_is_named_without_its_message() -> None:
    fault = ValueError("the first line\nAlex Sample: and what the mail said")
    error = "Traceback (most recent call last):\n" + "".join(traceback.format_exception_only(fault))

    assert fault_in(error) == "ValueError"
    assert fault_in("larger than 62914560 bytes") == "larger than 62914560 bytes"
    assert fault_in(None) == "fault not known"


def test_who_lost_the_lease_keeps_nothing(tmp_path: Path) -> None:
    clock = Still()
    ours, theirs = (Store(f"sqlite:///{tmp_path / 'desk.db'}") for _ in range(2))
    ours.upgrade()
    slow, quick = Desk(ours, clock=clock), Desk(theirs, clock=clock)
    mail_id = slow.arrives(mail())
    with ours.transaction(clock.now()) as tx:
        (taken,) = tx.mails.take(MailState.NEW, 1, timedelta(minutes=5))

    clock.move(minutes=6)
    quick.work()
    slow.actor._handle(taken)

    assert quick.mail(mail_id)["state"] == MailState.HANDLED
    with theirs.look(clock.now()) as tx:
        assert [letter["name"] for letter in tx.letters.of_mail(mail_id)] == ["form"]
        written = sa.text("select count(*) from event where mail_id = :mail and what = 'form_sent_to_outbox'")
        assert tx.connection.execute(written, {"mail": mail_id}).scalar_one() == 1
    ours.close()
    theirs.close()


def test_nothing_of_a_rehearsal_is_kept(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    store.upgrade()
    desk = Desk(store)

    desk.actor.rehearse()

    mail_id = desk.arrives(mail())
    desk.work()
    with store.look(desk.clock.now()) as tx:
        assert tx.mails.count_by_state() == {MailState.HANDLED: 1}
        assert tx.letters.count_by_state() == {LetterState.READY: 1}
        assert [one["mail_id"] for one in tx.enquiries.waiting()] == [mail_id]
        assert {one["mail_id"] for one in tx.audit.newest(100)} == {mail_id}
    store.close()
