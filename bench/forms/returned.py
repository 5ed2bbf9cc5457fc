"""A form as somebody returns it, with what reading must give; and the figures of all that came back in one way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Truth = Literal["plain", "hostile"]


@dataclass(frozen=True)
class Returned:
    """One file: how it came about, what it means, and how to make it (a skip is a tool that is not here)."""

    channel: str
    tool: str
    truth: Truth
    name: str  # of the file
    make: Callable[[], bytes]
    meant: Mapping[str, Any]
    geometry: str = ""
    layout: bool = True  # whether the file can say where lines end and how many spaces stand there
    lost: frozenset[str] = frozenset()  # keys that the file itself holds wrongly or not at all: they must be asked


@dataclass(frozen=True)
class Row:
    """One way that forms come back: its answers counted, with time and memory of the children that read them."""

    channel: str
    tool: str
    truth: Truth
    geometry: str = ""
    documents: int = 0
    answers: int = 0  # that could be right
    right: int = 0
    asked: int = 0
    silent: int = 0  # wrong at a confidence of 0.9 or more
    seconds: float = 0.0  # the median
    peak_mb: int = 0  # the most
    problems: tuple[str, ...] = ()  # the codes that were given
    misses: Mapping[str, int] = field(default_factory=dict)  # key: how often not right
    silent_keys: tuple[str, ...] = ()
    skipped: str = ""  # why something was not measured
    code: str = ""  # of the readers, the fillers and the bench that measured it

    @property
    def way(self) -> tuple[str, str, str, str]:
        """How they came back, and whose answers they have."""
        return self.channel, self.tool, self.geometry, self.truth

    @property
    def text_lost(self) -> bool:
        """Whether no words reached the pages, and it was said."""
        return "lost_text" in self.problems and not self.silent
