"""What was asked of the bench, and how it says how far it is."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """How much is measured; `smoke` only sees that everything works, and says nothing of speed."""

    smoke: bool = False
    runs: int = 3  # of each loop, in turns
    mails: int | None = None  # in a backlog, instead of what the part has by itself
    single: int = 60  # single mails for each loop, over all runs

    def size(self, whole: int, smoke: int) -> int:
        """How many of something that is not a backlog of mails."""
        return smoke if self.smoke else whole


def say(words: str) -> None:
    """How far it is; figures alone go to the standard output."""
    print(words, file=sys.stderr, flush=True)
