"""The lines of writing in a box of the form, each as a picture of nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.readers.blanks import SCALE, Grey
from parsers.readers.ink import grown
from parsers.readers.paper import Paper
from parsers.readers.plane import Rect

_INK = 200  # of an evenly lit page: a pen, also a thin one that the camera blurred
_SPECK = 4  # pixels; what is smaller is dirt on the glass
_STROKE = 20  # pixels; what is smaller is dirt too, unless it stands near a stroke: dots are small
_NEAR = 31  # pixels: across what is near
_RULE = 2, 40  # pixels wide at most and high at least: what is left of a printed frame, since no pen is that thin
OVER = 5.0  # points that writing may leave its box by
_HIGH = 1.7  # of the usual height: two lines that touch
_THIN = 0.4  # of the usual letter's height: no line but the tails of one, or the dots above it

Mask = NDArray[np.bool_]
Span = tuple[int, int]  # rows of pixels


@dataclass(frozen=True)
class Line:
    """One line of writing: its picture, and where it stands within what was looked at, in pixels."""

    picture: Grey
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Writing:
    """What is written in a box: its lines from the top, and how much ink there is, in square points."""

    lines: tuple[Line, ...]
    ink: float
    wide: int  # pixels: how long a line could be


def writing(paper: Paper, rect: Rect, *, one_line: bool) -> Writing:
    """What was written into a box of the form, with what reaches out of it."""
    zone = grown(rect, OVER)
    added = paper.added(zone, _INK)
    rows, columns = paper.pixels(zone)
    inner = paper.pixels(rect)
    inside = np.zeros(added.shape, np.bool_)
    inside[
        inner[0].start - rows.start : inner[0].stop - rows.start,
        inner[1].start - columns.start : inner[1].stop - columns.start,
    ] = True
    count, labels, stats = _parts(_bridged(added, paper.printed(zone)))
    within = np.bincount(labels[inside], minlength=count) * 2 >= stats[:, cv2.CC_STAT_AREA]
    ours = within & _strokes(labels, stats)
    ink = ours[labels] & added
    grey = np.where(paper.printed(zone) & (labels == 0), 255, paper.grey[rows, columns])
    spans = [(0, ink.shape[0])] if one_line else _spans(ink, stats[ours])
    lines = tuple(_lines(np.asarray(grey, np.uint8), labels, stats, ours, spans))
    return Writing(lines, float(ink.sum()) / SCALE**2, inner[1].stop - inner[1].start)


def _parts(ink: NDArray[np.uint8]) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """How many connected parts there are, the number of each pixel's, and the place and size of each."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    return count, np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def _strokes(labels: NDArray[np.int32], stats: NDArray[np.int32]) -> Mask:
    """Which connected parts are strokes or their dots, and not dirt; the first is the paper."""
    area = stats[:, cv2.CC_STAT_AREA]
    frame = (stats[:, cv2.CC_STAT_WIDTH] <= _RULE[0]) & (stats[:, cv2.CC_STAT_HEIGHT] >= _RULE[1])
    large = (area >= _STROKE) & ~frame
    large[0] = False
    if not ((area >= _SPECK) & ~large & ~frame)[1:].any():
        return np.asarray(large, np.bool_)
    near = cv2.dilate(large[labels].astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    beside = np.bincount(labels[near], minlength=len(area)) > 0
    found = large | (beside & (area >= _SPECK) & ~frame)
    found[0] = False
    return np.asarray(found, np.bool_)


def _bridged(added: Mask, printed: Mask) -> NDArray[np.uint8]:
    """Strokes that cross a printed line, which was taken out of them, are joined again."""
    closed = cv2.morphologyEx(added.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 3), np.uint8)) > 0
    return (added | (closed & printed)).astype(np.uint8)


def _lines(
    grey: Grey, labels: NDArray[np.int32], stats: NDArray[np.int32], ours: Mask, spans: list[Span]
) -> Iterator[Line]:
    """Each stroke belongs to the line that its middle stands on, so that tails of letters go with them."""
    parts = np.flatnonzero(ours)
    if not len(parts):
        return
    tops, highs = stats[parts, cv2.CC_STAT_TOP], stats[parts, cv2.CC_STAT_HEIGHT]
    middles = tops + highs / 2
    line_of = np.array([_nearest(spans, middle) for middle in middles])
    for number in range(len(spans)):
        mine = parts[line_of == number]
        if not len(mine):
            continue
        left, top = int(stats[mine, cv2.CC_STAT_LEFT].min()), int(stats[mine, cv2.CC_STAT_TOP].min())
        right = int((stats[mine, cv2.CC_STAT_LEFT] + stats[mine, cv2.CC_STAT_WIDTH]).max())
        bottom = int((stats[mine, cv2.CC_STAT_TOP] + stats[mine, cv2.CC_STAT_HEIGHT]).max())
        box = slice(top, bottom), slice(left, right)
        others = np.isin(labels[box], mine, invert=True) & (labels[box] > 0)
        alone = np.where(cv2.dilate(others.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, 255, grey[box])
        yield Line(np.asarray(alone, np.uint8), left, top, right, bottom)


def _nearest(spans: list[Span], row: float) -> int:
    return min(range(len(spans)), key=lambda n: max(spans[n][0] - row, row - spans[n][1], 0.0))


def _spans(ink: Mask, parts: NDArray[np.int32]) -> list[Span]:
    """The rows on which lines stand: where much ink is beside each other, and where letters stand by themselves."""
    across = cv2.GaussianBlur(ink.sum(axis=1).astype(np.float32)[:, None], (1, 7), 0)[:, 0]
    level = max(1.0, float(np.percentile(across[across > 0], 90)) * 0.1) if across.any() else 1.0
    thin = max(4.0, _THIN * float(np.percentile(parts[:, cv2.CC_STAT_HEIGHT], 75))) if len(parts) else 4.0
    full = [span for span in _runs(across > level) if span[1] - span[0] >= thin]
    if not full:
        return [(0, len(ink))]
    usual = float(np.median([stop - start for start, stop in full]))
    spans = [piece for span in full for piece in _split(across, span, usual)]
    return sorted([*spans, *_short(parts, spans, thin, len(ink))])


def _runs(on: Mask) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.r_[0, on, 0].astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _short(parts: NDArray[np.int32], spans: list[Span], thin: float, high: int) -> list[Span]:
    """Lines of so few letters that their ink is little: letters that stand apart from all other lines."""
    alone, near = np.zeros(high, np.bool_), thin / 2
    for top, tall in parts[:, [cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT]]:
        if tall >= thin and not any(start - near < top + tall and top < stop + near for start, stop in spans):
            alone[top : top + tall] = True
    return _runs(alone)


def _split(across: NDArray[np.float32], span: Span, usual: float) -> Iterator[Span]:
    """Where lines touch, they are parted at the rows with least ink."""
    begin, stop = span
    pieces = max(1, round((stop - begin) / usual)) if stop - begin > _HIGH * usual else 1
    pitch = (stop - begin) / pieces
    for number in range(1, pieces):
        guess, off = round(span[0] + number * pitch), max(1, round(pitch / 4))
        cut = guess - off + int(np.argmin(across[guess - off : guess + off + 1]))
        yield begin, cut
        begin = cut
    yield begin, stop
