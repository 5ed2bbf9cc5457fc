"""The machine misbehaves, and mail that breaks things."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.faults.round import Round
from tests.stories import breaker

Fault = Callable[[Round], None]


def _database(one: Round) -> Path:
    return Path(one.desk.environment["MAILBOT_DATABASE__URL"].removeprefix("sqlite:///"))


def _disk_full(one: Round) -> None:
    """The database lies on a disk of its own, which fills up and is cleared again."""
    ballast = _database(one).parent / "ballast"
    one.desk.start()
    one.asks()
    one.settle()
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(b"\0" * 4096)
            file.flush()
    one.asks(2)
    one.wait(3)
    ballast.unlink()
    one.settle()


def _locked(one: Round) -> None:
    one.desk.start()
    one.asks()
    one.settle()
    other = sqlite3.connect(_database(one), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    one.asks(2)
    one.wait(4)
    other.execute("ROLLBACK")
    other.close()
    one.settle()


def _clock(hours: float) -> Fault:
    def fault(one: Round) -> None:
        one.desk.start()
        one.asks()
        one.settle()
        one.desk.move_clock(one.desk.now() + timedelta(hours=hours))
        one.asks(2)
        one.settle()

    return fault


def _stopped(one: Round) -> None:
    """SIGTERM while the server does not answer the dot: it ends within ten seconds, and nothing goes twice."""
    slow = [True]

    def slowly(_: object) -> None:
        if slow.pop() if slow else False:
            one.wait(14)

    one.desk.sink.after = [slowly]
    one.desk.start()
    one.asks(3)
    one.desk.until(lambda: not slow, "no letter was handed over")
    began = time.monotonic()
    try:
        one.desk.stop()
    except (AssertionError, subprocess.TimeoutExpired) as error:
        one.faults.append(f"lost: it did not end well: {type(error).__name__}")
    if time.monotonic() - began > 11:
        one.faults.append("lost: more than ten seconds to its end")
    one.wait(max(0.0, 15 - (time.monotonic() - began)))
    one.desk.start()
    one.settle()


def _broken_configuration(one: Round) -> None:
    one.desk.start()
    one.asks()
    one.settle()
    one.desk.stop()
    one.asks(2)
    mode = one.desk.environment["MAILBOT_MODE"]
    one.desk.environment["MAILBOT_MODE"] = "sned"
    one.desk.launch()
    one.desk.until(lambda: one.desk.has_died, "it did not end")
    if "mode: must be observe, drafts or send" not in one.desk.log:
        one.faults.append("lost: it does not say what to mend")
    one.desk.kill()
    one.desk.environment["MAILBOT_MODE"] = mode
    one.desk.start()
    one.settle()


def _poison(break_it: Callable[[], None], *, dies: bool) -> Fault:
    def fault(one: Round) -> None:
        one.desk.receive("Ann Fry <ann.fry@council.example>", breaker.MARK, "Please can you send me the form?")
        one.given += 1
        one.asks(2)
        if dies:
            for _ in range(3):
                one.desk.launch(break_it)
                one.desk.until(lambda: one.desk.has_died, "it did not die")
                one.desk.kill()
        one.desk.start(break_it)
        one.settle()
        told = list(one.desk.letters("needs-a-person"))
        if len(told) != 1:
            one.faults.append(f"{'twice' if told else 'lost'}: staff were told {len(told)} times")

    return fault


FAULTS: dict[str, Fault] = {
    "disk full": _disk_full,
    "database locked": _locked,
    "clock five hours on": _clock(5),
    "clock five hours back": _clock(-5),
    "SIGTERM before the server's answer": _stopped,
    "configuration broken on restart": _broken_configuration,
    "poison: a mail that raises": _poison(breaker.raises_at_the_mark, dies=False),
    "poison: a mail that kills the process": _poison(breaker.dies_at_the_mark, dies=True),
}
