"""Whether the letters on a page are those that somebody typed: programs print others in their place, or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from parsers.readers.glyph import Glyph

MISPRINTED = "a letter may have been misprinted"
_LEFT_OUT = "a letter may have been left out"
# What programs write in place of what was typed: ligatures and symbols of another code page, controls, and
# scripts that they put in the wrong order or draw from a font without saying what it holds. qpdf writes question marks.
_MISPRINTS = re.compile(
    "[\ufb00-\ufb06¡¢¤¦¨©ª¬®¯¶¸\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ufeff]|\\(cid:\\d+\\)|(?:^|[ ?])\\?|\\?\\w|"
    "[^\x00-\u052f\u1e00-\u22ff]"
)
# where a letter stood that no font had: two spaces within a sentence, one before a comma
_DROPPED = re.compile(r"[^.?!:;]  +\S| [,;)]")
# not among the letters that every program's fonts have (Windows-1252)
_RARE = re.compile("[^\x00-\xffŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]")
_UNNAMED = re.compile("\\(cid:\\d+\\)|\ufffd")


def misprint(rows: Sequence[str], glyphs: list[Glyph], *, drops: bool) -> str | None:
    """What may be wrong with the letters of an answer, given as typed, row by row."""
    if any(_MISPRINTS.search(row) for row in rows) or _borrows(glyphs):
        return MISPRINTED
    return _LEFT_OUT if rows and (_lacks(rows) or (drops and _is_accented(rows))) else None


def broken_fonts(glyphs: Iterable[Glyph]) -> set[str]:
    """The fonts that do not say what all of their letters are; what they say of the others may be wrong."""
    return {glyph.font for glyph in glyphs if _UNNAMED.search(glyph.text)}


def drops(program: str) -> bool:
    """Whether a program may have drawn the fields anew, without a trace of the letters that Helvetica lacks.

    Poppler does, when whoever filled them left the drawing to it. It hands on to cairo, Ghostscript and LibreOffice.
    """
    return any(name in program for name in ("cairo", "Ghostscript", "LibreOffice"))


def _lacks(rows: Sequence[str]) -> bool:
    """Whether a letter that the program's font lacked may have been here, such as an emoji.

    Some leave a space: at the end it means nothing in plain words, people type it. Some leave no trace, so who writes
    with letters that few fonts have may have written more of them: `Ștefan Ľubomír` was printed as `tefan Ľubomír`.
    """
    trails = rows[-1].endswith(" ") and not all(row.isascii() for row in rows)
    rare = any(_RARE.search(row) for row in rows)
    return trails or rare or rows[0].startswith(" ") or any(_DROPPED.search(row) for row in rows)


def _is_accented(rows: Sequence[str]) -> bool:
    """Whether who wrote this writes with letters beyond ASCII, and may have written some that fonts lack."""
    return any(letter.isalpha() and not letter.isascii() for row in rows for letter in row)


def _borrows(glyphs: list[Glyph]) -> bool:
    """Whether a plain letter was not drawn in the font of the others: it stands for one that their font lacks."""
    fonts = Counter(glyph.font for glyph in glyphs if glyph.text.strip())
    usual = max(fonts, key=lambda font: fonts[font], default="")
    return any(glyph.font != usual and glyph.text.isascii() and glyph.text.strip() for glyph in glyphs)
