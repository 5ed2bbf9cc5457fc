"""Points, and the maps from a page of the blank to a sheet where it was printed larger, smaller or turned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Rect = tuple[float, float, float, float]  # left, bottom, right, top


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """x' = a x + b y + c, y' = d x + e y + f: keeps straight lines straight, which paper out of a printer does too."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def __call__(self, point: Point) -> Point:
        return Point(self.a * point.x + self.b * point.y + self.c, self.d * point.x + self.e * point.y + self.f)

    @property
    def scale(self) -> float:
        """How many units there one unit here is."""
        return math.sqrt(abs(self.a * self.e - self.b * self.d))

    @property
    def inverse(self) -> Map:
        det = self.a * self.e - self.b * self.d
        a, b, d, e = self.e / det, -self.b / det, -self.d / det, self.a / det
        return Map(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))

    def after(self, first: Map) -> Map:
        """The map that does `first` and then this one."""
        o, x, y = (self(first(Point(*at))) for at in ((0, 0), (1, 0), (0, 1)))
        return Map(x.x - o.x, y.x - o.x, o.x, x.y - o.y, y.y - o.y, o.y)

    def rect(self, rect: Rect) -> Rect:
        """What holds this rectangle there."""
        corners = [self(Point(x, y)) for x in rect[0::2] for y in rect[1::2]]
        xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
        return min(xs), min(ys), max(xs), max(ys)


def fitted(here: Sequence[Point], there: Sequence[Point]) -> Map:
    """The map that comes nearest to taking each point to its partner (least squares)."""
    middle, aim = mean(here), mean(there)
    from_middle = [Point(p.x - middle.x, p.y - middle.y) for p in here]
    xx, xy, yy = (sum(v) for v in zip(*((p.x * p.x, p.x * p.y, p.y * p.y) for p in from_middle), strict=True))
    det = xx * yy - xy * xy
    rows = []
    for targets in zip(*there, strict=True):
        tx = sum(p.x * t for p, t in zip(from_middle, targets, strict=True))
        ty = sum(p.y * t for p, t in zip(from_middle, targets, strict=True))
        rows.append(((tx * yy - ty * xy) / det, (ty * xx - tx * xy) / det))
    (a, b), (d, e) = rows
    return Map(a, b, aim.x - a * middle.x - b * middle.y, d, e, aim.y - d * middle.x - e * middle.y)


def mean(points: Iterable[Point]) -> Point:
    xs, ys = zip(*points, strict=True)
    return Point(sum(xs) / len(xs), sum(ys) / len(ys))


def distance(one: Point, other: Point) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
