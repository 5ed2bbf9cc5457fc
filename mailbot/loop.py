"""Loops: a step does one unit of work and says whether it did something; a bell wakes the loop that waits."""

from __future__ import annotations

import contextlib
import os
import random
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mailbot.errors import MailboxError

log = structlog.get_logger()


class Bell:
    """Wakes a waiting loop, from any thread; a file descriptor, so that it can be waited for beside a socket."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def fileno(self) -> int:
        return self._read

    def ring(self) -> None:
        """Wake whoever waits, or the next who will."""
        with contextlib.suppress(BlockingIOError):  # it has rung often enough
            os.write(self._write, b"!")

    def wait(self, seconds: float) -> None:
        """Until it rings or the time is over; then it is silent again."""
        select.select([self._read], [], [], seconds)
        self.silence()

    def silence(self) -> None:
        try:
            while os.read(self._read, 4096):
                pass
        except BlockingIOError:
            pass


class Backoff:
    """Seconds to wait after each fault: doubled up to a limit, with jitter so that many do not return at once."""

    def __init__(self, first: float = 1.0, limit: float = 300.0) -> None:
        self._first, self._limit, self._faults = first, limit, 0

    def next(self) -> float:
        delay = min(self._limit, self._first * 2.0**self._faults)
        self._faults = min(self._faults + 1, 20)
        return delay * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret

    def reset(self) -> None:
        self._faults = 0


_here = threading.local()


def beat() -> None:
    """The loop this is called from is alive, though its step takes long; elsewhere it does nothing."""
    loop: Loop | None = getattr(_here, "loop", None)
    if loop is not None:
        loop.beat_at = time.monotonic()


@dataclass(frozen=True)
class Trouble:
    """The fault a loop has met again and again since a moment of the monotonic clock."""

    since: float
    error: Exception


class Loop:
    """Runs `step` in its own thread: at once again while it is True, else when the bell rings or `idle` is over.

    `trouble` is None from its first good step on; `beat_at` is when it last began one, or said that it is alive.
    """

    def __init__(self, name: str, step: Callable[[], bool], bell: Bell, idle: float = 1.0) -> None:
        self.name, self.bell = name, bell
        self._step, self._idle = step, idle
        self.trouble: Trouble | None = None
        self.beat_at = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self.bell.ring()

    def join(self, seconds: float) -> bool:
        """Whether the loop has ended within the time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def is_stuck(self, longest: float) -> bool:
        """Whether its thread has ended by itself, or has been in one step for longer than that many seconds."""
        if self._stopping.is_set():
            return False
        return not self._thread.is_alive() or time.monotonic() - self.beat_at > longest

    def _run(self) -> None:
        _here.loop = self
        backoff = Backoff()
        while not self._stopping.is_set():
            beat()
            try:
                again = self._step()
                backoff.reset()
                self.trouble = None
            except MailboxError as error:  # the network, the server or the sign-in: ordinary, and said in plain words
                delay = max(backoff.next(), getattr(error, "seconds", 0.0))
                log.warning("mailbox_fault", loop=self.name, error=str(error), retry_in=round(delay, 1))
                self._met(error)
                self.bell.wait(delay)
                continue
            except Exception as error:  # a loop survives every fault; what it worked on is leased and comes back
                delay = backoff.next()
                fault = type(error).__name__
                log.exception("loop_fault", loop=self.name, error=fault, retry_in=round(delay, 1))
                self._met(error)
                self.bell.wait(delay)
                continue
            if not again and not self._stopping.is_set():
                self.bell.wait(self._idle)

    def _met(self, error: Exception) -> None:
        self.trouble = Trouble(self.trouble.since if self.trouble else time.monotonic(), error)
