"""What reading gives: answers with where they stood and how sure they are, and problems in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

How = Literal["acroform", "flat", "word", "scan", "text", "other"]

#: Answers at or above this confidence may be used; below it they are shown to a person (DESIGN, `read --json`).
SURE = 0.9


@dataclass(frozen=True)
class File:
    """A file to read: its name as sent (never trusted) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Answer:
    """One field's answer: value by type, the words as written, and how often such an answer is right (0 to 1)."""

    value: Any
    raw: str
    confidence: float
    where: dict[str, Any] | None = None  # {"reader": ..., "page": 1-based, "rect": [x0, y0, x1, y1]}
    remark: str | None = None
    candidates: tuple[Any, ...] = ()

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


@dataclass(frozen=True)
class Problem:
    """Why something could not be read: a stable code for programs, a plain sentence for people."""

    code: Literal[
        "not_our_form", "empty_form", "lost_text", "encrypted", "unsupported", "needs_scan", "too_big", "limits", "damaged",
        "unknown_version",
    ]  # fmt: skip
    words: str
    file: str = ""


@dataclass(frozen=True)
class Reading:
    """One returned form, or one file that held none: no answers and a problem."""

    files: tuple[str, ...]
    form_version: str | None
    how: How
    pages: int | None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def is_form(self) -> bool:
        """Whether our form was recognised, filled in or empty."""
        return self.form_version is not None

    @property
    def values(self) -> dict[str, Any]:
        """The values that may be used, by key: the sure ones."""
        return {key: answer.value for key, answer in self.answers.items() if answer.sure}

    def to_json(self) -> dict[str, Any]:
        """The object of `mailbot read --json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """The reading that `to_json` wrote."""
        return cls(
            files=tuple(data["files"]),
            form_version=data["form_version"],
            how=data["how"],
            pages=data["pages"],
            answers={
                key: Answer(**{**answer, "candidates": tuple(answer["candidates"])})
                for key, answer in data["answers"].items()
            },
            problems=tuple(Problem(**problem) for problem in data["problems"]),
        )
