"""Plain text: the form filled in as text, or anything else. Not read yet."""

from __future__ import annotations

from parsers.match import by_words
from parsers.readers import Source
from parsers.reading import Unreadable


def read(source: Source) -> None:
    """Raises Unreadable where the text holds our questions; other text is not for us."""
    if by_words(source.data[: 1 << 20].decode("utf-8", "replace"), source.forms):
        raise Unreadable("unsupported", "This is our form as plain text; a person must read it.")
