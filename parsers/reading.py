"""What reading gives: answers with where they stood and how sure they are, and problems in plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from parsers.form import Field, Form

How = Literal["acroform", "flat", "word", "scan", "text", "other"]

#: Answers from this confidence on may be used; below it they are shown to a person.
SURE = 0.9


@dataclass(frozen=True)
class File:
    """A file to read: its name as sent (never trusted) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Answer:
    """One field's answer: value by type, the words as written, how often such an answer is right (0 to 1)."""

    value: Any
    raw: str
    confidence: float
    where: dict[str, Any] | None = None  # {"reader": ..., "page": 1-based, "rect": [x0, y0, x1, y1]}
    remark: str | None = None
    candidates: tuple[Any, ...] = ()
    crop: str | None = None  # what stands there, as a PNG in base64, for a person to confirm it by

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


Code = Literal[
    "not_our_form", "empty_form", "lost_text", "encrypted", "unsupported", "needs_scan", "too_big", "limits",
    "damaged", "unknown_version", "pages_missing", "copies", "mixed",
]  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Why something could not be read: a stable code for programs, a plain sentence for people."""

    code: Code
    words: str
    file: str = ""
    pages: tuple[int, ...] = ()  # of the form, where it speaks of some


def pages_missing(pages: Collection[int]) -> Problem:
    """That these pages of the form were not found."""
    return Problem(
        "pages_missing", f"{pages_of(pages)} missing; please send the whole form.", pages=tuple(sorted(pages))
    )


def pages_of(pages: Collection[int]) -> str:
    """What a sentence about these pages begins with: `Pages 2, 3 of this form are`."""
    listed = ", ".join(map(str, sorted(pages)))
    return f"Page {listed} of this form is" if len(pages) == 1 else f"Pages {listed} of this form are"


class Unreadable(Exception):  # noqa: N818 - says what the file is, not that something went wrong here
    """A file that holds nothing we can read; raised by readers, turned into a Problem by the ladder."""

    def __init__(self, code: Code, words: str) -> None:
        super().__init__(words)
        self.code: Code = code
        self.words = words


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

    def unanswered(self, form: Form) -> tuple[Field, ...]:
        """The needed questions with no answer at all; of a matrix, where one row has none.

        A question whose answer seems to have been lost on its way is unclear instead.
        """
        return tuple(field for field in form.missing(self.values) if any(self._left_out(key) for key in field.keys))

    def unclear(self, form: Form) -> tuple[Field, ...]:
        """The questions where what is written cannot be used as it stands: ask, or let a person look.

        Words that are the answer themselves, such as "about 2 weeks ago", are neither unclear nor unanswered.
        """
        missing = form.missing(self.values)
        return tuple(
            field for field in form.fields if any(self._unclear(key, needed=field in missing) for key in field.keys)
        )

    def _written(self, key: str) -> bool:
        answer = self.answers.get(key)
        return answer is not None and (answer.value is not None or bool(answer.raw.strip()))

    def _left_out(self, key: str) -> bool:
        return not self._written(key) and not self._lost(key)

    def _lost(self, key: str) -> bool:
        # it is known where the answer should be, and that it may have been there
        answer = self.answers.get(key)
        return answer is not None and answer.where is not None and not answer.sure

    def _unclear(self, key: str, *, needed: bool) -> bool:
        # needed, sure, and yet missing: words stand there, but the choice or tick beside them does not
        answer = self.answers.get(key)
        if answer is None:
            return False
        if not self._written(key):
            return needed and self._lost(key)
        return not answer.sure or (needed and isinstance(answer.value, dict))

    def to_json(self) -> dict[str, Any]:
        """Everything, for keeping; `from_json` reads it back."""
        return asdict(self)

    def shown(self) -> dict[str, Any]:
        """The object of `mailbot read --json`."""
        data = asdict(self)
        for answer in data["answers"].values():
            del answer["crop"]
        return data

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
            problems=tuple(
                Problem(**{**problem, "pages": tuple(problem.get("pages", ()))}) for problem in data["problems"]
            ),
        )
