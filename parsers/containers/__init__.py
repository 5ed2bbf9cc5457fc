"""What files are packed in: one file per kind, `(bytes, budget) -> (name, bytes or why not)` for each member."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from parsers.limits import Limits
from parsers.reading import Unreadable

Members = Iterator[tuple[str, bytes | Unreadable]]


@dataclass
class Budget:
    """What may still be unpacked of one attachment, however it is nested."""

    bytes: int
    files: int = 100
    depth: int = 3
    _taken: int = 0

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        return cls(limits.unpacked_bytes, limits.files, limits.depth)

    def take(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise Unreadable("too_big", "What is packed in this file is larger than we can open.")

    def take_file(self) -> None:
        self._taken += 1
        if self._taken > self.files:
            raise Unreadable("too_big", f"More than {self.files} files are packed in this file.")


Opener = Callable[[bytes, Budget], Members]


def named(name: str) -> Opener:
    """What opens containers of this name, its libraries loaded when it is first used."""

    def members(data: bytes, budget: Budget) -> Members:
        found: Members = import_module(f"{__name__}.{name}").members(data, budget)
        return found

    return members


def safe_name(name: object, number: int) -> str:
    """A member's name as people may see it: its last part, without signs that could mislead."""
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name or "")
    last = text.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^\w.()\[\] -]+", "_", last).strip("_ ")[:120] or f"file-{number}"
