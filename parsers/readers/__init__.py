"""One file per way a form comes back: a reader gives what it Found, None (not for it), or raises Unreadable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from parsers.form import Form
from parsers.found import Found
from parsers.limits import Limits


@dataclass(frozen=True)
class Source:
    """A file to read, and what it is read by."""

    data: bytes
    forms: Sequence[Form]
    limits: Limits
    today: date


Reader = Callable[[Source], Found | None]

#: The same in every reader that cannot open a file of its kind.
ASK = "Please save it as a PDF or a Word document (.docx) and send it again."


def named(name: str) -> Reader:
    """The reader of this name, its libraries loaded when it is first used: a PDF needs none that read Word."""

    def read(source: Source) -> Found | None:
        found: Found | None = import_module(f"{__name__}.{name}").read(source)
        return found

    return read
