"""A picture: a photo or fax of the form, or the logo under somebody's signature. Not read yet."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from parsers.readers import Source
from parsers.reading import Unreadable

SMALL = 600  # pixels: no page of a form can be read in fewer


def read(source: Source) -> None:
    """Always raises Unreadable: whether a person should look at it."""
    try:
        with Image.open(io.BytesIO(source.data)) as image:  # reads the header only
            size = max(image.size)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        size = SMALL
    if size < SMALL:
        raise Unreadable("not_our_form", "This is a small picture, such as a logo.")
    raise Unreadable("needs_scan", "This is a photo or scan; a person must read it.")
