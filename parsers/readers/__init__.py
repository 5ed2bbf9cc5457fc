"""One file per way a form comes back: a reader gives what it Found, None (not for it), or raises Unreadable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

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
