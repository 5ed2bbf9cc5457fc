"""`mailbot` as a process of its own, forked from one that has imported it already: a second saved each time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mailbot.commands import main

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


class Forked:
    """A running command line, with as much of `subprocess.Popen` as the stories use."""

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        typed: str = "",
        before: Callable[[], None] | None = None,
    ) -> None:
        """`before` runs in the new process first: what it breaks there is broken for good."""
        arguments = (list(words), dict(environment), str(output), typed, before)
        self._process = _forks.Process(target=_run, args=arguments)
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("mailbot", timeout)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _run(
    words: list[str], environment: dict[str, str], output: str, typed: str, before: Callable[[], None] | None
) -> None:
    os.setsid()  # so that it can be ended with the children it starts
    out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    keyboard, typist = os.pipe()
    os.write(typist, typed.encode())
    os.close(typist)
    for source, target in ((keyboard, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - open as long as the process lives
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["mailbot", *words]
    if before is not None:
        before()
    main()
