"""What ends mailbot from inside, with its processes, at one chosen moment between two commits of any of them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa


def before_commit(number: int) -> None:
    """The work of the transaction has been done, and what it sent is sent; nothing of it is kept."""
    comes_now = _numbered(number)

    @sa.event.listens_for(sa.Engine, "commit")
    def _commit(connection: sa.Connection) -> None:
        if not _is_kept_at_once(connection) and comes_now():
            die()

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def _statement(connection: sa.Connection, *_: object) -> None:
        if _is_kept_at_once(connection) and comes_now():
            die()


def after_commit(number: int) -> None:
    """The transaction is kept, and nothing that follows from it has been done."""
    comes_now, here = _numbered(number), threading.local()

    @sa.event.listens_for(sa.Engine, "commit")
    def _commit(_connection: sa.Connection) -> None:
        here.dies = comes_now()

    @sa.event.listens_for(sa.Pool, "checkin")
    def _checkin(_connection: Any, _record: object) -> None:
        if getattr(here, "dies", False):
            die()


def while_sending() -> None:
    """A letter was begun, so that it may be with the server; whether it is, nobody knows."""
    here = threading.local()

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def _written(_connection: sa.Connection, _cursor: Any, statement: str, values: Any, *_: object) -> None:
        sends = threading.current_thread().name == "deliver"  # elsewhere it is rehearsed, with no letter
        given = values.values() if isinstance(values, dict) else values
        here.begun = sends and "UPDATE letter" in statement and "sending" in given

    @sa.event.listens_for(sa.Pool, "checkin")
    def _checkin(_connection: Any, _record: object) -> None:
        if getattr(here, "begun", False):
            die()


def _is_kept_at_once(connection: sa.Connection) -> bool:
    """Whether each statement that writes is a transaction by itself, as what is alone is on PostgreSQL."""
    options = connection.get_execution_options()
    alone = options.get("writing", False) and options.get("alone", False)
    return bool(alone) and connection.dialect.name == "postgresql"


def die() -> None:
    """All at once: this process, which leads its group or was forked by what leads it, and its children."""
    os.killpg(0, signal.SIGKILL)


def _numbered(number: int) -> Callable[[], bool]:
    """Whether this call is the numbered one, counted over this process and those that it forks."""
    calls, given = os.pipe()  # each call takes a byte, whichever process it is in
    os.write(given, b"." * (number - 1) + b"!")
    os.set_blocking(calls, False)

    def is_it() -> bool:
        try:
            return os.read(calls, 1) == b"!"
        except BlockingIOError:
            return False

    return is_it
