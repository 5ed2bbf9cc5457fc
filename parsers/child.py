"""The child process: takes limits upon itself, and says what it makes of one file, line by line."""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from parsers.door import load_forms
from parsers.frames import Frame
from parsers.limits import Limits
from parsers.reading import File
from parsers.sandbox import END


def main() -> None:
    """Read the request on standard input: a line of JSON, then the file; do what it asks within its limits."""
    head = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**head["limits"])
    _confine(limits)
    say = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # a library that prints must not seem to say something
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    file = File(head["name"], sys.stdin.buffer.read())
    for line in {"read": _read, "draw": _draw}[head["task"]](head, file, limits):
        say.write(line + b"\n")
        say.flush()  # what was read before a bomb in the same container is kept
    say.write(END + b"\n")
    say.flush()


# The libraries of readers are loaded within the limits, each only where it is needed.


def _read(head: dict[str, Any], file: File, limits: Limits) -> Iterator[bytes]:
    from parsers import ladder  # noqa: PLC0415

    forms = load_forms(Path(head["forms"]))
    for reading in ladder.read(file, forms, limits, date.fromisoformat(head["today"])):
        yield json.dumps(reading.to_json()).encode()


def _draw(head: dict[str, Any], file: File, limits: Limits) -> Iterator[bytes]:
    from parsers import draw  # noqa: PLC0415

    frames = [Frame(**{**frame, "rect": tuple(frame["rect"])}) for frame in head["frames"]]
    yield from map(base64.b64encode, draw.pictures(file, frames, limits))


_NICE = 5  # gives way to the daemon: a request that comes meanwhile is answered as if nothing were being read


def _confine(limits: Limits) -> None:
    os.nice(_NICE)
    _limit(resource.RLIMIT_AS, limits.memory_mb << 20)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    _limit(resource.RLIMIT_CORE, 0)  # a core would hold what the form says
    # these two may be raised again: LibreOffice writes files, and only it does
    _limit(resource.RLIMIT_FSIZE, 0, for_good=False)
    _limit(resource.RLIMIT_NOFILE, 64, for_good=False)


def _limit(what: int, most: int, *, for_good: bool = True) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(ValueError, OSError):  # macOS refuses some; the others and the clock still hold
        resource.setrlimit(what, (most, most if for_good else hard))
