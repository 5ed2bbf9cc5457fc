"""The one place where everything is built and joined; starts and stops the loops."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable

import structlog

import parsers
from mailbot.act import Actor
from mailbot.actions import Office
from mailbot.apart import Apart
from mailbot.clock import Clock, FileClock, SystemClock
from mailbot.deliver import Deliverer
from mailbot.loop import Bell, Loop, Worker
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
from mailbot.watch import Watch, supervisor
from mailbot.watch.healthz import Healthz

log = structlog.get_logger()

#: seconds that the loops have, together, to finish what they hold when mailbot is asked to stop
_PATIENCE = 7.0
#: PostgreSQL plans a prepared statement anew five times, and the driver prepares what comes a second time
_REHEARSALS = 7


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
    """The daemon: receive, read, act and deliver, speaking through tables, woken by bells.

    Each has its own thread but act, which takes most of the processor's time: it has a process of its own.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        connect: Callable[[MailboxSettings], Mailbox] = Imap.connect,
    ) -> None:
        self.settings = settings
        self.clock = clock or clock_of(settings)
        self.office = Office.open(settings)
        self._process = os.getpid()
        self._bells = {name: Bell() for name in ("receive", "read", "act", "deliver")}
        self._act = Apart("act", self._acting, self._bells["act"])  # before all that a child must not have
        parsers.sweep()
        self.store = open_store(settings, self.clock)
        ring = {name: bell.ring for name, bell in self._bells.items()}
        self.receiver = Receiver(self.office, self.store, self.clock, connect, self._bells["receive"], ring["act"])
        self.reader = Reader(settings, self.store, self.clock, ring["act"])
        self.deliverer = Deliverer(self.office, self.store, self.clock, self._sender(), connect)
        self.timetable = Timetable(self.office, self.store, self.clock, ring["deliver"])
        steps = {"receive": self.receiver.step, "read": self.reader.step, "deliver": self.deliverer.step}
        self._threads = [Loop(name, step, self._bells[name]) for name, step in steps.items()]
        self.watch = Watch(self.office, self.store, self.clock, [*self._threads, self._act])
        self._watching = Loop("watch", self.watch.step, Bell(), idle=settings.ring_every_seconds)
        self._healthz = Healthz(settings.health, self.watch)

    def start(self) -> None:
        self._act.start()
        _rehearse(self.receiver.rehearse, self.deliverer.rehearse)
        self._act.wait()
        for loop in self._threads:
            loop.start()
        self.timetable.start()
        self._watching.start()
        self._healthz.start()
        supervisor.tell("READY=1")
        log.info("started", mode=self.settings.mode)

    def stop(self) -> bool:
        """Whether every loop has finished the unit it held; what one did not finish is handed back."""
        supervisor.tell("STOPPING=1")
        self._healthz.stop()
        self.timetable.stop()
        loops: list[Worker] = [*self._threads, self._act, self._watching]
        for loop in loops:
            loop.stop()
        end = time.monotonic() + _PATIENCE
        ended = {loop.name: loop.join(max(0.0, end - time.monotonic())) for loop in loops}
        if ended["receive"]:
            self.receiver.stop()
        if ended["deliver"]:
            self.deliverer.close()
        if not ended["act"]:
            self._act.kill()
        if not all(ended.values()):
            with self.store.transaction(self.clock.now()) as tx:
                tx.leases.hand_back()
                tx.leases.end_those_of_the_dead()
        self.store.close()
        log.info("stopped", unfinished=[name for name, done in ended.items() if not done])
        return all(ended.values())

    def _acting(self) -> Callable[[], bool]:
        """The step of act, made in its own process."""
        # what it holds is free when the daemon is no more: the child may be a zombie by then, which looks alive
        store = Store(self.settings.database.url, self._process)
        actor = Actor(self.office, store, self.clock, self._bells["read"].ring, self._bells["deliver"].ring)
        _rehearse(actor.rehearse)
        return actor.step

    def _put_draft(self, raw: bytes) -> None:
        self.deliverer.put_draft(raw)

    def _sender(self) -> Sender:
        if self.settings.mode == "send":
            return Smtp(self.settings.sender, self.settings.mailbox)
        if self.settings.mode == "drafts":
            return Drafts(self._put_draft)
        return Nothing()


def _rehearse(*rehearsals: Callable[[], None]) -> None:
    """What is made at its first use is made now, and not while the first mail waits for its answer."""
    try:
        for rehearsal in rehearsals * _REHEARSALS:
            rehearsal()
    except Exception as error:  # the first mail comes to it again, and its fault is told there
        log.warning("rehearsal_failed", error=type(error).__name__)
    gc.collect()
    gc.freeze()  # what is there now stays: looking through it again for what is left over would hold up some mails
