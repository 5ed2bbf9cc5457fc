"""Hostile bytes are met in a child process with limits; what it says are lines, up to a size."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from parsers.limits import Limits
from parsers.reading import File

END = b"end"  # the child's last line: everything was done
MOST_SAID = 32 << 20  # bytes from a child; 48 answers of 4 kB are a quarter of a megabyte

# -I keeps working folder and environment out of the child's imports, so it is told where this package is.
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from parsers.child import main; main()"
# Nothing else: the daemon's environment holds passwords.
_FOLDER = "mailbot-read-"
_KEPT = ("PATH", "LD_LIBRARY_PATH", "TZ", "LANG")
# Each thread would set apart address space that it never uses, and the limit counts that: ordinary scans failed by it.
# And a reader takes one processor, not all of them.
_LEAN = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True)
class Said:
    """What a child said, a line each; `whole` where it came to its end, `late` where its time was over."""

    lines: tuple[bytes, ...]
    whole: bool
    late: bool


def ask(task: str, about: Mapping[str, Any], file: File, limits: Limits) -> Said:
    """What a child process makes of a file: `task` is a function of `parsers.child`, `about` what it is told."""
    head = {"task": task, "name": file.name, "limits": asdict(limits), **about}
    with _environment() as environment:
        said, in_time = _child(json.dumps(head).encode() + b"\n" + file.data, limits.seconds, environment)
    return Said(*lines_of(said), late=not in_time)


def lines_of(said: bytes) -> tuple[tuple[bytes, ...], bool]:
    """The whole lines that a child wrote, and whether they came to their end."""
    *lines, rest = said.split(b"\n")
    if lines[-1:] == [END] and not rest:
        return tuple(lines[:-1]), True
    return tuple(lines), False


def sweep() -> None:
    """Remove the folders of readers whose parent was killed outright: they may hold what people sent."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        process = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if process.isdigit() and not _is_at_work(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_at_work(process: int) -> bool:
    if process == os.getpid():
        return False  # ours begins with a sweep; in a container every start has the same number
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """What a child may know of ours, and a folder for it that is gone afterwards, however it ended."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ} | _LEAN
    try:
        folder = tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-")
    except OSError:  # nothing can be written here; hardly a reader needs to
        yield kept
        return
    try:
        yield {**kept, "TMPDIR": folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _child(request: bytes, seconds: float, environment: dict[str, str]) -> tuple[bytes, bool]:
    """What a child says to this request, and whether it ended in time."""
    home = str(Path(__file__).resolve().parent.parent)
    child = subprocess.Popen(
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", _CHILD, home],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        start_new_session=True,
    )
    late = threading.Event()
    timer = threading.Timer(seconds, _end, (child, late))
    with child:
        timer.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            # The child reads all before it says anything, so neither can wait for the other for ever.
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(request)
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            said = child.stdout.read(MOST_SAID + 1)
        finally:
            timer.cancel()
            timer.join()
            _kill(child)  # with whatever it started; its id cannot be another's before it is waited for
    return said[:MOST_SAID], not late.is_set()


def _end(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
