"""A loop in a process of its own: it works, it is seen from outside, and it ends when it should and never alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from multiprocessing import Value
from pathlib import Path
from typing import Any

import pytest

from mailbot.apart import Apart, SharedPulse
from mailbot.loop import Bell, Trouble
from tests.servers.net import wait_until

Start = Callable[[Callable[[], bool]], Apart]


@pytest.fixture
def apart() -> Iterator[Start]:
    """Makes a worker of a step; it is ended with the test."""
    made: list[Apart] = []

    def make(step: Callable[[], bool]) -> Apart:
        made.append(Apart("act", lambda: step, Bell(), idle=60))
        return made[-1]

    yield make
    for one in made:
        one.kill()


def counter() -> tuple[Any, Callable[[], bool]]:
    """A number that processes share, and the step that counts with it."""
    steps = Value("i", 0)

    def step() -> bool:
        with steps:
            steps.value += 1
        return False

    return steps, step


def test_it_works_from_its_start_on_at_every_ring_and_ends_well(apart: Start) -> None:
    steps, step = counter()
    worker = apart(step)
    assert not worker.is_stuck(60)

    worker.start()
    assert wait_until(lambda: steps.value == 1)
    worker._bell.ring()
    assert wait_until(lambda: steps.value == 2)
    assert not worker.is_stuck(60)

    worker.stop()
    assert worker.join(5)
    assert worker._status == 0
    assert not worker.is_stuck(60), "it was asked to end"


def test_it_ends_where_it_is_never_started(apart: Start) -> None:
    steps, step = counter()
    worker = apart(step)
    worker.stop()
    assert worker.join(5)
    assert steps.value == 0


def test_its_death_is_seen(apart: Start) -> None:
    def dies() -> bool:
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    worker = apart(dies)
    worker.start()
    assert wait_until(lambda: worker.is_stuck(60))
    assert worker.join(1)


def test_it_is_stuck_where_a_step_takes_too_long(apart: Start) -> None:
    steps, step = counter()
    worker = apart(step)
    worker.start()
    assert wait_until(lambda: steps.value == 1)
    worker.pulse.beat_at -= 61
    assert worker.is_stuck(60)


def test_its_faults_are_seen_by_name_and_it_goes_on(apart: Start) -> None:
    def broken() -> bool:
        raise LookupError("words that may be about somebody")

    worker = apart(broken)
    worker.start()
    assert wait_until(lambda: worker.pulse.trouble is not None)
    assert worker.pulse.trouble
    assert worker.pulse.trouble.fault == "LookupError"
    assert not worker.is_stuck(60)


def test_a_step_that_cannot_be_made_ends_it_and_start_returns() -> None:
    def fail() -> Callable[[], bool]:
        raise ValueError

    worker = Apart("act", fail, Bell())
    worker.start()
    worker.wait()
    assert worker.is_stuck(60)


def test_it_does_not_mind_the_signals_that_its_parent_answers(apart: Start) -> None:
    steps, step = counter()
    worker = apart(step)
    worker.start()
    worker.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(worker.pid, number)
    assert wait_until(lambda: steps.value == 1)
    worker._bell.ring()
    assert wait_until(lambda: steps.value == 2)


_ORPHAN = """
import os, signal
from mailbot.apart import Apart
from mailbot.loop import Bell
worker = Apart("act", lambda: lambda: False, Bell())
worker.start()
worker.wait()
print(worker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_with_its_parent_however_that_ended() -> None:
    parent = subprocess.run([sys.executable, "-c", _ORPHAN], stdout=subprocess.PIPE, text=True, check=False, timeout=60)
    assert parent.returncode == -signal.SIGKILL
    assert wait_until(lambda: _is_gone(int(parent.stdout)))


def _is_gone(process: int) -> bool:
    """Or waits for nothing but to be counted by whoever inherited it."""
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_what_one_process_writes_into_a_pulse_the_other_reads() -> None:
    pulse = SharedPulse()
    assert pulse.trouble is None
    child = os.fork()
    if child == 0:
        pulse.beat_at, pulse.trouble = 7.0, Trouble(5.0, "F" * 100)
        os._exit(0)
    os.waitpid(child, 0)
    assert seen(pulse) == (7.0, Trouble(5.0, "F" * 63))
    pulse.trouble = None
    assert seen(pulse) == (7.0, None)


def seen(pulse: SharedPulse) -> tuple[float, Trouble | None]:
    return pulse.beat_at, pulse.trouble
