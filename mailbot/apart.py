"""A loop in a process of its own: what it computes holds up no other loop, and what ends it leaves the others be."""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import select
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import structlog

from mailbot.loop import Bell, Loop, Pulse, Trouble

log = structlog.get_logger()

_READY_WITHIN = 60.0  # seconds; what it makes ready takes one


class SharedPulse(Pulse):
    """A pulse in memory that a process shares with those it forks: each sees what the other wrote."""

    _FORMAT = struct.Struct("dd64p")  # beat, trouble since (or 0), the fault's name

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self._FORMAT.size)
        super().__init__()

    @property
    def beat_at(self) -> float:
        return self._values()[0]

    @beat_at.setter
    def beat_at(self, moment: float) -> None:
        self._set(moment, *self._values()[1:])

    @property
    def trouble(self) -> Trouble | None:
        _, since, fault = self._values()
        return Trouble(since, fault.decode()) if since else None

    @trouble.setter
    def trouble(self, met: Trouble | None) -> None:
        self._set(self.beat_at, met.since if met else 0.0, met.fault.encode()[:63] if met else b"")

    def _values(self) -> tuple[float, float, bytes]:
        return self._FORMAT.unpack(self._memory[:])

    def _set(self, *values: float | bytes) -> None:
        self._memory[:] = self._FORMAT.pack(*values)


class Apart:
    """A loop whose step is made and run in a child process.

    The child is forked when this is made, so it must be before any thread, database or network connection is there; it
    waits then until it is started. It ends when it is asked to, and when this process is no more, however it ended.
    """

    def __init__(self, name: str, make: Callable[[], Callable[[], bool]], bell: Bell, idle: float = 1.0) -> None:
        self.name, self.pulse = name, SharedPulse()
        self._bell, self._idle = bell, idle
        self._stopping = False
        self._status: int | None = None
        told, self._tell = os.pipe()  # a byte starts it; the end, which comes with ours too, stops it
        self._says, say = os.pipe()  # a byte when it is ready; the end when it has ended
        gc.collect()
        gc.freeze()  # or the collector of each writes into every page, and they share none
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._tell)
            os.close(self._says)
            self._live(make, told, say)
        os.close(told)
        os.close(say)

    def start(self) -> None:
        os.write(self._tell, b"!")

    def wait(self) -> None:
        """Until its step is made and its loop runs, or until it has ended, which `is_stuck` then says."""
        select.select([self._says], [], [], _READY_WITHIN)
        os.set_blocking(self._says, False)
        with contextlib.suppress(BlockingIOError):
            if not os.read(self._says, 1):
                self.join(1.0)

    def stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            os.close(self._tell)

    def join(self, seconds: float) -> bool:
        select.select([self._says], [], [], seconds)
        end = time.monotonic() + 1.0  # between closing its files and being gone
        while not self._has_ended() and time.monotonic() < end:
            time.sleep(0.001)
        return self._has_ended()

    def kill(self) -> None:
        """End it whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.join(1.0)

    def is_stuck(self, longest: float) -> bool:
        if self._stopping:
            return False
        return self._has_ended() or time.monotonic() - self.pulse.beat_at > longest

    def _has_ended(self) -> bool:
        if self._status is None:
            with contextlib.suppress(ChildProcessError):
                ended, status = os.waitpid(self.pid, os.WNOHANG)
                self._status = status if ended else None
        return self._status is not None

    def _live(self, make: Callable[[], Callable[[], bool]], told: int, say: int) -> NoReturn:
        """What the child does, from its first moment to its last; never what its parent's callers would go on with."""
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)  # they go to the whole group; our parent says when to stop
            if os.read(told, 1):
                loop = Loop(self.name, make(), self._bell, self._idle, self.pulse)
                threading.Thread(target=_stop_at_end, args=(told, loop), daemon=True).start()
                os.write(say, b"!")
                loop.run()
            status = 0
        except BaseException as error:  # nothing above this is ours
            log.exception("process_fault", process=self.name, error=type(error).__name__)
        finally:
            sys.stderr.flush()
            os._exit(status)


def _stop_at_end(told: int, loop: Loop) -> None:
    os.read(told, 1)
    loop.stop()
