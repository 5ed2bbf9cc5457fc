"""What making sense of a text gives: a value, how sure it is, and what was odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# How often such a value is right, as measured on forms filled by real programs; from 0.9 on it may be used.
EXACT = 0.99
LIKELY = 0.95
UNSURE = 0.6
DOUBTFUL = 0.3


@dataclass(frozen=True)
class Value:
    """A value as `read --json` gives it; null but sure means that the words themselves are the answer."""

    value: Any
    confidence: float = EXACT
    remark: str | None = None
    candidates: tuple[Any, ...] = ()
