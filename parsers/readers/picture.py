"""A picture: a photo, a fax or a scan of pages of the form, or the logo under somebody's signature."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from parsers.found import Found
from parsers.readers import Source
from parsers.readers.flat import NO_SCAN, SCANNED
from parsers.readers.layout import layout
from parsers.readers.together import form_of, together
from parsers.reading import Unreadable

SMALL = 600  # pixels: no page of a form can be read in fewer


def read(source: Source) -> Found:
    """The pages of the form on a picture; raises Unreadable where there are none: whether a person should look."""
    try:
        from parsers.readers import photos, scan  # noqa: PLC0415 - OpenCV and the models are loaded only when needed
    except ImportError:
        _refuse_small(source.data)
        raise Unreadable("needs_scan", NO_SCAN) from None
    _refuse_small(source.data)  # only now are the pictures of telephones known
    sheets = photos.Photos(source.data, source.limits)
    seen = scan.read(range(len(sheets)), lambda number: scan.Picture(number, *sheets.sheet(number)), source)
    form = form_of({version for version, _ in seen.there}, source)
    if form is None or not seen.pages:
        raise Unreadable("needs_scan", SCANNED)
    return together(form, layout(form), seen.pages, {page for _, page in seen.there}, len(sheets))


def _refuse_small(data: bytes) -> None:
    try:
        with Image.open(io.BytesIO(data)) as image:  # reads the header only
            small = max(image.size) < SMALL
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Unreadable("needs_scan", SCANNED) from None
    if small:
        raise Unreadable("not_our_form", "This is a small picture, such as a logo.")
