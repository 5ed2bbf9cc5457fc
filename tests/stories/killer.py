"""What ends a process from inside, at one chosen moment between two commits."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from typing import Any

import sqlalchemy as sa


def before_commit(number: int) -> None:
    """The work of the transaction has been done, and what it sent is sent; nothing of it is kept."""
    commits = itertools.count(1)

    @sa.event.listens_for(sa.Engine, "commit")
    def _commit(_connection: sa.Connection) -> None:
        if next(commits) == number:
            _die()


def after_commit(number: int) -> None:
    """The transaction is kept, and nothing that follows from it has been done."""
    commits, here = itertools.count(1), threading.local()

    @sa.event.listens_for(sa.Engine, "commit")
    def _commit(_connection: sa.Connection) -> None:
        here.dies = next(commits) == number

    @sa.event.listens_for(sa.Pool, "checkin")
    def _checkin(_connection: Any, _record: object) -> None:
        if getattr(here, "dies", False):
            _die()


def while_sending() -> None:
    """A letter was begun, so that it may be with the server; whether it is, nobody knows."""
    here = threading.local()

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def _written(_connection: sa.Connection, cursor: Any, statement: str, values: Any, *_: object) -> None:
        here.begun = statement.startswith("UPDATE letter") and "sending" in list(values) and cursor.rowcount == 1

    @sa.event.listens_for(sa.Pool, "checkin")
    def _checkin(_connection: Any, _record: object) -> None:
        if getattr(here, "begun", False):
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
