"""The letters printed in a rectangle of the blank -> the words somebody typed there, and what makes them doubtful."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from PIL.Image import Image

from parsers.readers.glyph import NOTE, Glyph
from parsers.readers.ink import Patch, grown, inside
from parsers.readers.misprints import MISPRINTED, misprint
from parsers.readers.plane import Map, Rect

_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
HIDDEN = "words stand here that are not seen on the page"
_SPACE = 0.17  # of a letter's height: between two words
_ROW = 0.45  # of a letter's height: two letters are not on one line
_EMPTY_ROW = 1.9  # of a letter's height: a line was left empty
_BLOT = 2.0  # square points of ink that are no letter
_NEAR = 14.0  # points around a field where words may be that did not fit
_SMALL = 3.0  # points: no program writes an answer so small
_LARGE = 32.0  # points: few programs write an answer so large, but a stamp may be
_GROWN = 15.0  # points: larger than any program writes where it does not fit the letters to the room
_INDENT = 8.0  # points, from the edge of a field to its first letter


@dataclass(frozen=True)
class _Row:
    typed: str
    left: float
    right: float
    base: float
    height: float
    first_word: float  # its width

    @property
    def text(self) -> str:
        return self.typed.strip()


class Print:
    """A page of the blank as it was printed: its letters, moved onto the blank, and its picture."""

    def __init__(
        self, sheet: Image, pose: Map, glyphs: Iterable[Glyph], broken_fonts: Collection[str], *, drops: bool = False
    ) -> None:
        back = pose.inverse
        self._drops = drops
        self._sheet, self._pose, self._broken = sheet, pose, broken_fonts
        self._glyphs = [glyph.moved(back) for glyph in glyphs]

    def share(self, rect: Rect) -> float:
        """How much of this rectangle of the blank is dark, from 0 to 1."""
        return Patch.of(self._sheet, self._pose, rect).share

    def noted(self, rect: Rect) -> bool:
        """Whether a note stands on this rectangle of the blank that is not seen on the page."""
        return any(glyph.font == NOTE and inside(glyph.middle, rect) for glyph in self._glyphs)

    def unwritten(self, rect: Rect) -> bool:
        """Whether the small space stands here that the blank has in each empty field."""
        return any(_is_ours(glyph) and inside(glyph.middle, rect) for glyph in self._glyphs)

    def covered(self, rect: Rect) -> bool:
        """Whether a letter far larger than any of ours lies on this rectangle of the blank: a field drawn amiss."""
        return any(glyph.height > _LARGE and _meet(_box(glyph), rect) for glyph in self._glyphs)

    def words(self, rect: Rect) -> tuple[str, str | None]:
        """What stands in this rectangle of the blank, and why it should be doubted."""
        patch = Patch.of(self._sheet, self._pose, grown(rect, _NEAR))
        near = [glyph for glyph in self._glyphs if inside(glyph.middle, grown(rect, _NEAR))]
        hidden = {id(g) for g in near if g.font == NOTE or (g.text.strip() and not patch.shows(_box(g)))}
        there = [glyph for glyph in near if inside(glyph.middle, grown(rect, 1)) and not _is_ours(glyph)]
        seen = [glyph for glyph in there if id(glyph) not in hidden]
        for glyph in seen:
            patch.wipe(_box(glyph, wider=0.3))
        rows = [_row(row) for row in _rows(_once(seen))]
        text = _joined(rows, rect)
        fonts = {glyph.font for glyph in there if glyph.text.strip()}
        # around the field, only what looks like its answer matters
        if any(id(glyph) in hidden and glyph.font in fonts for glyph in near):
            doubt: str | None = HIDDEN
        elif patch.cut(grown(rect, -1.5)).area > _BLOT:
            doubt = "something is drawn here that is not text"
        elif fonts.intersection(self._broken):
            doubt = MISPRINTED
        else:
            doubt = _doubt(seen, rows, rect, drops=self._drops)
        return "".join(_LIGATURES.get(letter, letter) for letter in text), doubt


def _doubt(glyphs: list[Glyph], rows: list[_Row], rect: Rect, *, drops: bool) -> str | None:
    """What is odd about the letters that are seen in a rectangle."""
    fitted = bool(rows) and _is_fitted(rows, rect)
    if any(_is_odd(glyph) or (glyph.height > _LARGE and not fitted) for glyph in glyphs):
        return "words of another size or direction stand here"
    if not fitted and (any(_overruns(glyph, rect) for glyph in glyphs) or _is_full(rows, rect)):
        return "the words reach the edge, and more may be hidden"
    return misprint([row.typed for row in rows], glyphs, drops=drops)


def _is_fitted(rows: list[_Row], rect: Rect) -> bool:
    """Whether a program made the letters as large as there is room, as pdf-lib does: then none of them is hidden.

    They begin where a field's words do and are all of one size; a stamp does not.
    """
    first, heights = rows[0], [row.height for row in rows]
    at_top = first.base + 1.5 * first.height > rect[3]
    at_left = 0 <= first.left - rect[0] < _INDENT
    return min(heights) > _GROWN and at_top and at_left and max(heights) < 1.1 * min(heights)


def _is_odd(glyph: Glyph) -> bool:
    across, along = glyph.end.y - glyph.start.y, glyph.end.x - glyph.start.x
    return along < 0 or abs(across) > max(1.0, 0.1 * along)


def _overruns(glyph: Glyph, rect: Rect) -> bool:
    left, bottom, right, top = rect
    beside = glyph.start.x < left - 1 or glyph.end.x > right + 1
    # under and over the small letters
    return bool(glyph.text.strip()) and (beside or glyph.start.y < bottom or glyph.start.y + glyph.height / 2 > top)


def _is_full(rows: list[_Row], rect: Rect) -> bool:
    """Whether another row would not have fitted, and the last one may go on in it."""
    if len(rows) < 2:
        return False
    last, pitch = rows[-1], rows[-2].base - rows[-1].base
    return last.base - pitch < rect[1] + last.height / 4 and last.right > rect[2] - 6 * last.height


def _box(glyph: Glyph, wider: float = 0) -> Rect:
    # a letter of a damaged font has no width
    width, more = max(glyph.end.x - glyph.start.x, glyph.height / 3), wider * glyph.height
    left, bottom = glyph.start.x, glyph.middle.y - glyph.height / 2
    return grown((left, bottom, left + width, bottom + glyph.height), more)


def _is_ours(glyph: Glyph) -> bool:
    """Whether it is the small space that the blank has in an empty field."""
    return glyph.height < _SMALL and not glyph.text.strip()


def _meet(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _once(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Bold is sometimes the same letter drawn twice."""
    kept: set[tuple[str, int, int]] = set()
    for glyph in glyphs:
        x, y = round(glyph.start.x * 2), round(glyph.start.y * 2)
        if not any((glyph.text, x + dx, y + dy) in kept for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            yield glyph
        kept.add((glyph.text, x, y))


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: -one.start.y):
        if rows and rows[-1][-1].start.y - glyph.start.y < _ROW * glyph.height:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda one: one.start.x) for row in rows]


def _row(glyphs: list[Glyph]) -> _Row:
    text, end, word = "", glyphs[0].start.x, 0.0
    for glyph in glyphs:
        blank = not glyph.text.strip()
        apart = glyph.start.x - end > _SPACE * glyph.height
        if (blank or apart) and text.strip():
            word = word or end - glyphs[0].start.x
        if apart and text and not blank and not text.endswith(" "):
            text += " "
        text, end = text + glyph.text, max(end, glyph.end.x)
    first = glyphs[0]
    return _Row(text, first.start.x, end, first.start.y, first.height, word or end - first.start.x)


def _joined(rows: list[_Row], rect: Rect) -> str:
    """The rows as one text: a new line where the next word would still have fitted; else the row was wrapped."""
    text = ""
    for last, row in zip([None, *rows], rows, strict=False):
        text += _between(last, row, rect) + row.text if last else row.text
    return text


def _between(last: _Row, row: _Row, rect: Rect) -> str:
    if last.base - row.base > _EMPTY_ROW * max(last.height, row.height):
        return "\n\n"
    if last.right + last.height / 2 + row.first_word < rect[2]:
        return "\n"
    return "" if last.text.endswith("-") else " "
