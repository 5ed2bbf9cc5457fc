"""What the letters of a page are, where its fonts say it wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pdfminer.encodingdb import name2unicode
from pdfminer.latin_enc import ENCODING
from pdfplumber.page import Page

from parsers.readers.objects import array, decoded, dictionary

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
