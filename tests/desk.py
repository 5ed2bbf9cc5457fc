"""A desk for tests, in this process: the shipped configuration, a real store, a clock that stands where it is put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailbot.act import Actor
from mailbot.actions import Office
from mailbot.deliver import Deliverer
from mailbot.errors import MailboxError
from mailbot.letters import Letter, Letters, QuestionFacts
from mailbot.mailboxes import Mailbox
from mailbot.read import Reader
from mailbot.schedule import Timetable
from mailbot.senders import Sender
from mailbot.senders.nothing import Nothing
from mailbot.settings import AlarmSettings, MailboxSettings, Settings, StaffSettings
from mailbot.store import MailState, Store
from mailbot.store.mails import Arrived

CONFIG = Path(__file__).parents[1] / "config"
US = "referrals@desk.example"
STAFF = "duty@desk.example"
SERVER = "mx.desk.example"
#: no letters to ourselves, unless a test is about them
QUIET = AlarmSettings(canary_hours=0)
#: a Monday morning; the meeting is on the Wednesday, its digest on the Tuesday at 13:00
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSED = f"{SERVER}; dmarc=pass header.from="


class Still:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, **step: float) -> datetime:
        """On by that much, as in `move(hours=2)`."""
        self.moment += timedelta(**step)
        return self.moment


def our_settings(**changes: Any) -> Settings:
    """As shipped, for a mailbox that nobody connects to; sections are replaced whole."""
    mailbox = MailboxSettings(
        address=US, host="imap.desk.example", authserv_id=SERVER, start_from=MONDAY - timedelta(days=400)
    )
    plain = Settings(folder=CONFIG, mode="send", mailbox=mailbox, staff=StaffSettings(addresses=(STAFF,)), alarms=QUIET)
    return plain.model_copy(update=changes)


@cache
def our_office() -> Office:
    """The office of the settings as they are; opened once, since nothing in it changes."""
    return Office.open(our_settings())


def office_with(**changes: Any) -> Office:
    """An office whose settings differ."""
    return Office.open(our_settings(**changes))


def mail(
    body: str = "Please can you send me a referral form?",
    subject: str = "Referral form",
    sender: str = "Sam Okoro <sam.okoro@cmht.example>",
    to: str = US,
    headers: Mapping[str, str] | None = None,
    files: Sequence[tuple[str, str, bytes]] = (),
    **more: str,
) -> bytes:
    """A mail as a person writes it; `more` are headers by their names with underscores, files are name, type, bytes."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(MONDAY)
    given = {**(headers or {}), **{name.replace("_", "-"): value for name, value in more.items()}}
    if "message-id" not in {name.lower() for name in given}:
        message["Message-ID"] = make_msgid(domain="elsewhere.example")
    for name, value in given.items():
        message[name] = value
    message.set_content(body)
    for name, media_type, data in files:
        maintype, _, subtype = media_type.partition("/")
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


def a_letter(name: str = "question", to: str = "sam.okoro@cmht.example", cause: str = "mail:1") -> Letter:
    """Some letter with the blank attached, for what does not mind which."""
    letters: Letters = our_office().letters
    return letters.write(name, to, QuestionFacts(), cause=cause, now=MONDAY, attachments=our_office().blanks)


def nobody() -> None:
    """Nobody waits for this bell."""


def no_mailbox(_settings: MailboxSettings) -> Mailbox:
    """A mailbox that cannot be reached."""
    raise MailboxError("no mailbox in this test")


class Desk:
    """Every step of the path but receiving, over one store and one clock."""

    def __init__(
        self, store: Store, office: Office | None = None, sender: Sender | None = None, clock: Still | None = None
    ) -> None:
        self.store, self.office, self.clock = store, office or our_office(), clock or Still()
        self.actor = Actor(self.office, store, self.clock, nobody, nobody)
        self.reader = Reader(self.office.settings, store, self.clock, nobody)
        self.deliverer = Deliverer(self.office, store, self.clock, sender or Nothing(), no_mailbox)
        self.timetable = Timetable(self.office, store, self.clock, nobody)
        self._uid = 0

    def arrives(self, raw: bytes, role: str = "inbox") -> int:
        """Keep a mail as receive does; says its number."""
        self._uid += 1
        now = self.clock.now()
        with self.store.transaction(now) as tx:
            tx.mails.keep(US, role.upper(), role, 1, [Arrived(self._uid, now, len(raw), MailState.NEW, raw)])
            return int(tx.connection.execute(sa.text("select max(id) from mail")).scalar_one())

    def work(self) -> None:
        """Read and act until nothing is left to do."""
        while self.actor.step() or self.reader.step():
            pass

    def handles(self, raw: bytes, role: str = "inbox") -> sa.RowMapping:
        """The ledger's row of a mail that came and was worked on."""
        mail_id = self.arrives(raw, role)
        self.work()
        return self.mail(mail_id)

    def deliver(self) -> None:
        while self.deliverer.step():
            pass

    def tick(self) -> bool:
        return self.timetable.tick(self.clock.now())

    # -- looking

    def mail(self, mail_id: int) -> sa.RowMapping:
        with self.store.look(self.clock.now()) as tx:
            return tx.mails.get(mail_id)

    def letters(self, name: str = "") -> list[sa.RowMapping]:
        """The outbox, oldest first, whatever became of them; those of one name where it is given."""
        with self.store.look(self.clock.now()) as tx:
            rows = tx.connection.execute(sa.text("select * from letter order by id")).mappings().all()
        return [row for row in rows if name in ("", row["name"])]

    def needs(self) -> list[str]:
        """The why of everything that needs a person, oldest first."""
        with self.store.look(self.clock.now()) as tx:
            return [row["why"] for row in tx.needs.waiting()]
