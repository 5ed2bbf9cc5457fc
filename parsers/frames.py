"""Where each answer of a reading stands on the pages of a file, and in what colour it is framed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.reading import Answer, Reading

Rect = tuple[float, float, float, float]

#: What each colour says, the surest first.
COLOURS = {"sure": "green", "to check": "orange", "in conflict or lost": "red", "not answered": "grey"}
_LOST = 0.5  # below: what is proposed, if anything, is wrong more often than not


@dataclass(frozen=True)
class Frame:
    """A rectangle on a page, from 1, of the file of this name; in the measure of the reader that found it."""

    file: str
    page: int
    rect: Rect
    reader: str
    colour: str


def of(readings: Sequence[Reading], file: str) -> Iterator[Frame]:
    """The frames of what stands in a file, or in a file that is packed in it."""
    for reading in readings:
        for answer in reading.answers.values():
            for frame in _frames(answer, reading):
                if frame.file == file or frame.file.startswith(f"{file}/"):
                    yield frame


def _frames(answer: Answer, reading: Reading) -> Iterator[Frame]:
    """Around the answer, and around what else belongs to it: other boxes, the words beside them."""
    where = answer.where or {}
    file, colour = where.get("file", reading.files[0]), COLOURS[_state(answer)]
    for place in (where, *where.get("more", ())):
        if {"page", "rect"} <= place.keys():
            yield Frame(file, place["page"], tuple(place["rect"]), where["reader"], colour)


def _state(answer: Answer) -> str:
    if answer.confidence < _LOST:
        return "in conflict or lost"
    if not answer.sure:
        return "to check"
    return "sure" if answer.raw.strip() else "not answered"
