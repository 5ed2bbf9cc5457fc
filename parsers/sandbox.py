"""Hostile bytes are met in a child process with limits; what it says is read as JSON, up to a size."""

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
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from parsers import copies, pages, versions
from parsers.form import Form, FormError
from parsers.limits import Limits
from parsers.reading import File, Problem, Reading

END = b"end"  # the child's last line: everything was read
DEFAULT = Limits()
MOST_SAID = 32 << 20  # bytes from a child; 48 answers of 4 kB are a quarter of a megabyte

# -I keeps working folder and environment out of the child's imports, so it is told where this package is.
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from parsers.child import main; main()"
# Nothing else: the daemon's environment holds passwords.
_FOLDER = "mailbot-read-"
_KEPT = ("PATH", "LD_LIBRARY_PATH", "TZ", "LANG")


def read(
    files: Sequence[File],
    forms: Path,
    limits: Limits = DEFAULT,
    today: date | None = None,
    current: str | None = None,
) -> list[Reading]:
    """What is in the files of one mail, in order: each form found, and for a file that holds none its problem.

    `forms` holds a folder for each version of the form; raises FormError where none can be used. Each file is
    read by a process of its own within `limits`. Dates after `today` are questioned. With `current`, forms in other
    versions answer that version's questions.
    """
    known = load_forms(forms)
    day = today or date.today()  # noqa: DTZ011 - the day where the form is read
    readings = [reading for file in files for reading in _read_one(file, forms, limits, day)]
    found = copies.without(pages.joined(readings), known)
    return versions.up_to_date(found, known, current) if current else found


def load_forms(folder: Path) -> tuple[Form, ...]:
    """Every version of the form under this folder, the newest name last."""
    forms = tuple(Form.load(path.parent) for path in sorted(folder.glob("*/form.toml")))
    if not forms:
        raise FormError(f"{folder}: holds no form; put each version's form.toml into a folder of its own there")
    return forms


def _read_one(file: File, forms: Path, limits: Limits, today: date) -> list[Reading]:
    if len(file.data) > limits.file_bytes:
        return [_failed(file, Problem("too_big", f"This file is larger than {limits.file_mb} MB.", file.name))]
    head = {"name": file.name, "forms": str(forms.resolve()), "limits": asdict(limits)}
    request = json.dumps({**head, "today": today.isoformat()}).encode() + b"\n" + file.data
    with _environment() as environment:
        said, in_time = _child(request, limits.seconds, environment)
    readings, whole = _understood(said)
    if whole:
        return readings
    took = "more memory or work than we allow" if in_time else "too long"
    words = f"Reading this file took {took}; a person should look at it."
    return [*readings, _failed(file, Problem("limits", words, file.name))]


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
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
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


def _understood(said: bytes) -> tuple[list[Reading], bool]:
    """The readings in the whole lines a child wrote, and whether it came to its end."""
    *lines, rest = said.split(b"\n")
    readings: list[Reading] = []
    for line in lines:
        if line == END:
            return readings, not rest
        try:
            readings.append(Reading.from_json(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            break
    return readings, False


def _failed(file: File, problem: Problem) -> Reading:
    return Reading((file.name,), None, "other", None, problems=(problem,))
