"""The child process: takes limits upon itself, reads one file, and says each reading as a line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

from parsers.limits import Limits
from parsers.reading import File
from parsers.sandbox import END, load_forms


def main() -> None:
    """Read the request on standard input: a line of JSON, then the file."""
    head = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**head["limits"])
    _confine(limits)
    from parsers import ladder  # noqa: PLC0415 - the readers' libraries too are loaded within the limits

    say = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # a library that prints must not seem to say something
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    file = File(head["name"], sys.stdin.buffer.read())
    forms = load_forms(Path(head["forms"]))
    for reading in ladder.read(file, forms, limits, date.fromisoformat(head["today"])):
        say.write(json.dumps(reading.to_json()).encode() + b"\n")
        say.flush()  # what was read before a bomb in the same container is kept
    say.write(END + b"\n")
    say.flush()


def _confine(limits: Limits) -> None:
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
