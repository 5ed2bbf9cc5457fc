"""What breaks a process from inside: a mail with one marked subject makes it raise, or ends it."""

from __future__ import annotations

import importlib
import os
import signal
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
