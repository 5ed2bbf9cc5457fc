"""Boxes on paper: which of them somebody marked, and whether there is ink beside them that may mean something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.answers import Written
from parsers.readers.blanks import SCALE
from parsers.readers.ink import grown
from parsers.readers.layout import Box
from parsers.readers.paper import Paper
from parsers.readers.plane import Rect
from parsers.value import DOUBTFUL, UNSURE

MARKED = 0.98  # how often a mark, or its absence, is what it seems to be
_INK = 185
_SPECK = 4  # pixels
# Square points of ink in a box: measured, a mark has 5 or more, an empty box less than 1.
_TICKED, _EMPTY = 3.0, 1.5
_BESIDE = 4.0  # square points of ink beside the boxes: more than dirt, as much as a small word
_REACH = 16.0  # points that a mark may leave its box by
_MARGIN = 6.0  # points around the boxes of a page
_LABEL_END = 545.0  # points: where the labels of the last column end
_TWO = "more than one of these is marked"
_FAINT = "there may be a mark in a box"
_STRAY = "something is written beside the boxes"

#: what is said of boxes that a person must look at
DOUBTS = (_TWO, _FAINT, _STRAY)


@dataclass(frozen=True)
class Stroke:
    """A connected piece of ink on a page: its rectangle in points of the blank, and its square points."""

    rect: Rect
    ink: float


def strays(paper: Paper, every: Sequence[Box]) -> list[Stroke]:
    """Every larger piece of ink among the boxes and words of a page that is no part of a mark in one of them."""
    if not every:
        return []
    marked = [grown(box.rect, _REACH) for box in every if _ink(paper, box.rect) >= _TICKED]
    left, bottom, _, top = zip(*(box.rect for box in every), strict=True)
    # beyond them lie the code, the marks, and what the page lies on
    among = grown((min(left), min(bottom), _LABEL_END, max(top)), _MARGIN)
    return [one for one in _strokes(paper, among) if not any(_within(one.rect, rect) for rect in marked)]


def _strokes(paper: Paper, rect: Rect) -> Iterator[Stroke]:
    added, printed = (_halved(mask) for mask in (paper.added(rect, _INK), paper.printed(rect)))
    closed = np.asarray(cv2.morphologyEx(added, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(added | (closed & printed))
    scale = SCALE / 2
    for left, top, wide, high, area in stats[1:]:
        if area >= _BESIDE * scale**2:
            x, y = rect[0] + left / scale, rect[3] - top / scale
            yield Stroke((x, y - high / scale, x + wide / scale, y), area / scale**2)


def _halved(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    size = mask.shape[1] // 2, mask.shape[0] // 2
    return (cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 120).astype(np.uint8)


def read(paper: Paper, boxes: tuple[Box, ...], beside: Iterable[Stroke], ends: Mapping[Rect, float]) -> Written:
    """Which of a question's boxes is marked; whatever is odd about it goes to a person."""
    ink = {box.state: _ink(paper, box.rect) for box in boxes}
    ticked = tuple(state for state, much in ink.items() if much >= _TICKED)
    if len(ticked) > 1:
        return Written("", DOUBTFUL, _TWO, candidates=ticked)
    on = ticked[0] if ticked else ""
    if any(_EMPTY < much < _TICKED for much in ink.values()):
        return Written(on, UNSURE, _FAINT)
    if any(_meets(stroke.rect, _with_label(box.rect, ends)) for stroke in beside for box in boxes):
        return Written(on, UNSURE, _STRAY)
    return Written(on, MARKED)


def _ink(paper: Paper, rect: Rect) -> float:
    added = paper.added(rect, _INK).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(added)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return float(areas[areas >= _SPECK].sum()) / SCALE**2


def _with_label(rect: Rect, ends: Mapping[Rect, float]) -> Rect:
    return rect[0] - 2, rect[1] + 1, ends.get(rect, _LABEL_END), rect[3] - 1


def label_ends(boxes: Iterable[Box]) -> dict[Rect, float]:
    """Where the words beside each box of a page end at most: at the next box of its row."""
    rects = [box.rect for box in boxes]
    return {
        rect: min((o[0] - 4 for o in rects if o[0] > rect[2] and abs(o[1] - rect[1]) < 5), default=_LABEL_END)
        for rect in rects
    }


def _within(inner: Rect, outer: Rect) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _meets(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
