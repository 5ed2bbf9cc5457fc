"""What was read beside what was meant: right, asked or silently wrong, answer by answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.forms.reading import Read
from bench.forms.returned import Returned, Row
from parsers import Form, Reading


@dataclass(frozen=True)
class Judged:
    """The keys of one form, by what came of them."""

    right: frozenset[str]
    asked: frozenset[str]
    silent: frozenset[str]


def judged(returned: Returned, readings: Sequence[Reading], form: Form) -> Judged:
    """Every answer of one form; where no form or more than one was found, all of them are asked."""
    found = [one for one in readings if one.is_form]
    answers = found[0].answers if len(found) == 1 else {}
    right, asked, silent = set(), set(), set()
    for key in (key for field in form.fields for key in field.keys):
        answer = answers.get(key)
        if answer is None or not answer.sure:
            asked.add(key)
        elif same(answer.value, returned.meant.get(key), layout=returned.layout):
            right.add(key)
        else:
            silent.add(key)
    # what the file cannot say is not counted, unless somebody was told that it was said
    return Judged(frozenset(right - returned.lost), frozenset(asked - returned.lost), frozenset(silent))


def same(one: Any, other: Any, *, layout: bool) -> bool:
    """Whether two values are the same; a tab is a space, and without `layout` white space does not count."""
    return bool(_bare(one, layout) == _bare(other, layout))


def _bare(value: Any, layout: bool) -> Any:
    if isinstance(value, dict):
        return {key: _bare(one, layout) for key, one in value.items()}
    if not isinstance(value, str):
        return value
    return value.replace("\t", " ") if layout else "".join(value.split())


def row(returned: Sequence[Returned], reads: Sequence[Read], form: Form) -> Row:
    """The figures of all forms that came back in one way."""
    first = returned[0]
    each = [judged(one, read.readings, form) for one, read in zip(returned, reads, strict=True)]
    silent = [key for one in each for key in sorted(one.silent)]
    misses = Counter(key for one in each for key in one.asked | one.silent)
    return Row(
        first.channel,
        first.tool,
        first.truth,
        first.geometry,
        documents=len(returned),
        answers=sum(len(one.right | one.asked | one.silent) for one in each),
        right=sum(len(one.right) for one in each),
        asked=sum(len(one.asked) for one in each),
        silent=len(silent),
        seconds=round(median(read.seconds for read in reads), 2),
        peak_mb=round(max(read.peak_mb for read in reads)),
        problems=tuple(sorted(_codes(reads))),
        misses=dict(misses.most_common()),
        silent_keys=tuple(dict.fromkeys(silent)),
    )


def _codes(reads: Iterable[Read]) -> set[str]:
    return {problem.code for read in reads for reading in read.readings for problem in reading.problems}
