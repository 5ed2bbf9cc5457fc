"""A desk at work whose processes are killed and started again, time after time, while mail keeps coming."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import signal
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from time import monotonic

from bench.crash.load import Load
from bench.crash.points import POINTS, kill_at
from mailbot.store import MailState
from tests.stories.desk import MONDAY, Desk
from tests.stories.forked import Forked

ANY = "any moment"
_ANY_SHARE = 0.3
_LONGEST = 4.0  # seconds that a process has to come to its point before it is killed wherever it is
_WAITING = 8  # mails not yet finished: no more are put there
_UNFINISHED = {MailState.NEW, MailState.READING, MailState.READY}
_DIGEST_TIME = MONDAY + timedelta(days=1, hours=4, minutes=1)
_SETTLES = 180.0  # seconds for what is left when nobody is killed any more


class Shift:
    """So many kills at one desk, by `replicas` processes at once; `killed` counts them by point."""

    def __init__(self, desk: Desk, kills: int, replicas: int, chance: random.Random) -> None:
        self.desk, self.load = desk, Load(desk, chance)
        self.killed = Counter[str]()
        self._kills, self._half, self._replicas, self._chance = kills, kills // 2, replicas, chance
        self._logs = count(1)
        self._lock = threading.Lock()

    def work(self) -> None:
        """Kill until it is enough, and let the last process finish undisturbed; raises AssertionError if it cannot."""
        self.desk.start()  # the first start makes the tables, and is a story of its own
        self.desk.kill()
        with ThreadPoolExecutor(self._replicas) as pool:
            hands = [pool.submit(self._killing) for _ in range(self._replicas)]
            while not all(hand.done() for hand in hands):
                self._feed()
        for hand in hands:
            hand.result()
        self.desk.start()
        self.desk.until(self.desk.is_quiet, "it is not quiet", _SETTLES)
        self.desk.kill()

    def _feed(self) -> None:
        """One more mail if those before it are nearly done; at half time the digest goes out."""
        if self.killed.total() >= self._half and self.desk.now() < _DIGEST_TIME:
            self.desk.move_clock(_DIGEST_TIME)
        if self._unfinished() < _WAITING:
            self.load.next()
        else:
            threading.Event().wait(0.05)

    def _killing(self) -> None:
        while point := self._next_point():
            process, any_moment = self._launched(point), self._chance.uniform(0.2, 2.5)
            begun, patience = monotonic(), any_moment if point == ANY else _LONGEST
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
            if process.poll() is None:
                point = ANY
            elif monotonic() - begun < patience:
                status = process.poll()
                assert status == -signal.SIGKILL, f"it ended by itself with {status}: {point}"
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            self.killed[point] += 1

    def _next_point(self) -> str | None:
        with self._lock:
            if self._kills <= 0:
                return None
            self._kills -= 1
            return ANY if self._chance.random() < _ANY_SHARE else self._chance.choice(list(POINTS))

    def _launched(self, point: str) -> Forked:
        log = self.desk.folder / f"killed-{next(self._logs)}.log"
        log.touch()
        before = None if point == ANY else functools.partial(kill_at, point, self._chance.randint(1, 4))
        with self._lock:
            return Forked(["run"], self.desk.environment, log, before=before)

    def _unfinished(self) -> int:
        with self.desk.ledger() as tx:
            counted = tx.mails.count_by_state()
        known = sum(counted.values())
        return sum(self.load.given.values()) - known + sum(counted.get(state, 0) for state in _UNFINISHED)
