"""One file per way a form comes back: a reader gives a Reading, None (not for it), or raises Unreadable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from parsers.answers import Controls, answers
from parsers.form import Form
from parsers.limits import Limits
from parsers.reading import Answer, How, Problem, Reading
from parsers.write.controls import of_form


@dataclass(frozen=True)
class Source:
    """A file to read, and what it is read by."""

    data: bytes
    forms: Sequence[Form]
    limits: Limits
    today: date


Reader = Callable[[Source], Reading | None]

_EMPTY = Problem("empty_form", "This is our form, but nothing is filled in.")
_LOST = Problem(
    "lost_text", "Boxes are ticked but no words arrived; the program that saved this form may have lost them."
)


def returned(source: Source, form: Form, controls: Controls, how: How, pages: int | None = None) -> Reading:
    """The reading of a form of which every control has been read."""
    found = answers(form, controls, source.today)
    return Reading((), form.version, how, pages, found, _problems(form, found, controls))


def _problems(form: Form, found: dict[str, Answer], controls: Controls) -> tuple[Problem, ...]:
    if all(answer.value is None and not answer.raw for answer in found.values()):
        return (_EMPTY,)
    lines = {control.name for control in of_form(form) if control.kind in ("line", "box")}
    return () if any(name in lines and not controls[name].blank for name in controls) else (_LOST,)
