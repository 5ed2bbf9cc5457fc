"""What a part of the bench has found: everything for machines, and lines that stand beside what is promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """A figure of mailbot's, alone or beside that of something else, and what is promised of it or of their ratio."""

    what: str
    ours: float
    beside: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def value(self) -> float:
        """What the promise is about."""
        return round(self.ours / self.beside, 3) if self.beside else self.ours

    @property
    def promised(self) -> str:
        if self.at_least is not None:
            return f"at least {self.at_least}"
        return f"at most {self.at_most}" if self.at_most is not None else ""

    @property
    def kept(self) -> bool:
        """Whether it is so; what nothing is promised of is."""
        enough = self.at_least is None or self.value >= self.at_least
        return enough and (self.at_most is None or self.value <= self.at_most)

    def to_json(self) -> dict[str, Any]:
        """With what follows from it, for people who read the file."""
        return {
            "what": self.what,
            "ours": self.ours,
            "beside": self.beside,
            "value": self.value,
            "promised": self.promised,
            "kept": self.kept,
        }


@dataclass(frozen=True)
class Found:
    """Of one part: what was measured, beside what, the lines of the table, and all the figures."""

    about: str
    beside: str
    lines: tuple[Line, ...]
    figures: dict[str, Any]
