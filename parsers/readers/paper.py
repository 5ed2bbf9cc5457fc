"""A page of the form as it lies on a picture, straightened, evenly lit and laid exactly upon its blank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.readers.blanks import PAGE, SCALE, Blank, Grey
from parsers.readers.plane import Rect
from parsers.readers.poses import Pose

POOR = 0.45  # of likeness to the blank: below, the pose is wrong (wrong ones 0.1 to 0.2, right ones over 0.6)
_DARK = 175  # a pen or a print; above, a shade
_PRINTED = 215  # where the blank may be dark once it has been printed and scanned
_PATCH = (60.0, 36.0)  # points: what is compared with the blank at a time
_REACH = 5.0  # points that paper may curl away from where its corners say
_TELLING = 25  # levels of grey: by less in one direction, a patch cannot be told from its neighbours
_LIKE = 0.5  # of a patch: it is where it seems to be


@dataclass(frozen=True)
class Paper:
    """A page of the blank, and the same page come back; both in pixels, `SCALE` to a point."""

    pose: Pose
    grey: Grey
    blank: Grey
    likeness: float  # of what is printed on both, from 0 to 1

    @property
    def page(self) -> int:
        return self.pose.page

    @property
    def poor(self) -> bool:
        return self.likeness < POOR

    def pixels(self, rect: Rect) -> tuple[slice, slice]:
        """The rows and columns of a rectangle of the blank."""
        left, bottom, right, top = rect
        x0, y0 = max(0, round(left * SCALE)), max(0, round((PAGE[1] - top) * SCALE))
        return slice(y0, max(y0 + 1, round((PAGE[1] - bottom) * SCALE))), slice(x0, max(x0 + 1, round(right * SCALE)))

    def seen(self, rect: Rect) -> Grey:
        """A rectangle of the page that came back."""
        return self.grey[self.pixels(rect)]

    def added(self, rect: Rect, level: int = _DARK) -> NDArray[np.bool_]:
        """What is dark in a rectangle, and is not so on the blank."""
        at = self.pixels(rect)
        return (self.grey[at] < level) & ~self._printed[at]

    def printed(self, rect: Rect) -> NDArray[np.bool_]:
        """Where the blank itself is dark in a rectangle."""
        return self._printed[self.pixels(rect)]

    @cached_property
    def _printed(self) -> NDArray[np.bool_]:
        # two pixels around each line: what a scanner spreads it to
        return cv2.dilate((self.blank < _PRINTED).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def laid(picture: Grey, pose: Pose, blank: Blank) -> Paper:
    """The page that lies so on a picture, straightened; it may be too unlike its blank to be used."""
    picture, matrix = _shrunk(picture, pose.matrix)
    template = blank.picture(pose.page)
    flat = _lit(_straight(picture, matrix, template.shape))
    soft = np.asarray(cv2.GaussianBlur(template, (0, 0), 1.0), np.uint8)
    anchors = np.array(list(_anchors(flat, soft)))
    likeness = float(np.median(anchors[:, 4])) if len(anchors) else 0.0
    if likeness >= POOR:
        flat = _smoothed(flat, anchors)
    return Paper(pose, flat, template, likeness)


def _shrunk(picture: Grey, matrix: NDArray[np.float64]) -> tuple[Grey, NDArray[np.float64]]:
    """A picture much finer than needed is made smaller first: straightening takes single pixels only."""
    across = cv2.perspectiveTransform(np.array([[(0, PAGE[1] / 2), (PAGE[0], PAGE[1] / 2)]]), matrix)[0]
    factor = SCALE * PAGE[0] / max(1.0, float(np.linalg.norm(across[1] - across[0])))
    if factor > 0.8:
        return picture, matrix
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.diag([factor, factor, 1.0]) @ matrix


def _straight(picture: Grey, matrix: NDArray[np.float64], shape: tuple[int, ...]) -> Grey:
    to_points = np.array([[1 / SCALE, 0, 0], [0, -1 / SCALE, PAGE[1]], [0, 0, 1]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (shape[1], shape[0])
    return np.asarray(cv2.warpPerspective(picture, matrix @ to_points, size, flags=flags, borderValue=255), np.uint8)


def _lit(page: Grey) -> Grey:
    """The page as if it were lit evenly: its own paper becomes white everywhere."""
    small = cv2.resize(page, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 15)
    light = np.maximum(cv2.resize(paper, (page.shape[1], page.shape[0])), 20)
    return np.asarray(cv2.divide(page, light, scale=255), np.uint8)


def _anchors(page: Grey, template: Grey) -> Iterator[tuple[float, float, float, float, float]]:
    """Patches of the blank found again: where each is, how far it moved, and how like it is; at half the size."""
    page, template = (_halved(one) for one in (page, template))
    wide, high = (round(side * SCALE / 2) for side in _PATCH)
    reach = round(_REACH * SCALE / 2)
    for y in range(reach, template.shape[0] - high - reach, high):
        for x in range(reach, template.shape[1] - wide - reach, wide):
            patch = template[y : y + high, x : x + wide]
            if min(np.ptp(patch.mean(axis=0)), np.ptp(patch.mean(axis=1))) < _TELLING:
                continue
            around = page[y - reach : y + high + reach, x - reach : x + wide + reach]
            like = np.asarray(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED), np.float32)
            _, most, _, (dx, dy) = cv2.minMaxLoc(like)
            fine_x, fine_y = _peak(like[dy], dx), _peak(like[:, dx], dy)
            yield 2 * x + wide, 2 * y + high, 2 * (fine_x - reach), 2 * (fine_y - reach), most


def _halved(page: Grey) -> Grey:
    return np.asarray(
        cv2.resize(page, (page.shape[1] // 2, page.shape[0] // 2), interpolation=cv2.INTER_AREA), np.uint8
    )


def _peak(like: NDArray[np.float32], at: int) -> float:
    """Where between the pixels the likeness is greatest: the top of a parabola through three of them."""
    if not 0 < at < len(like) - 1:
        return float(at)
    before, here, after = (float(one) for one in like[at - 1 : at + 2])
    bend = before - 2 * here + after
    return at + 0.5 * (before - after) / bend if bend < 0 else float(at)


def _smoothed(page: Grey, anchors: NDArray[np.float64]) -> Grey:
    """The page with its curl taken out, as far as what is printed on it tells."""
    good = anchors[anchors[:, 4] >= _LIKE]
    high, wide = page.shape
    if len(good) < 12 or np.abs(good[:, 2:4]).max() < 1:
        return page
    at, moved = _terms(good[:, 0] / wide, good[:, 1] / high), good[:, 2:4]
    weights = np.ones(len(good))
    for _ in range(4):  # patches that somebody wrote over move oddly
        bend, *_ = np.linalg.lstsq(at * weights[:, None], moved * weights[:, None], rcond=None)
        off = np.linalg.norm(at @ bend - moved, axis=1)
        weights = 1 / np.maximum(1.0, off)
    coarse_y, coarse_x = np.mgrid[0:high:16, 0:wide:16].astype(np.float64)
    shift = (_terms((coarse_x / wide).ravel(), (coarse_y / high).ravel()) @ bend).reshape(*coarse_x.shape, 2)
    size = coarse_x.shape[1] * 16, coarse_x.shape[0] * 16
    maps = [  # resizing takes the corner of a coarse cell for its middle, 7.5 pixels on
        cv2.resize((start + shift[..., axis] + 7.5).astype(np.float32), size)
        for axis, start in enumerate((coarse_x, coarse_y))
    ]
    return _remapped(page, maps)


def _remapped(page: Grey, maps: list[NDArray[np.float32]]) -> Grey:
    high, wide = page.shape
    x, y = (np.ascontiguousarray(one[:high, :wide]) for one in maps)
    return np.asarray(cv2.remap(page, x, y, cv2.INTER_LINEAR, borderValue=255), np.uint8)


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = 2 * x - 1, 2 * y - 1
    return np.column_stack([np.ones_like(x), x, y, x * y, x * x, y * y, x**3, y**3, x * x * y, x * y * y])
