"""The machine misbehaves: its disk, its clock, its memory, and who stops and starts it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench.faults.fault import Fault
from bench.faults.round import Round
from mailbot.store import MailState
from mailbot.store.tables import mail
from tests.parsers.hostile import BOMBS
from tests.servers.smtp import Envelope, Stage

Happens = Callable[[Round], None]
_OLD_WORD = Path(__file__).parents[2] / "tests/parsers/data/saved-by-libreoffice.doc"


@contextlib.contextmanager
def _full(folder: Path) -> Iterator[None]:
    """The disk of that folder has no room for a byte more."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(b"\0" * 4096)
            file.flush()
    try:
        yield
    finally:
        ballast.unlink()


def _disk_full(one: Round) -> None:
    """The database lies on a disk of its own, which fills up and is cleared again."""
    one.desk.start()
    one.asks()
    one.settle()
    with _full(one.desk.folder):
        one.asks(2)
        one.wait(3)
    one.settle()


def _no_temporary_files(one: Round) -> None:
    """Forms are read that need no such file; one that does waits for a person, and the next is read again."""
    one.desk.start()
    with _full(one.desk.folder / "tmp"):
        one.asks()
        one.returns_a_form()
        one.returns_a_form("form.doc", _OLD_WORD.read_bytes())
        one.settle()
        one.told(1, "of the form that could not be opened")
    one.returns_a_form(surname="Tarrant")
    one.settle()
    if len(one.desk.letters("receipt")) < 2:
        one.faults.append("lost: the receipt of a form that could be read")


def _eaten(bomb: str) -> Happens:
    """A file takes the memory, or the time, that one child may have; a form beside it is read."""

    def fault(one: Round) -> None:
        one.desk.start()
        one.returns_a_form("form.pdf", BOMBS[bomb]())
        one.returns_a_form()
        one.asks()
        one.settle()
        one.told(1, "of the file that could not be read")
        if len(one.desk.letters("receipt")) < 1:
            one.faults.append("lost: the receipt of the form beside it")

    return fault


def _ended_by_the_kernel(one: Round) -> None:
    """The machine has no memory left, and the kernel ends the child that reads a file (SIGKILL)."""
    one.desk.start()
    one.returns_a_form()
    one.desk.until(lambda: _end_child(one, reads=True), "no child was there to end")
    one.asks()
    one.returns_a_form(surname="Tarrant")
    one.settle()
    one.told(1, "of the file that was not read")


def _act_ended_by_the_kernel(one: Round) -> None:
    """The same with the process in which act runs: all of mailbot ends, and is started again."""
    one.desk.start()
    one.asks(5)
    one.desk.until(lambda: _end_child(one, reads=False), "no child was there to end")
    one.desk.until(lambda: one.desk.has_died, "it goes on without act")
    one.desk.kill()
    one.desk.start()
    one.settle()


def _end_child(one: Round, *, reads: bool) -> bool:
    """Whether a child of the daemon was at work, and is ended now: one that reads a file, or the other."""
    assert one.desk.process
    for status in Path("/proc").glob("[0-9]*/status"):
        child = int(status.parent.name)
        with contextlib.suppress(OSError):
            is_child = f"\nPPid:\t{one.desk.process.pid}\n" in status.read_text()
            if is_child and (os.getsid(child) == child) is reads:  # what reads has a session of its own
                os.kill(child, signal.SIGKILL)
                return True
    return False


def _clock(hours: float) -> Happens:
    def fault(one: Round) -> None:
        one.desk.start()
        one.asks()
        one.settle()
        one.desk.move_clock(one.desk.now() + timedelta(hours=hours))
        one.asks(2)
        one.settle()

    return fault


def _back_while_waiting(one: Round) -> None:
    """A letter waits to be tried again; then somebody puts a clock right that was five hours fast."""
    left = [2]

    def refuse(stage: Stage, _: Envelope) -> str | None:
        left[0] -= stage == "MAIL" and left[0] > 0
        return "451 4.3.0 later" if stage == "MAIL" and left[0] > 0 else None

    one.desk.sink.answer = refuse
    one.desk.start()
    one.asks(2)
    one.desk.until(lambda: left[0] < 2, "no letter was tried")
    one.desk.move_clock(one.desk.now() - timedelta(hours=5))
    one.settle()


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
    one.stops_in_time()
    one.wait(15)
    one.desk.start()
    one.settle()


def _stopped_in_fetch(one: Round) -> None:
    one.desk.start()
    one.asks()
    one.settle()
    one.proxy.before(b"BODY.PEEK[]", lambda: setattr(one.proxy, "stalled", True))
    one.asks(2)
    one.desk.until(lambda: one.proxy.struck, "nothing is fetched")
    one.stops_in_time()
    one.proxy.stalled = False
    one.desk.start()
    one.settle()


def _stopped_while_reading(one: Round) -> None:
    """The child has a file that takes it long; it is read after the next start, and no strike is counted."""
    one.desk.start()
    one.returns_a_form("form.pdf", BOMBS["a million words"]())
    one.asks()
    one.desk.until(lambda: _is_reading(one), "no file is read")
    one.stops_in_time()
    one.desk.start()
    one.settle()
    one.told(1, "of the file that could not be read")


def _is_reading(one: Round) -> bool:
    with one.desk.ledger() as tx:
        taken = tx.connection.execute(sa.select(mail.c.strikes).where(mail.c.state == MailState.READING)).scalar()
    return bool(taken)


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


FAULTS = {
    "disk full": Fault(_disk_full, small_disk="of the database"),
    "temporary folder full": Fault(_no_temporary_files, small_disk="of temporary files"),
    "a file that eats a child's memory": Fault(_eaten("40 GB packed twice"), {"READING__MEMORY_MB": "256"}),
    "a file that takes a child too long": Fault(_eaten("a million words"), {"READING__SECONDS": "6"}),
    "out of memory: the kernel ends a child": Fault(_ended_by_the_kernel),
    "out of memory: the kernel ends act": Fault(_act_ended_by_the_kernel),
    "clock five hours on": Fault(_clock(5)),
    "clock five hours back": Fault(_clock(-5)),
    "clock five hours back while a letter waits": Fault(_back_while_waiting),
    "SIGTERM before the server's answer": Fault(_stopped),
    "SIGTERM in a FETCH that stalls": Fault(_stopped_in_fetch),
    "SIGTERM while a file is read": Fault(_stopped_while_reading, {"READING__SECONDS": "12"}),
    "configuration broken on restart": Fault(_broken_configuration),
}
