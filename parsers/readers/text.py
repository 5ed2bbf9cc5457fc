"""Plain text: the plain-text form filled in, or its questions and answers in somebody's own order."""

from __future__ import annotations

import codecs

from parsers.found import Found
from parsers.readers import Source, typed

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(source: Source) -> Found | None:
    """The form in a text; None if it holds none."""
    return typed.read_words(source, decoded(source.data), "text")


def decoded(data: bytes) -> str:
    """The words in these bytes: Unicode where they say or prove it, and otherwise what Windows writes."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")
