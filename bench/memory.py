"""The resident memory of mailbot, looked at again and again while it runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

_EVERY = 0.5  # seconds


@contextlib.contextmanager
def watched(process: int) -> Iterator[list[float]]:
    """Megabytes, one more every half second and at the end of the block; none where there is no /proc.

    Those of the process and of the children it forked or started; what several of them share is counted once (Pss).
    """
    megabytes: list[float] = []
    over = threading.Event()
    thread = threading.Thread(target=_look, args=(process, megabytes, over), daemon=True)
    thread.start()
    try:
        yield megabytes
    finally:
        over.set()
        thread.join()


def _look(process: int, megabytes: list[float], over: threading.Event) -> None:
    ending = False
    while not ending:
        ending = over.wait(_EVERY)  # at the end once more: a run may be over before half a second is
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
            megabytes.append(sum(_megabytes(one) for one in (str(process), *children)))


def _megabytes(process: str) -> float:
    """None of one that has just ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
