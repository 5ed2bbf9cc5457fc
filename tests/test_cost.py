"""What a mail costs from the mailbox to its folder: durable commits, commits and moves, counted on real servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bench.requests import request, sender
from mailbot.actions import Office
from mailbot.deliver import Deliverer
from mailbot.mailboxes.imap import Imap
from mailbot.receive import Receiver
from mailbot.senders.smtp import Smtp
from mailbot.settings import MailboxSettings
from mailbot.store import Store
from tests.desk import US
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpSink
from tests.test_receive import Team

BACKLOG = 40


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Commits of every writer, those that wait for the disk, and MOVE commands."""
    found: Counter[str] = Counter()
    move = Imap.move

    def commit(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("writing"):
            found["commits"] += 1
            level = connection.connection.driver_connection.execute("PRAGMA synchronous").fetchone()[0]  # type: ignore[union-attr]  # SQLite's
            found["durable"] += level == 2

    def moved(self: Imap, folder: str, uids: Any, to: str) -> None:
        found["moves"] += bool(uids)
        move(self, folder, uids, to)

    sa.event.listen(sa.Engine, "commit", commit)
    monkeypatch.setattr(Imap, "move", moved)  # watched, not replaced
    yield found
    sa.event.remove(sa.Engine, "commit", commit)


def _runs(dovecot: Dovecot, store: Store, sink: SmtpSink, mails: int, counted: Counter[str]) -> None:
    """That many requests from INBOX to the folder of handled mail, and their answers to SMTP."""
    team = Team(dovecot, store)
    office = Office.open(
        team.office.settings.model_copy(update={"sender": sink.settings(letters_per_hour=0, letters_per_minute=0)})
    )
    receiver: Receiver = team.receiver
    deliverer = Deliverer(office, store, team.clock, Smtp(office.settings.sender, team.settings), _connect)
    team.works()  # the first look, and what is done once
    for number in range(mails):
        team.dovecot.deliver(request(number, US), team.settings.address, envelope_from=sender(number))
    counted.clear()
    for _ in range(3):
        team.works(receiver, times=1)
        while deliverer.step():
            pass
    assert len(sink.box) == mails
    assert team.count("INBOX") == 0
    receiver.close()
    deliverer.close()


def _connect(settings: MailboxSettings) -> Imap:
    return Imap.connect(settings)


def test_a_backlog(dovecot: Dovecot, store: Store, smtp_sink: SmtpSink, counted: Counter[str]) -> None:
    _runs(dovecot, store, smtp_sink, BACKLOG, counted)
    assert counted["durable"] <= 2 * BACKLOG, counted
    assert counted["commits"] <= 4 * BACKLOG
    assert counted["moves"] == 1


def test_a_lone_mail(dovecot: Dovecot, store: Store, smtp_sink: SmtpSink, counted: Counter[str]) -> None:
    _runs(dovecot, store, smtp_sink, 1, counted)
    assert counted["durable"] <= 6, counted
