"""Which pages of a form are seen on a picture, and exactly how each lies: a photo has perspective, which print has not.

The code says which page; the four marks say how it lies. Where either is gone, what is printed on the blank is looked
for instead (SIFT). Three marks are never trusted: every wrong pose ever seen came from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from parsers.readers.blanks import PAGE, Blank, Grey
from parsers.write import landmarks
from parsers.write.landmarks import MM

Matrix = NDArray[np.float64]
Points = NDArray[np.float32]

_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_MOST_OFF = 9.0  # points, of the code from where the marks say it is: it is small, and paper curls
_REACH_FIRST, _REACH = 0.15, 0.2  # of the way from the code: how far perspective may have moved a mark
_TRIED = 3
_FEATURES, _SIDE = 3000, 1200  # in a picture of at most so many pixels
_NEAR = 0.8  # Lowe's ratio
_ENOUGH = 40  # features that agree on one pose: hundreds where it is right, fewer than 30 by chance


@dataclass(frozen=True)
class Pose:
    """A page of a version as it lies on a picture; `matrix` takes points of the blank to pixels."""

    version: str
    page: int
    matrix: Matrix


@dataclass(frozen=True)
class Code:
    """A page's code seen on a picture, with its corners from the lower left on."""

    version: str
    page: int
    corners: Points


def codes(picture: Grey) -> list[Code]:
    """Every page's code on this picture; small and large ones are looked for at another size."""
    for factor in (1.0, 0.5, 2.0):
        if max(picture.shape) * factor > 6000:
            continue
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        sized = picture if factor == 1 else cv2.resize(picture, None, fx=factor, fy=factor, interpolation=way)
        if found := list(_codes(np.ascontiguousarray(sized), factor)):
            return found
    return []


def _codes(picture: Grey, factor: float) -> Iterator[Code]:
    for found in zxingcpp.read_barcodes(picture, formats=_CODES):
        if says := landmarks.page_of(found.text):
            at = found.position
            corners = [
                (c.x / factor, c.y / factor) for c in (at.bottom_left, at.bottom_right, at.top_right, at.top_left)
            ]
            yield Code(*says, np.array(corners, np.float32))


def by_marks(picture: Grey, code: Code) -> Iterator[Pose]:
    """The poses that four marks around a code may mean, the likeliest first; none where one mark is not seen."""
    home = _corners(landmarks.code(*PAGE))
    middles = np.array([_corners(square).mean(axis=0) for square in landmarks.marks(*PAGE)], np.float32)
    far = np.linalg.norm(middles - home.mean(axis=0), axis=1)
    here, there = [*home], [*code.corners]
    seen: dict[int, list[Points]] = {}
    for number in (int(one) for one in np.argsort(far)):
        rough = cv2.estimateAffine2D(np.array(here), np.array(there), ransacReprojThreshold=50)[0]
        if np.size(rough) != 6:  # none fits
            return
        scale = float(np.sqrt(abs(np.linalg.det(rough[:, :2]))))
        reach = max(8 * MM, far[number] * (_REACH if seen else _REACH_FIRST)) * scale
        seen[number] = _marks(picture, rough @ [*middles[number], 1], landmarks.MARK * scale, reach)
        if not seen[number]:
            return
        # the marks are far apart, so they count more than the corners of the code
        here, there = here + [middles[number]] * 4, there + [seen[number][0]] * 4
    poses = []
    for chosen in product(*(seen[number] for number in range(4))):
        matrix = np.asarray(cv2.getPerspectiveTransform(middles, np.array(chosen, np.float32)), np.float64)
        astray = float(np.linalg.norm(_mapped(home, matrix) - code.corners, axis=1).max()) / scale
        if astray < _MOST_OFF:
            poses.append((astray, Pose(code.version, code.page, matrix)))
    yield from (pose for _, pose in sorted(poses, key=lambda one: one[0])[:_TRIED])


def _corners(square: landmarks.Square) -> Points:
    left, bottom, side = square
    return np.array([(left + x, bottom + y) for x, y in ((0, 0), (side, 0), (side, side), (0, side))], np.float32)


def _mapped(points: Points, matrix: Matrix) -> Points:
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float32)


def _marks(picture: Grey, guess: Points, side: float, reach: float) -> list[Points]:
    """The middles of the black squares of about this side, nearest to where it should be first."""
    left, top = (max(0, int(v - reach)) for v in guess)
    window = picture[top : max(0, int(guess[1] + reach)), left : max(0, int(guess[0] + reach))]
    if min(window.shape) < side:
        return []
    soft = np.asarray(cv2.GaussianBlur(window, (3, 3), 0), np.uint8)
    found: list[tuple[float, Points]] = []
    for black in _blacks(soft, side):
        _, _, stats, middles = cv2.connectedComponentsWithStats(black)
        for number in _of_size(np.asarray(stats, np.int32), side):
            if _is_square(soft, stats[number], side):
                middle = np.asarray(middles[number], np.float32) + np.array([left + 0.5, top + 0.5], np.float32)
                size = float(np.sqrt(stats[number][cv2.CC_STAT_AREA]))
                off = float(np.linalg.norm(middle - guess)) + 2 * abs(size - side)
                if all(np.linalg.norm(middle - other) > side / 2 for _, other in found):
                    found.append((off, np.asarray(middle, np.float32)))
    return [middle for _, middle in sorted(found, key=lambda one: one[0])[:_TRIED]]


def _of_size(stats: NDArray[np.int32], side: float) -> NDArray[np.intp]:
    """Which connected parts are about as wide and high as a mark, at once: the print around has hundreds of others."""
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    fits = np.all((0.5 * side < sides) & (sides < 1.9 * side), axis=1)
    return np.flatnonzero(fits)[1 if fits[0] else 0 :]  # the first is the paper


def _blacks(window: Grey, side: float) -> Iterator[Grey]:
    """What is black in a window: beside what is around it, and by one level for all of it."""
    near = int(side * 4) | 1
    yield np.asarray(
        cv2.adaptiveThreshold(window, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, near, 12), np.uint8
    )
    yield np.asarray(cv2.threshold(window, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1], np.uint8)


def _is_square(window: Grey, stats: NDArray[np.int32], side: float) -> bool:
    left, top, wide, high, area = (int(v) for v in stats)
    if not 0.6 < wide / high < 1.65:
        return False
    if area < 0.62 * wide * high or area < 0.35 * side * side:
        return False
    rim = max(2, int(side * 0.35))
    around = window[max(0, top - rim) : top + high + rim, max(0, left - rim) : left + wide + rim]
    inside = window[top + high // 4 : top + high - high // 4, left + wide // 4 : left + wide - wide // 4]
    return bool(inside.size) and float(np.percentile(around, 90) - inside.mean()) >= 25


def by_features(picture: Grey, blanks: Iterable[tuple[Blank, int]]) -> Pose | None:
    """The pose of the page, of these, whose print is seen best on the picture; None where none is."""
    factor = min(1.0, _SIDE / max(picture.shape))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    there, descriptions = cv2.SIFT.create(_FEATURES).detectAndCompute(small, None)
    if not there:
        return None
    best: tuple[int, Pose] | None = None
    for blank, page in blanks:
        here, known = blank.features(page)
        pairs = cv2.BFMatcher().knnMatch(known, descriptions, k=2)
        good = [one[0] for one in pairs if len(one) == 2 and one[0].distance < _NEAR * one[1].distance]
        if len(good) < _ENOUGH:
            continue
        seen = np.array([there[match.trainIdx].pt for match in good], np.float32) / factor
        # plain RANSAC: measured, OpenCV's newer ways (USAC) miss every second page
        matrix, agree = cv2.findHomography(here[[m.queryIdx for m in good]], seen, cv2.RANSAC, 4 / factor)
        if matrix is not None and (count := int(agree.sum())) >= max(_ENOUGH, best[0] if best else 0):
            best = count, Pose(blank.form.version, page, np.asarray(matrix, np.float64))
    return best[1] if best else None
