"""The letters on the pages of a PDF: where each stands, and what it is where its font says it wrongly."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pdfplumber
from pdfminer.encodingdb import name2unicode
from pdfminer.latin_enc import ENCODING
from pdfplumber.page import Page

from parsers.readers.glyph import NOTE, Glyph
from parsers.readers.objects import array, decoded, dictionary, text
from parsers.readers.plane import Point
from parsers.readers.sheets import COVERED

_MAPPED = re.compile(rb"<([0-9a-fA-F]{4})>\s*(?:<([0-9a-fA-F]{4})>\s*)?<([0-9a-fA-F]{4})>[ \t]*(?=[\r\n])")
_CODESPACE = re.compile(rb"begincodespacerange.*?endcodespacerange", re.DOTALL)
_BREAKS = {"(cid:10)", "(cid:13)"}  # typed by somebody, and no letters of a font of one byte a letter
_DEEPEST = 5  # drawings within drawings: a form, on a sheet, in a print


@dataclass(frozen=True)
class Letters:
    """The fonts of a page, by name, whose letters must be read in a way of their own."""

    standard: frozenset[str]  # say for each letter its code in Adobe's StandardEncoding, as MuPDF writes of Helvetica
    simple: frozenset[str]  # have one byte a letter, all of that name

    @classmethod
    def of(cls, page: Page) -> Letters:
        fonts = [(decoded(font.get("BaseFont")), font) for font in _fonts(page.page_obj.resources, _DEEPEST)]
        wide = {name for name, font in fonts if "DescendantFonts" in font}
        standard = {name for name, font in fonts if name in wide and _says_standard(font)}
        return cls(frozenset(standard), frozenset(name for name, _ in fonts if name not in wide))

    def said(self, char: Mapping[str, Any]) -> str:
        """The letter that a character stands for."""
        text, font = str(char["text"]), char["fontname"]
        if text in _BREAKS and font in self.simple:
            return " "
        return _standard().get(text, text) if font in self.standard else text


def on_pages(data: bytes, wanted: Iterable[int]) -> Iterator[tuple[int, list[Glyph]]]:
    """The letters of these pages of a PDF, from 0, in points from the lower left corner; scans are left out."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        for number in wanted:
            page = document.pages[number]
            if not _is_scan(page):
                letters = Letters.of(page)
                yield number, [_glyph(char, letters.said(char), page.mediabox[0]) for char in page.chars]
            page.close()  # what pdfplumber keeps of a page is many times its letters


def undrawn(data: bytes) -> dict[int, list[Glyph]]:
    """The notes that some viewers draw themselves and PDFium does not: each as one letter that is not seen."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return {
            number: [_note(note) for note in page.annots if _is_undrawn(note["data"])]
            for number, page in enumerate(document.pages)
        }


def _is_scan(page: Page) -> bool:
    covered = sum(image["width"] * image["height"] for image in page.images)
    return bool(covered >= COVERED * page.width * page.height) or any("GlyphLess" in c["fontname"] for c in page.chars)


def _is_undrawn(note: dict[str, Any]) -> bool:
    return (
        decoded(note.get("Subtype")) == "FreeText" and not note.get("AP") and bool(text(note.get("Contents")).strip())
    )


def _note(note: dict[str, Any]) -> Glyph:
    y = (note["y0"] + note["y1"]) / 2
    start, end = Point(note["x0"], y), Point(note["x1"], y)
    return Glyph(text(note["data"]["Contents"]), NOTE, start, end, Point((start.x + end.x) / 2, y), 1)


def _glyph(char: dict[str, Any], said: str, shift: float) -> Glyph:
    a, b, _, _, x, y = char["matrix"]
    middle = Point((char["x0"] + char["x1"]) / 2 - shift, (char["y0"] + char["y1"]) / 2)
    along = char["adv"]
    end = Point(x + a * along, y + b * along)
    # two opposite corners of the letter's box are known, and one of its sides
    across = math.hypot(char["x1"] - char["x0"], char["y1"] - char["y0"])
    height = math.sqrt(max(across**2 - (a * along) ** 2 - (b * along) ** 2, 1e-6))
    return Glyph(said, char["fontname"], Point(x, y), end, middle, height)


def _fonts(resources: Any, depth: int) -> Iterator[dict[str, Any]]:
    found = dictionary(resources)
    yield from map(dictionary, dictionary(found.get("Font")).values())
    for drawing in dictionary(found.get("XObject")).values() if depth else ():
        inner = getattr(_stream(drawing), "attrs", {})
        yield from _fonts(inner.get("Resources"), depth - 1)


def _stream(thing: Any) -> Any:
    return thing.resolve() if hasattr(thing, "resolve") else thing


def _says_standard(font: dict[str, Any]) -> bool:
    """Whether what it says beyond ASCII are all the codes of StandardEncoding and no others."""
    kinds = {decoded(dictionary(one).get("Subtype")) for one in array(font.get("DescendantFonts"))}
    stream = _stream(font.get("ToUnicode"))
    if kinds != {"CIDFontType0"} or not hasattr(stream, "get_data"):
        return False
    said: set[int] = set()
    for first, last, to in _MAPPED.findall(_CODESPACE.sub(b"", stream.get_data())):
        start = int(to, 16)
        said.update(range(start, start + int(last or first, 16) - int(first, 16) + 1))
    return {code for code in said if code > ord("~")} == {ord(code) for code in _standard() if code > "~"}


@cache
def _standard() -> dict[str, str]:
    return {chr(code): name2unicode(name) for name, code, *_ in ENCODING if code}
