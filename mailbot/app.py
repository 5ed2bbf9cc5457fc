"""The one place where everything is built and joined; starts and stops the loops."""

from __future__ import annotations

from collections.abc import Callable

import structlog

import parsers
from mailbot.act import Actor
from mailbot.actions import Office
from mailbot.clock import Clock, FileClock, SystemClock
from mailbot.deliver import Deliverer
from mailbot.loop import Bell, Loop
from mailbot.mailboxes import Mailbox
from mailbot.mailboxes.imap import Imap
from mailbot.read import Reader
from mailbot.receive import Receiver
from mailbot.schedule import Timetable
from mailbot.senders import Sender
from mailbot.senders.drafts import Drafts
from mailbot.senders.nothing import Nothing
from mailbot.senders.smtp import Smtp
from mailbot.settings import MailboxSettings, Settings
from mailbot.store import Store

log = structlog.get_logger()

#: how long a loop may take to finish what it holds when mailbot is asked to stop
_PATIENCE = 10.0


def clock_of(settings: Settings) -> Clock:
    """The system's clock, or the one that a test moves."""
    return FileClock(settings.clock_file) if settings.clock_file else SystemClock()


def open_store(settings: Settings, clock: Clock) -> Store:
    """The database with today's tables; leases that dead processes of this machine left behind are ended."""
    store = Store(settings.database.url)
    store.upgrade()
    with store.transaction(clock.now()) as tx:
        if ended := tx.leases.end_those_of_the_dead():
            log.info("leases_of_the_dead_ended", count=ended)
    return store


class App:
    """The daemon: receive, read, act and deliver, each in its own thread, speaking through tables, woken by bells."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        connect: Callable[[MailboxSettings], Mailbox] = Imap.connect,
    ) -> None:
        self.settings = settings
        self.clock = clock or clock_of(settings)
        self.office = Office.open(settings)
        parsers.sweep()
        self.store = open_store(settings, self.clock)
        bells = {name: Bell() for name in ("receive", "read", "act", "deliver")}
        self.receiver = Receiver(self.office, self.store, self.clock, connect, bells["receive"], bells["act"].ring)
        self.reader = Reader(settings, self.store, self.clock, bells["act"].ring)
        self.actor = Actor(self.office, self.store, self.clock, bells["read"].ring, bells["deliver"].ring)
        self.deliverer = Deliverer(self.office, self.store, self.clock, self._sender(), connect)
        self.timetable = Timetable(self.office, self.store, self.clock, bells["deliver"].ring)
        steps = {
            "receive": self.receiver.step,
            "read": self.reader.step,
            "act": self.actor.step,
            "deliver": self.deliverer.step,
        }
        self.loops = {name: Loop(name, step, bells[name]) for name, step in steps.items()}

    def start(self) -> None:
        for loop in self.loops.values():
            loop.start()
        self.timetable.start()
        log.info("started", mode=self.settings.mode)

    def stop(self) -> None:
        """Every loop finishes the unit it holds, or its lease hands it back."""
        self.timetable.stop()
        for loop in self.loops.values():
            loop.stop()
        ended = {name: loop.join(_PATIENCE) for name, loop in self.loops.items()}
        if ended["receive"]:
            self.receiver.stop()
        if ended["deliver"]:
            self.deliverer.close()
        self.store.close()
        log.info("stopped", unfinished=[name for name, done in ended.items() if not done])

    def _put_draft(self, raw: bytes) -> None:
        self.deliverer.put_draft(raw)

    def _sender(self) -> Sender:
        if self.settings.mode == "send":
            return Smtp(self.settings.sender, self.settings.mailbox)
        if self.settings.mode == "drafts":
            return Drafts(self._put_draft)
        return Nothing()
