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
from typing import Protocol

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
    pulse: Pulse | None = getattr(_here, "pulse", None)
    if pulse is not None:
        pulse.beat_at = time.monotonic()


@dataclass(frozen=True)
class Trouble:
    """The fault a loop has met again and again since a moment of the monotonic clock."""

    since: float
    fault: str  # the name of its class
    of_mailbox: MailboxError | None = None


class Pulse:
    """Whether a loop is alive and well.

    `trouble` is None from its first good step on; `beat_at` is when it last began one, or said that it is alive.
    """

    def __init__(self) -> None:
        self.beat_at = time.monotonic()
        self.trouble: Trouble | None = None


class Worker(Protocol):
    """A loop at work, in a thread or in a process of its own."""

    name: str

    @property
    def pulse(self) -> Pulse: ...
    def start(self) -> None: ...
    def stop(self) -> None:
        """Ask it to end after the step that it is in."""

    def join(self, seconds: float) -> bool:
        """Whether it has ended within the time."""

    def is_stuck(self, longest: float) -> bool:
        """Whether it has ended by itself, or has been in one step for longer than that many seconds."""


class Loop:
    """Runs `step` in its own thread: at once again while it is True, else when the bell rings or `idle` is over."""

    def __init__(
        self, name: str, step: Callable[[], bool], bell: Bell, idle: float = 1.0, pulse: Pulse | None = None
    ) -> None:
        self.name, self.pulse = name, pulse or Pulse()
        self._step, self._bell, self._idle = step, bell, idle
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._bell.ring()

    def join(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def is_stuck(self, longest: float) -> bool:
        if self._stopping.is_set():
            return False
        return not self._thread.is_alive() or time.monotonic() - self.pulse.beat_at > longest

    def run(self) -> None:
        """Step after step, in the thread this is called from, until it is stopped."""
        _here.pulse = self.pulse
        backoff = Backoff()
        while not self._stopping.is_set():
            beat()
            try:
                again = self._step()
                backoff.reset()
                self.pulse.trouble = None
            except MailboxError as error:  # the network, the server or the sign-in: ordinary, and said in plain words
                delay = max(backoff.next(), getattr(error, "seconds", 0.0))
                log.warning("mailbox_fault", loop=self.name, error=str(error), retry_in=round(delay, 1))
                self._met(error)
                self._bell.wait(delay)
                continue
            except Exception as error:  # a loop survives every fault; what it worked on is leased and comes back
                delay = backoff.next()
                fault = type(error).__name__
                log.exception("loop_fault", loop=self.name, error=fault, retry_in=round(delay, 1))
                self._met(error)
                self._bell.wait(delay)
                continue
            if not again and not self._stopping.is_set():
                self._bell.wait(self._idle)

    def _met(self, error: Exception) -> None:
        met = self.pulse.trouble
        of_mailbox = error if isinstance(error, MailboxError) else None
        self.pulse.trouble = Trouble(met.since if met else time.monotonic(), type(error).__name__, of_mailbox)
