"""Files that hold pages of a form -> whole forms: photos, or scans of a few pages each, in any order.

Another person's pages stay apart. Where it cannot be told whose a page is, all that it may belong to is in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers import alike
from parsers.reading import SURE, Answer, Problem, Reading, pages_missing
from parsers.value import DOUBTFUL

# What is said of some pages may be wrong of the whole.
_OF_PAGES = {"pages_missing", "empty_form", "lost_text"}
_MIXED = Problem(
    "mixed",
    "Pages of more than one form are here, and it cannot be told which belong together; a person must say.",
)
_REMARK = "it cannot be told whose page this is"


def joined(readings: Sequence[Reading]) -> list[Reading]:
    """These readings, with the pages of one form as one of them, in the place of the first."""
    forms: list[_Gathered] = []
    for reading in readings:
        form = _taking(forms, reading) if _missing(reading) else None
        if form:
            form.add(reading)
        else:
            forms.append(_Gathered(reading, _repeated(forms, reading) if _missing(reading) else None))
    for form in forms:
        if form.repeats:  # not one page of its own: it was sent twice
            form.repeats.add(form.reading)
    return [_mixed(form.reading) if form.mixed else form.reading for form in forms if not form.repeats]


@dataclass
class _Gathered:
    """A form of which pages have been found; `repeats` another as long as it has only the same pages.

    A referrer's first page may be the same for two people, so a page that is here twice may begin a form.
    """

    reading: Reading
    repeats: _Gathered | None = None
    mixed: bool = False

    def add(self, part: Reading) -> None:
        if self.repeats and not _repeats(self.repeats, part):
            self.repeats = None
        self.reading = _with(self.reading, part)


def _taking(forms: Sequence[_Gathered], part: Reading) -> _Gathered | None:
    """The form that lacks these pages; where several do, it cannot be told whose they are."""
    lacking = [
        form
        for form in forms
        if form.reading.form_version == part.form_version and not _seen(form.reading) & _seen(part)
    ]
    own = [form for form in lacking if not form.repeats]
    for form in own if len(own) > 1 else ():
        form.mixed = True
    return next(reversed(own or lacking), None)


def _repeated(forms: Sequence[_Gathered], part: Reading) -> _Gathered | None:
    return next((form for form in reversed(forms) if not form.repeats and _repeats(form, part)), None)


def _repeats(form: _Gathered, part: Reading) -> bool:
    both = _seen(form.reading) & _seen(part)
    return form.reading.form_version == part.form_version and bool(both) and alike.mostly(form.reading, part, both)


def _missing(reading: Reading) -> set[int]:
    return {page for problem in reading.problems if problem.code == "pages_missing" for page in problem.pages}


def _seen(reading: Reading) -> set[str]:
    """The questions whose place has been seen; of a file without pages, all of them."""
    return {key for key, answer in reading.answers.items() if answer.where and (answer.sure or "page" in answer.where)}


def _with(form: Reading, part: Reading) -> Reading:
    """One form with more of its pages."""
    here, there, mine, theirs = alike.placed(form), alike.placed(part), _seen(form), _seen(part)
    missing = _missing(form) & _missing(part)
    others = [problem for problem in (*form.problems, *part.problems) if problem.code not in _OF_PAGES]
    return replace(
        form,
        files=tuple(dict.fromkeys((*form.files, *part.files))),
        how=form.how if form.how == part.how else "scan",
        pages=(form.pages or 0) + (part.pages or 0) or None,
        answers={
            **here,
            **{key: there[key] for key in theirs - mine},
            **{key: _twice(here[key], there[key]) for key in theirs & mine},
        },
        problems=(*([pages_missing(missing)] if missing else ()), *dict.fromkeys(others)),
    )


def _twice(one: Answer, other: Answer) -> Answer:
    """What stands on a page that is here twice."""
    surer, less = (one, other) if one.confidence >= other.confidence else (other, one)
    filled = [answer for answer in (surer, less) if answer.raw.strip()]
    if len(filled) == 1:
        return alike.doubted(filled[0], "this page is here twice, once without this answer")
    if not filled or one.value == other.value or (less.confidence < SURE and alike.same(one, other)):
        return surer
    said = tuple(value for answer in (one, other) for value in (answer.candidates or (alike.said(answer),)))
    remark = "this page is here twice, with different answers"
    return Answer(None, f"{one.raw} / {other.raw}", DOUBTFUL, one.where, remark, said)


def _mixed(reading: Reading) -> Reading:
    answers = {key: alike.doubted(one, _REMARK) if one.raw else one for key, one in reading.answers.items()}
    return replace(reading, answers=answers, problems=(*reading.problems, _MIXED))
