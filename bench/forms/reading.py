"""Reading files as the service does, each from a small fresh process, so that its time and memory are its own."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import parsers
from parsers import File, Limits, Reading
from tests.parsers.people import TODAY

FORMS = Path(__file__).parents[2] / "config" / "forms"
LIMITS = Limits(seconds=600)  # on a busy machine what is right must not depend on the time it took
_KB = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


@dataclass(frozen=True)
class Read:
    """What a file was read as; seconds on the wall, and the peak of the child's resident memory."""

    readings: tuple[Reading, ...]
    seconds: float
    peak_mb: float


@contextmanager
def readers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that read one file each and end: what a child used is asked of the system when it is waited for."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["bench.forms.reading"])
    with ProcessPoolExecutor(jobs, server, max_tasks_per_child=1) as pool:
        yield pool


def read(name: str, data: bytes) -> Read:
    """In a process of its own: the system keeps the highest peak of all children that were waited for."""
    began = time.perf_counter()
    readings = parsers.read([File(name, data)], FORMS, LIMITS, today=TODAY)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KB
    return Read(tuple(readings), seconds, peak / (1 << 20))
