"""The resident memory of a process, looked at again and again while it runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

_EVERY = 0.5  # seconds


@contextlib.contextmanager
def watched(process: int) -> Iterator[list[float]]:
    """Megabytes, one more every half second until the end of the block; none where there is no /proc."""
    megabytes: list[float] = []
    over = threading.Event()
    thread = threading.Thread(target=_look, args=(Path(f"/proc/{process}/status"), megabytes, over), daemon=True)
    thread.start()
    try:
        yield megabytes
    finally:
        over.set()
        thread.join()


def _look(status: Path, megabytes: list[float], over: threading.Event) -> None:
    while not over.is_set():
        with contextlib.suppress(OSError):
            lines = status.read_text().splitlines()
            megabytes += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")]
        over.wait(_EVERY)
