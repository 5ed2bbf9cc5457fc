"""A letter on a sheet, as readers by position see it."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.readers.plane import Map, Point

NOTE = " a note"  # in place of a font; no font is called so


@dataclass(frozen=True)
class Glyph:
    """A letter on a sheet: where its line begins and ends under it, its middle, and how high it may be."""

    text: str
    font: str
    start: Point
    end: Point
    middle: Point
    height: float

    def moved(self, to: Map) -> Glyph:
        """The same letter, its places taken elsewhere."""
        at = to(self.start), to(self.end), to(self.middle)
        return Glyph(self.text, self.font, *at, self.height * to.scale)
