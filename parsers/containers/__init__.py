"""What files are packed in: one file per kind, `(bytes, budget) -> (name, bytes or why not)` for each member."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parsers.reading import Unreadable

MOST_FILES = 100
DEEPEST = 3

Members = Iterator[tuple[str, bytes | Unreadable]]


@dataclass
class Budget:
    """What may still be unpacked of one attachment, however it is nested."""

    bytes: int
    files: int = MOST_FILES

    def take(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise Unreadable("too_big", "What is packed in this file is larger than we can open.")

    def take_file(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise Unreadable("too_big", f"More than {MOST_FILES} files are packed in this file.")


Opener = Callable[[bytes, Budget], Members]


def safe_name(name: object, number: int) -> str:
    """A member's name as people may see it: its last part, without signs that could mislead."""
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name or "")
    last = text.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^\w.()\[\] -]+", "_", last).strip("_ ")[:120] or f"file-{number}"
