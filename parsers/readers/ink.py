"""What is drawn in a rectangle of the blank, seen upright whichever way the sheet lies."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from parsers.readers.plane import Map, Point, Rect

_DARK = 175  # a pen or a print; below, a shade
_FAINT = 215  # small letters are grey, for their lines are thinner than a pixel


@dataclass
class Patch:
    """A rectangle of the blank cut out of the picture of a sheet."""

    image: Image.Image
    to_pixels: Map  # from points of the blank

    @classmethod
    def of(cls, sheet: Image.Image, pose: Map, rect: Rect) -> Patch:
        left, bottom, right, top = rect
        scale = pose.scale
        upright = Map(scale, 0, -left * scale, 0, -scale, top * scale)
        size = max(1, round((right - left) * scale)), max(1, round((top - bottom) * scale))
        back = pose.after(upright.inverse)
        # white outside the sheet
        coefficients = (back.a, back.b, back.c, back.d, back.e, back.f)
        cut = sheet.transform(
            size, Image.Transform.AFFINE, coefficients, resample=Image.Resampling.BILINEAR, fillcolor=255
        )
        return cls(cut, upright)

    @property
    def share(self) -> float:
        """How much of the patch is dark, from 0 to 1."""
        return self._dark() / (self.image.width * self.image.height)

    @property
    def area(self) -> float:
        """How much of the patch is dark, in square points of the blank."""
        return self._dark() / self.to_pixels.scale**2

    def shows(self, rect: Rect) -> bool:
        """Whether anything at all is seen in this rectangle of the blank."""
        left, top, right, bottom = self._pixels(rect)
        box = max(0, left), max(0, top), min(self.image.width, right), min(self.image.height, bottom)
        if box[0] >= box[2] or box[1] >= box[3]:
            return False
        darkest = self.image.crop(box).getextrema()[0]
        return isinstance(darkest, int | float) and darkest < _FAINT

    def wipe(self, rect: Rect) -> None:
        """Make this rectangle of the blank white."""
        left, top, right, bottom = self._pixels(rect)
        ImageDraw.Draw(self.image).rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=255)

    def cut(self, rect: Rect) -> Patch:
        """The part of this patch that shows a rectangle of the blank."""
        left, top, right, bottom = self._pixels(rect)
        moved = Map(1, 0, -left, 0, 1, -top)
        return Patch(self.image.crop((left, top, right, bottom)), moved.after(self.to_pixels))

    def _dark(self) -> int:
        return sum(self.image.histogram()[:_DARK])

    def _pixels(self, rect: Rect) -> tuple[int, int, int, int]:
        left, top, right, bottom = self.to_pixels.rect(rect)
        return round(left), round(top), max(round(right), round(left) + 1), max(round(bottom), round(top) + 1)


def grown(rect: Rect, by: float) -> Rect:
    """A rectangle with a margin, or without one where `by` is negative."""
    left, bottom, right, top = rect
    return left - by, bottom - by, right + by, top + by


def inside(point: Point, rect: Rect) -> bool:
    left, bottom, right, top = rect
    return left <= point.x <= right and bottom <= point.y <= top
