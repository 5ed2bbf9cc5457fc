"""What stands in a PDF, whatever is written there in place of what should be (ISO 32000-2, 7.3)."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Any

from pdfminer.pdftypes import PDFObjRef
from pdfminer.utils import PDFDocEncoding
from pdfplumber.utils.pdfinternals import resolve

from parsers.readers.plane import Rect


def rectangle(thing: dict[str, Any]) -> Rect | None:
    """Left, bottom, right and top of a thing on a page, in points from the lower left corner."""
    sides = [resolve(side) for side in array(thing.get("Rect"))]
    numbers = [round(float(side), 1) for side in sides if isinstance(side, int | float)]
    if len(sides) != 4 or len(numbers) != 4:
        return None
    left, bottom, right, top = numbers
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def identity(reference: Any) -> object:
    """What tells a thing from its copies."""
    return reference.objid if isinstance(reference, PDFObjRef) else ("direct", id(reference))


def dictionary(thing: Any) -> dict[str, Any]:
    found = resolve(thing)
    return found if isinstance(found, dict) else {}


def array(thing: Any) -> list[Any]:
    found = resolve(thing)
    return found if isinstance(found, list) else []


def text(thing: Any) -> str:
    """A text string, or a list of them, with one kind of line break."""
    found = resolve(thing)
    if isinstance(found, list):
        return ", ".join(text(one) for one in found[:100])
    words = "" if found is None else decoded(found)
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def decoded(thing: Any) -> str:
    """A name, a string or a stream as text."""
    found = resolve(thing)
    if hasattr(found, "get_data"):
        found = found.get_data()
    name = getattr(found, "name", None)
    found = name if name is not None else found
    return decode(found) if isinstance(found, bytes) else str(found)


# Of UTF-8, the first bytes of the letters of Europe, of punctuation and of emoji; as PDFDocEncoding has them they stand
# in no word before a mark. `É”` and `é…”` do, and are valid UTF-8 too.
_LEADS = re.compile(rb"[\xc2-\xc5\xce-\xd1\xe2\xf0][\x80-\xbf]+|[\x00-\x7f]")


def decode(data: bytes) -> str:
    """A PDF text string (ISO 32000-2 7.9.2.2), UTF-8 also where its mark is missing and nothing else is likely."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le", "replace")
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if not data.isascii() and not _LEADS.sub(b"", data):
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8")
    return "".join(PDFDocEncoding[byte] for byte in data)
