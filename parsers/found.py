"""What one rung of the ladder found: a form and what stands in its controls; rungs are merged control by control."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rapidfuzz import fuzz

from parsers.answers import Controls, Written, answers
from parsers.form import Form
from parsers.match import NEAR
from parsers.reading import SURE, Answer, How, Problem, Reading
from parsers.value import DOUBTFUL
from parsers.write.controls import of_form

_EMPTY = Problem("empty_form", "This is our form, but nothing is filled in.")
_LOST = Problem(
    "lost_text", "Boxes are ticked but no words arrived; the program that saved this form may have lost them."
)
_MOST_LINES = 0.5  # of a form's lines to write on; a page or two of it may hold boxes alone
_CONFLICT = "the field and the page say different things"


@dataclass(frozen=True)
class Found:
    """A form as one reader saw it; `whole` where nothing of it can stand in what that reader does not look at."""

    form: Form
    controls: Controls
    how: How
    pages: int | None = None
    problems: tuple[Problem, ...] = ()
    whole: bool = True
    crops: Mapping[str, Callable[[], str]] = field(default_factory=dict)  # by answer key, what makes its picture
    others: tuple[Found, ...] = ()  # further forms in the same file: somebody scanned a pile

    @property
    def filled(self) -> bool:
        return any(not written.blank for written in self.controls.values())

    def over(self, lower: Found) -> Found:
        """Both as one, this rung the surer: the lower fills what is empty here; where they differ, both are shown."""
        if not self.filled or lower.form.version != self.form.version:
            return self if self.filled or not lower.filled else lower
        names = {**self.controls, **lower.controls}
        merged = {name: _either(self.controls.get(name), lower.controls.get(name)) for name in names}
        crops = {**lower.crops, **self.crops}
        return replace(self, controls=merged, pages=self.pages or lower.pages, crops=crops, others=lower.others)

    def saying(self, problem: Problem) -> Found:
        """The same with a problem that it and the others have."""
        others = tuple(other.saying(problem) for other in self.others)
        return replace(self, problems=(problem, *self.problems), others=others)

    def reading(self, today: date) -> Reading:
        """The answers to every question, and what is odd about the form as a whole."""
        read = answers(self.form, self.controls, today)
        found = {key: self._with_crop(key, answer) for key, answer in read.items()}
        problems = (*self.problems, *self._oddities(found.values()))
        return Reading((), self.form.version, self.how, self.pages, found, problems)

    def _with_crop(self, key: str, answer: Answer) -> Answer:
        """What a person must confirm, with a picture of where it stands."""
        looked_at = not answer.sure and "page" in (answer.where or {})
        return replace(answer, crop=self.crops[key]()) if looked_at and key in self.crops else answer

    def _oddities(self, found: Iterable[Answer]) -> tuple[Problem, ...]:
        if all(answer.value is None and not answer.raw for answer in found):
            # of a file that was cut off nobody can say that it was empty
            return () if any(one.code == "damaged" for one in self.problems) else (_EMPTY,)
        lines = {control.name for control in of_form(self.form) if control.kind in ("line", "box")}
        seen = [written for name, written in self.controls.items() if name in lines and _seen(written)]
        lost = len(seen) >= _MOST_LINES * len(lines) and all(written.blank for written in seen)
        return (_LOST,) if lost else ()


def _either(upper: Written | None, lower: Written | None) -> Written:
    if upper is None or lower is None or not _seen(lower):
        found = upper or lower
        assert found is not None
        return found
    if upper.blank:
        return upper if lower.blank and lower.confidence >= upper.confidence else lower
    if lower.blank or _agree(upper, lower):
        return upper
    both = tuple(dict.fromkeys(text for one in (upper, lower) for text in one.candidates or (one.text,)))
    return Written("", DOUBTFUL, _CONFLICT, upper.where, both)


def _seen(written: Written) -> bool:
    """Whether a reader by position had the page before it where this should stand."""
    return written.where is None or "page" in written.where or not written.blank


def _agree(upper: Written, lower: Written) -> bool:
    one, other = _bare(upper), _bare(lower)
    # letters that a page spoils are no other answer
    return one == other or (lower.confidence < SURE and fuzz.ratio("".join(one), "".join(other)) >= NEAR)


def _bare(written: Written) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", "", text) for text in written.candidates or (written.text,))
