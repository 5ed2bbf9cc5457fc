"""What a check says: a verdict in words that leave the decision to people, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How the answers look beside a criterion."""

    MET = "looks met"
    NOT_MET = "looks not met"
    CANNOT_TELL = "cannot tell"
    CONFLICT = "answers conflict"


@dataclass(frozen=True)
class Check:
    """One criterion held beside the answers; `words` are the questions and answers that it rests on."""

    criterion: str  # C1 to C7, or also
    verdict: Verdict
    says: str
    words: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether it is not plainly met, so that the meeting should look."""
        return self.verdict != Verdict.MET
