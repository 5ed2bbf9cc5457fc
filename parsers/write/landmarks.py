"""What every page of the blank PDF carries so that it is known again: a mark in each corner and a code in between.

All in points, from the lower left corner of the page. Pages that were sent out carry these for ever: what changes
here makes the forms of old versions unreadable by position.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MM = 72 / 25.4
MARK, EDGE, CODE = 5 * MM, 8 * MM, 17 * MM
_PAYLOAD = re.compile(r"MB1:([^:]+):(\d{1,3})")


class Square(NamedTuple):
    """Its lower left corner and its side."""

    left: float
    bottom: float
    side: float


def marks(width: float, height: float) -> tuple[Square, ...]:
    """The black square in each corner of a page of this size."""
    right, top = width - EDGE - MARK, height - EDGE - MARK
    return tuple(Square(x, y, MARK) for x, y in ((EDGE, top), (right, top), (EDGE, EDGE), (right, EDGE)))


def code(width: float, height: float) -> Square:
    """Where the QR code stands on a page of this size."""
    return Square(width - EDGE - MARK - 4 * MM - CODE, height - EDGE - CODE, CODE)


def payload(version: str, page: int) -> str:
    """What the code of a page says; short, so that its modules are large enough for a fax."""
    return f"MB1:{version}:{page}"


def page_of(said: str) -> tuple[str, int] | None:
    """The version and page that a code speaks of; None where it is not ours."""
    found = _PAYLOAD.fullmatch(said)
    return (found[1], int(found[2])) if found else None
