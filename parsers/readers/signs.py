"""Comma or full stop: an engine takes one for the other on faxes, so a printed line is drawn with each and compared."""

from __future__ import annotations

import re

import cv2
import numpy as np

from parsers.readers.blanks import Grey
from parsers.readers.typeface import DARK, crops, drawn, tight

_HIGH, _SOFT = 96, 1.8  # pixels: the height at which both are compared, and how much both are blurred
_AROUND, _ASTRAY = 27, 9  # pixels beside the sign that are compared too; how far it may lie from where it is drawn
# Grey levels squared. Measured on faxes and black-and-white scans: a comma never loses to a full stop by more than 320.
_DOUBTFUL, _CERTAIN = 60, 350
_DIFFERS = 100


def commas(words: str, picture: Grey) -> tuple[str, bool]:
    """A line with those commas that are plainly full stops put right, and whether another one may be a full stop."""
    places = [found.start() for found in re.finditer(",", words)]
    others = [f"{words[:place]}.{words[place + 1 :]}" for place in places]
    as_read, *stopped = drawn([words, *others])
    doubtful = False
    for place, other in zip(places, stopped, strict=True):
        better = 0.0 if as_read is None or other is None else _better(picture, as_read, other)
        if better > _CERTAIN:
            words = f"{words[:place]}.{words[place + 1 :]}"
        doubtful |= _DOUBTFUL < better <= _CERTAIN
    return words, doubtful


def _better(seen: Grey, as_read: Grey, other: Grey) -> float:
    """By how much the other drawing lies nearer to what was seen, where the two differ."""
    high = min(len(as_read), len(other))
    differ = np.abs(as_read[:high].astype(np.int16) - other[:high]) > _DIFFERS
    columns = np.flatnonzero(differ.any(axis=0))
    if not len(columns):
        return 0.0
    span = int(columns[0]), int(columns[-1])
    return _misfit(seen, as_read, span) - _misfit(seen, other, span)


def _misfit(seen: Grey, model: Grey, span: tuple[int, int]) -> float:
    """The least mean squared difference around these columns of the drawing, wherever the line was cut."""
    shape = tight(model)
    if shape is None:
        return float("inf")
    wide = round(shape.shape[1] * _HIGH / shape.shape[0])
    begin = int(np.flatnonzero((model < DARK).any(axis=0))[0])
    left, right = (int((column - begin) / shape.shape[1] * wide) for column in span)
    left, right = max(0, left - _AROUND), min(wide, right + 1 + _AROUND)
    drawing = _soft(shape, wide)[:, left:right]
    return min((_least(_soft(crop, wide), drawing, left, right) for crop in crops(seen)), default=float("inf"))


def _least(line: Grey, drawing: Grey, left: int, right: int) -> float:
    framed = cv2.copyMakeBorder(line, *(_ASTRAY,) * 4, cv2.BORDER_CONSTANT, value=(255,))
    found = cv2.matchTemplate(framed[:, left : right + 2 * _ASTRAY], drawing, cv2.TM_SQDIFF)
    return float(found.min()) / drawing.size


def _soft(picture: Grey, wide: int) -> Grey:
    smaller = len(picture) > _HIGH
    sized = cv2.resize(picture, (wide, _HIGH), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(sized, (0, 0), _SOFT), np.uint8)
