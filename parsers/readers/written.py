"""What stands in a box for words, on paper: print that is read surely, or handwriting that a person must confirm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.answers import Written
from parsers.readers.lines import Line, Writing
from parsers.readers.lookalikes import fitted
from parsers.readers.recognition import recognised, recognised_again
from parsers.readers.signs import commas
from parsers.readers.typeface import likeness
from parsers.value import DOUBTFUL, UNSURE

PRINTED = 0.96  # how often a line is right that looks like its own print drawn again, and that the engine is sure of
LEGIBLE = 0.85  # a date or number in handwriting that is valid: never enough to be used by itself
SUGGESTED = 0.5
_EMPTY, _FAINT = 1.5, 6.0  # square points of ink: none, and perhaps a mark
# Measured: print is like its own at 0.85 and more also on a fax, handwriting at 0.5 and less.
_LIKE, _PART = 0.75, 0.6
# How sure the engine must be: of a line like its print and of one very like it; small signs look alike in any.
_SCORE, _CLEAR_SCORE, _CLEAR, _PLAIN_SCORE = 0.98, 0.95, 0.9, 0.9
_HARD = 0.93  # handwriting that the engine is less sure of is looked at once more
_SMALL_SIGNS = re.compile(r"[.,:;'’`·]")

HANDWRITTEN = "handwritten: a person must check it"
_MISREAD = "a letter may have been misread"
_MARK = "there may be a mark here"
_ILLEGIBLE = "something is written here that could not be read"


@dataclass(frozen=True)
class _Read:
    line: Line
    text: str
    score: float
    like: float  # its print, as a whole
    part: float  # and where it is least like it
    plain: bool = True  # none of its signs may be another

    @property
    def sure(self) -> bool:
        needed = _SCORE
        if min(self.like, self.part + 0.1) >= _CLEAR:
            needed = _CLEAR_SCORE if _SMALL_SIGNS.search(self.text) else _PLAIN_SCORE
        return self.plain and self.score >= needed and self.like >= _LIKE and self.part >= _PART


def read(writings: Mapping[str, Writing], checked: Mapping[str, str]) -> dict[str, Written]:
    """The words of each box of a page; `checked` are those whose type knows a wrong one when it sees it, with it."""
    lines = [(name, line) for name, writing in writings.items() if writing.ink > _EMPTY for line in writing.lines]
    texts = [recognised(line.picture) for _, line in lines]
    alike = likeness([(text, line.picture) for (_, line), (text, _) in zip(lines, texts, strict=True)])
    found: dict[str, list[_Read]] = {}
    for (name, line), (text, score), like in zip(lines, texts, alike, strict=True):
        if text:
            found.setdefault(name, []).append(_again(_signed(_Read(line, text, score, *like))))
    return {name: _box(one, found.get(name, []), checked.get(name)) for name, one in writings.items()}


def _signed(read: _Read) -> _Read:
    """With its commas looked at once more, if it would else be sure."""
    if not read.sure:
        return read
    text, doubtful = commas(read.text, read.line.picture)
    return replace(read, text=text, plain=not doubtful)


def _again(read: _Read) -> _Read:
    """Handwriting that is hard to read, looked at once more; it is a suggestion all the same."""
    if read.like >= _LIKE or read.score >= _HARD:
        return read
    text, score = recognised_again(read.line.picture)
    return replace(read, text=text, score=score) if text else read


def _box(writing: Writing, found: list[_Read], checked: str | None) -> Written:
    if writing.ink <= _EMPTY:
        return Written("", PRINTED)
    if not found:
        return Written("", *((UNSURE, _MARK) if writing.ink < _FAINT else (DOUBTFUL, _ILLEGIBLE)))
    text = _joined(found, writing.wide)
    if all(line.sure for line in found) and len(found) == len(writing.lines):
        return Written(text, PRINTED)
    if min(line.like for line in found) >= _LIKE:
        return Written(text, UNSURE, _MISREAD)
    return Written(fitted(text, checked), LEGIBLE if checked else SUGGESTED, HANDWRITTEN)


def _joined(found: Sequence[_Read], wide: int) -> str:
    """The lines as one text: a new line where the next word would still have fitted; else the line was wrapped."""
    text = found[0].text
    for last, this in pairwise(found):
        high = last.line.bottom - last.line.top
        if this.line.top - last.line.bottom > high:
            text += "\n\n"
        else:
            first = this.text.split(" ", 1)[0]
            needed = (this.line.right - this.line.left) * len(first) / len(this.text)
            text += "\n" if last.line.right + high / 2 + needed < wide else " "
        text += this.text
    return text
