"""Which pages of a form stand on a sheet, and exactly where: the code tells roughly, the four marks tell it well."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import zxingcpp
from PIL.Image import Image

from parsers.readers.plane import Map, Point, distance, fitted, mean
from parsers.write import landmarks

_A4 = 210 * landmarks.MM, 297 * landmarks.MM
_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_DARK = 128
_FEWEST = 3  # marks; something may lie on one of them
_MOST_OFF = 1.0  # points, of a mark from where the other marks say it is
_CODE_OFF = 6.0  # points; the code's corners are found less well


@dataclass(frozen=True)
class Spot:
    """A page of a form on a sheet; `pose` takes points of the blank to pixels, None where two marks are not seen."""

    version: str
    page: int
    pose: Map | None


def spots(image: Image) -> Iterator[Spot]:
    """Every page of a form on this picture of a sheet."""
    for found in zxingcpp.read_barcodes(image, formats=_CODES):
        says = landmarks.page_of(found.text)
        if says:
            at = found.position
            corners = (at.bottom_left, at.bottom_right, at.top_right, at.top_left)
            yield Spot(*says, _pose(image, tuple(Point(corner.x, corner.y) for corner in corners)))


def _pose(image: Image, code: tuple[Point, ...]) -> Map | None:
    rough = fitted(_corners(landmarks.code(*_A4)), code)
    squares = landmarks.marks(*_A4)
    middles = [mean(_corners(square)) for square in squares]
    start, side = mean(code), landmarks.MARK * rough.scale
    found = []
    for middle in middles:
        guess = rough(middle)
        # a code is small: a pixel at its corner is many at the far end of the sheet
        if mark := _mark(image, guess, side, reach=side + distance(start, guess) * 0.03):
            found.append((middle, mark))
    if len(found) < _FEWEST:
        return None
    pose = fitted(*zip(*found, strict=True))
    off = max(distance(pose(middle), mark) for middle, mark in found)
    astray = max(distance(pose(one), other) for one, other in zip(_corners(landmarks.code(*_A4)), code, strict=True))
    return pose if off < _MOST_OFF * pose.scale and astray < _CODE_OFF * pose.scale else None


def _corners(square: landmarks.Square) -> list[Point]:
    left, bottom, side = square
    return [Point(left + x, bottom + y) for x, y in ((0, 0), (side, 0), (side, side), (0, side))]


def _mark(image: Image, guess: Point, side: float, reach: float) -> Point | None:
    """The middle of the black square of about this side nearest to where it should be."""
    left, top = max(0, math.floor(guess.x - reach)), max(0, math.floor(guess.y - reach))
    window = image.crop(
        (left, top, min(image.width, math.ceil(guess.x + reach)), min(image.height, math.ceil(guess.y + reach)))
    )
    squares = [mean(blot) for blot in _blots(window) if 0.7 < len(blot) / side**2 < 1.4]
    # a pixel's middle is half a pixel from its corner
    middles = [Point(left + x + 0.5, top + y + 0.5) for x, y in squares]
    return min(middles, key=lambda middle: distance(middle, guess), default=None)


def _blots(window: Image) -> Iterator[list[Point]]:
    """The connected dark parts of a small picture."""
    width, height = window.size
    if not (width and height):
        return
    pixels = window.tobytes()
    dark = {at for at, value in enumerate(pixels) if value < _DARK}
    while dark:
        edge, blot = [dark.pop()], list[Point]()
        while edge:
            at = edge.pop()
            blot.append(Point(at % width, at // width))
            x = at % width
            near = (at - width, at + width, at - 1 if x else -1, at + 1 if x + 1 < width else -1)
            more = [one for one in near if one in dark]
            dark.difference_update(more)
            edge += more
        yield blot
