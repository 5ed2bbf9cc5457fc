"""The database misbehaves: locked for a while, or gone and back."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bench.faults.fault import Fault
from bench.faults.round import Round

Happens = Callable[[Round], None]


def _locked(seconds: float) -> Happens:
    def fault(one: Round) -> None:
        one.desk.start()
        one.asks()
        one.settle()
        database = Path(one.desk.environment["MAILBOT_DATABASE__URL"].removeprefix("sqlite:///"))
        other = sqlite3.connect(database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        one.asks(2)
        one.wait(seconds)
        other.execute("ROLLBACK")
        other.close()
        one.settle()

    return fault


def _gone(how: signal.Signals, *, in_the_middle: bool = False) -> Happens:
    """PostgreSQL ends, and is there again some seconds later; with `in_the_middle`, while letters are handed over."""

    def fault(one: Round) -> None:
        assert one.postgres
        if in_the_middle:
            one.desk.sink.after = [lambda _: one.wait(0.5)]
        one.desk.start()
        one.asks()
        one.settle()
        if in_the_middle:
            one.asks(6)
            one.desk.until(lambda: len(one.desk.letters()) > 2, "no letter is handed over")
        one.postgres.stop(how)
        one.asks(2)
        one.wait(6)
        one.happened("loop_fault" in one.desk.events())
        one.postgres.start()
        one.settle()

    return fault


FAULTS = {
    "database locked": Fault(_locked(4)),
    "database locked for longer than is waited for": Fault(_locked(36)),
    "PostgreSQL stopped and started": Fault(_gone(signal.SIGINT), postgres=True),
    "PostgreSQL crashed while letters leave": Fault(_gone(signal.SIGQUIT, in_the_middle=True), postgres=True),
}
