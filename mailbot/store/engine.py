"""The database: connections set up so that a commit is durable, and transactions that hold every part of the store."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from mailbot.store.accounts import Accounts
from mailbot.store.audit import MAILBOT, Audit
from mailbot.store.chain import Chain
from mailbot.store.codes import Codes
from mailbot.store.enquiries import Enquiries
from mailbot.store.folders import Folders
from mailbot.store.invitations import Invitations
from mailbot.store.leases import Leases
from mailbot.store.letters import LetterBox
from mailbot.store.links import Links
from mailbot.store.mails import Mails, Marks
from mailbot.store.meetings import Meetings
from mailbot.store.needs import Needs
from mailbot.store.outcomes import RecordedOutcomes
from mailbot.store.referrals import Referrals
from mailbot.store.states import MailState
from mailbot.store.switches import Switches
from mailbot.store.writer import OneWriter, database_file

#: Pages go from the log to the database's own file 16 MB at a time: a page that many mails change goes once for all.
_PRAGMAS = ("journal_mode=WAL", "wal_autocheckpoint=4000", "busy_timeout=30000", "foreign_keys=ON")


class Transaction:
    """One transaction and the parts of the store seen through it; `now` is the moment of everything it writes."""

    def __init__(
        self, connection: sa.Connection, now: datetime, owner: str, attached: AbstractSet[str] = frozenset()
    ) -> None:
        self.connection, self.now, self.owner, self._attached = connection, now, owner, attached

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A part of this transaction that is kept or undone by itself: undone where it ends with an exception."""
        self.audit.write()
        with self.connection.begin_nested():
            try:
                yield
            except BaseException:
                self.audit.forget()
                raise
            self.audit.write()

    def finish(self, mail_id: int, marks: Marks, what: str, **detail: Any) -> MailState | None:
        """As `mails.finish`, with an event that says where the mail is now; None, and no event: another had it."""
        if self.connection.dialect.name == "postgresql":
            self.audit.write()  # what happened before stands before it
            return self.mails.finish_saying(mail_id, marks, {"actor": MAILBOT, "what": what, "detail": detail})
        state = self.mails.finish(mail_id, marks)
        if state:
            self.audit.add(what, mail_id=mail_id, **detail, state=state)
        return state

    @cached_property
    def mails(self) -> Mails:
        return Mails(self.connection, self.now, self.owner)

    @cached_property
    def letters(self) -> LetterBox:
        return LetterBox(self.connection, self.now, self.owner, self._attached)

    @cached_property
    def referrals(self) -> Referrals:
        return Referrals(self.connection, self.now)

    @cached_property
    def enquiries(self) -> Enquiries:
        return Enquiries(self.connection, self.now)

    @cached_property
    def meetings(self) -> Meetings:
        return Meetings(self.connection, self.now)

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self.connection, self.now)

    @cached_property
    def links(self) -> Links:
        return Links(self.connection, self.now)

    @cached_property
    def needs(self) -> Needs:
        return Needs(self.connection, self.now)

    @cached_property
    def outcomes(self) -> RecordedOutcomes:
        return RecordedOutcomes(self.connection, self.now)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.connection)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.connection, self.now)

    @cached_property
    def chain(self) -> Chain:
        return Chain(self.connection)

    @cached_property
    def codes(self) -> Codes:
        return Codes(self.connection)

    @cached_property
    def folders(self) -> Folders:
        return Folders(self.connection, self.now)

    @cached_property
    def leases(self) -> Leases:
        return Leases(self.connection, self.now, self.owner)

    @cached_property
    def switches(self) -> Switches:
        return Switches(self.connection, self.now)


class Store:
    """Everything that is kept, at one database URL."""

    def __init__(self, url: str, process: int = 0) -> None:
        """`process` is the one whose end ends the leases that are taken through this; without it, this one."""
        #: who holds those leases: host, process, and a word of its own since process ids come again
        self.owner = f"{socket.gethostname()}:{process or os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(writing=True)
        in_memory = isinstance(self.engine.pool, sa.StaticPool)
        self._unhurried = self._writer if in_memory else _engine(url, flushed=False).execution_options(writing=True)
        self._alone = self._writer.execution_options(alone=True)
        self._alone_unhurried = self._unhurried.execution_options(alone=True)
        # SQLite's transactions are snapshots by nature, and what they write is undone
        postgres = self.engine.dialect.name == "postgresql"
        looking = _postgres(url, "default_transaction_read_only = on") if postgres else self.engine
        self._looking = looking.execution_options(alone=True)
        self._still = looking.execution_options(still=True)
        self._attached: AbstractSet[str] = frozenset()  # hashes of attachments that the database is known to have
        self._writing = OneWriter(url) if url.startswith("sqlite") else None

    def upgrade(self) -> None:
        """Make the tables, or bring them to today's shape."""
        with self._write(self._writer) as connection:
            command.upgrade(alembic_config(connection), "head")

    @contextmanager
    def transaction(self, now: datetime, *, durable: bool = True) -> Iterator[Transaction]:
        """Changes that are all kept or none, durable when this ends without an exception.

        What is not `durable` outlives this process, and a fault of the machine once a later durable transaction has
        ended: the disk is written in order, and waited for then. It is for what can be done again from what is kept.
        """
        with self._write(self._writer if durable else self._unhurried) as connection:
            tx = Transaction(connection, now, self.owner, self._attached)
            yield tx
            tx.audit.write()
        if attached := tx.letters.attached:  # not before it is kept
            self._attached |= attached

    @contextmanager
    def statement(self, now: datetime, *, durable: bool = True) -> Iterator[Transaction]:
        """As `transaction`, for a change that one statement makes: on PostgreSQL that is one round trip, not three.

        Where more are made through it each is kept by itself there, so it must be right without those that follow.
        """
        with self._write(self._alone if durable else self._alone_unhurried) as connection:
            yield Transaction(connection, now, self.owner)

    @contextmanager
    def rehearsal(self, now: datetime, *, durable: bool = True) -> Iterator[Transaction]:
        """As `transaction`, and nothing of it is kept: what is made at its first use is there then."""
        with self._write(self._writer if durable else self._unhurried) as connection:
            yield Transaction(connection, now, self.owner)
            connection.rollback()

    @contextmanager
    def look(self, now: datetime) -> Iterator[Transaction]:
        """The same view for looking only: what is written through it PostgreSQL refuses, and SQLite undoes."""
        with self._looking.connect() as connection:
            yield Transaction(connection, now, self.owner)

    @contextmanager
    def snapshot(self, now: datetime) -> Iterator[Transaction]:
        """As `look`, and however long it takes, everything is as it was at its first question; others may write."""
        with self._still.connect() as connection:
            yield Transaction(connection, now, self.owner)

    def close(self) -> None:
        for engine in (self.engine, self._unhurried, self._looking):
            engine.dispose()
        if self._writing:
            self._writing.close()

    @contextmanager
    def _write(self, writer: sa.Engine) -> Iterator[sa.Connection]:
        with self._writing or nullcontext(), writer.begin() as connection:
            yield connection


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic, pointed at our migrations and using this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str, *, flushed: bool = True) -> sa.Engine:
    """Connections whose commits wait for the disk; or do not, and are on it when a later one has waited."""
    if url.startswith("sqlite"):
        return _sqlite(url, "FULL" if flushed else "NORMAL")
    return _postgres(url, "" if flushed else "synchronous_commit = off")


def _postgres(url: str, setting: str) -> sa.Engine:
    """Connections whose transactions begin where they must: what is `alone` is not within one, and costs no more."""
    import psycopg  # noqa: PLC0415 - an extra

    # last in, first out: the fewest connections, and each soon knows the statements that come again
    engine = sa.create_engine(url, pool_size=10, pool_use_lifo=True, connect_args={"prepare_threshold": 1})
    engine.dialect.use_insertmanyvalues_wo_returning = True  # several rows in one statement, not one after the other

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.autocommit = True  # the driver must not begin transactions behind our back
        # a page anywhere costs what the next one does, in memory and on today's disks: then an index is worth its way
        connection.execute("SET random_page_cost = 1.1")
        if setting:
            connection.execute(f"SET {setting}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("alone", False):
            return
        still = " ISOLATION LEVEL REPEATABLE READ" if options.get("still", False) else ""
        driver: Any = connection.connection.driver_connection
        # Past psycopg's cursors, whose way takes several times as long.
        begun = driver.pgconn.exec_(f"BEGIN{still}".encode())
        # of a connection that has ended the first statement tells: SQLAlchemy then lets go of all that are as old
        if begun.status != psycopg.pq.ExecStatus.COMMAND_OK and not driver.closed:
            raise psycopg.errors.error_from_result(begun)

    return engine


def _sqlite(url: str, synchronous: str) -> sa.Engine:
    file = database_file(url)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    pool: dict[str, Any] = {} if file else {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
    engine = sa.create_engine(url, **pool)

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        for pragma in (*_PRAGMAS, f"synchronous={synchronous}"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # IMMEDIATE: a transaction that starts by reading and then writes must not find another writer ahead of it.
        writing = connection.get_execution_options().get("writing", False)
        # Past SQLAlchemy, whose way to the driver takes longer than beginning.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
