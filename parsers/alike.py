"""Whether two answers, or two readings of one page, say the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import fuzz

from parsers.plain import plain
from parsers.reading import Answer, Reading
from parsers.value import UNSURE

_ALIKE = 60.0  # of 100: two readings of one handwritten word are seldom less alike, two people's words seldom more
_MOSTLY = 0.8  # of the answers


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same, or, where one is in doubt, may be readings of the same words."""
    if one.value is not None and one.value == other.value:
        return True
    if one.sure and other.sure:
        return plain(one.raw) == plain(other.raw)
    return fuzz.ratio(plain(one.raw), plain(other.raw)) >= _ALIKE


def mostly(one: Reading, other: Reading, keys: Iterable[str]) -> bool:
    """Whether what both say to these questions is mostly the same; two empty pages are."""
    pairs = [(one.answers[key], other.answers[key]) for key in keys]
    answered = [(a, b) for a, b in pairs if a.raw.strip() or b.raw.strip()]
    return sum(same(a, b) for a, b in answered) >= _MOSTLY * len(answered)


def said(answer: Answer) -> object:
    """What an answer is as a candidate: its value, or its words where they are the answer."""
    return answer.raw if answer.value is None else answer.value


def doubted(answer: Answer, remark: str) -> Answer:
    """The same answer, to be looked at by a person."""
    return replace(answer, confidence=min(answer.confidence, UNSURE), remark=remark)


def placed(reading: Reading) -> dict[str, Answer]:
    """The answers, each with the file that it stood in."""
    if len(reading.files) != 1:
        return dict(reading.answers)
    file = {"file": reading.files[0]}
    return {
        key: replace(answer, where={**file, **answer.where}) if answer.where else answer
        for key, answer in reading.answers.items()
    }
