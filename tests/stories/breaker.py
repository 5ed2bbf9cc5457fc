"""What breaks a process from inside: a mail with one marked subject makes it raise, ends it, hangs or eats memory."""

from __future__ import annotations

import importlib
import os
import re
import resource
import signal
from pathlib import Path
from typing import Any

act: Any = importlib.import_module("mailbot.act")
MARK = "Mail that breaks it"


def raises_at_the_mark() -> None:
    """Understanding that mail is a fault."""
    understand = act.understand

    def broken(*arguments: Any) -> Any:
        if arguments[3].subject == MARK:
            raise RuntimeError(f"broken by {arguments[3].sender.address}")
        return understand(*arguments)

    act.understand = broken


def dies_at_the_mark() -> None:
    """Parsing that mail ends the process, as a fault in a C library would."""
    parse = act.parse

    def broken(raw: bytes) -> Any:
        if MARK.encode() in raw:
            os.kill(os.getpid(), signal.SIGKILL)
        return parse(raw)

    act.parse = broken


def hangs_at_the_mark() -> None:
    """Parsing that mail never ends, and holds every thread meanwhile, as a bad regular expression does."""
    act.LONGEST = 5.0  # seconds, where mailbot waits for two minutes
    parse = act.parse

    def broken(raw: bytes) -> Any:
        if MARK.encode() in raw:
            re.match(r"(a+)+$", "a" * 60 + "b")
        return parse(raw)

    act.parse = broken


def eats_memory_at_the_mark() -> None:
    """Parsing that mail takes all the memory that the machine gives."""
    parse = act.parse

    def broken(raw: bytes) -> Any:
        if MARK.encode() in raw:
            resource.setrlimit(resource.RLIMIT_AS, (_address_space() + (512 << 20), resource.RLIM_INFINITY))
            eaten: list[bytes] = []
            while True:
                eaten.append(b"." * (16 << 20))
        return parse(raw)

    act.parse = broken


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
