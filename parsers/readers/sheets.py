"""The sheets of a PDF as a reader by position needs them: a picture of each, and where its letters stand on it."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from typing import Any

import pypdfium2
from PIL.Image import Image

from parsers.readers.glyph import Glyph
from parsers.readers.plane import Map

_SCALE = 150 / 72  # pixels a point: enough for a code of 17 mm on a page printed at half its size
_MOST_PIXELS = 6_000_000
_FINE, _MOST_FINE = 200 / 72, 12_000_000  # of paper: small handwriting, and a page that is a part of a photo
_SAME, _SAME_PIXELS = 0.5, 1.0  # points, and pixels, that a page and the photo on it may differ by
_BLACK, _WHITE, _FEW_GREY = 64, 192, 0.005  # of a fax
_PICTURE = 0.4  # of a page that a photo on it covers
_FEW = 200  # letters
_MOST_OBJECTS = 5000  # on a page; a scan has one, and a word that its scanner guessed in each of some more
COVERED = 0.8  # of a page that is a picture: scanners lay their own, worse, words under it


class Sheets:
    """A PDF whose notes and stamps have become part of its pages; raises what PDFium makes of a damaged one."""

    def __init__(self, data: bytes) -> None:
        self._document = pypdfium2.PdfDocument(data)
        self._data, self._invisible = data, dict[int, list[Glyph]]()
        if self._has_notes():
            from parsers.readers import letters  # noqa: PLC0415 - loaded only when needed: a scan has no letters

            self._invisible = letters.undrawn(data)
            self._data = self._flattened()

    def __len__(self) -> int:
        return len(self._document)

    def picture(self, number: int) -> Image:
        """Sheet `number`, from 0, in grey."""
        page = self._document[number]
        image: Image = page.render(scale=_scale(page), grayscale=True).to_pil()
        page.close()
        return image

    def scanned(self, number: int) -> tuple[Any, float]:
        """Sheet `number` in grey as an array, as finely as handwriting needs, and how many pixels a point of it has."""
        import numpy as np  # noqa: PLC0415 - comes with the extra `scan`, and only its readers ask

        page = self._document[number]
        scale = _scale(page, _FINE, _MOST_FINE)
        image = _alone(page, scale)
        grey = np.asarray(image.get_bitmap().to_pil().convert("L")) if image else None
        if grey is None or _is_black_and_white(grey[::4, ::4]):  # drawing softens the steps of its letters
            grey = np.asarray(page.render(scale=scale, grayscale=True).to_pil().convert("L"))
        page.close()
        return grey, scale

    @property
    def program(self) -> str:
        """What the file says it was made by."""
        known = self._document.get_metadata_dict()
        return f"{known.get('Producer', '')} {known.get('Creator', '')}"

    def is_picture(self, number: int) -> bool:
        """Whether this sheet is a picture of paper: one covers it, or most of it and hardly a word stands there."""
        page = self._document[number]
        if not 0 < pypdfium2.raw.FPDFPage_CountObjects(page) < _MOST_OBJECTS:
            return False
        wide, high = page.get_size()
        images = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        covered = sum((right - left) * (top - bottom) for left, bottom, right, top in map(_bounds, images))
        if covered >= COVERED * wide * high:
            return True
        return bool(covered >= _PICTURE * wide * high) and page.get_textpage().count_chars() < _FEW

    def text(self) -> str:
        """The words of all sheets; 30 times as fast as by their letters."""
        return "\n".join(page.get_textpage().get_text_range() for page in self._document)

    def points(self, number: int) -> Map:
        """From pixels of the picture to points of the page as it is shown, from its lower left corner."""
        page = self._document[number]
        scale = _scale(page)
        return Map(1 / scale, 0, 0, 0, -1 / scale, page.get_height())

    def glyphs(self, wanted: Iterable[int]) -> dict[int, list[Glyph]]:
        """The letters of these sheets, in pixels of their pictures; scans are left out."""
        numbers = list(wanted)
        if not numbers:
            return {}
        from parsers.readers import letters  # noqa: PLC0415 - as above

        return {number: self._moved(number, found) for number, found in letters.on_pages(self._data, numbers)}

    def _moved(self, number: int, glyphs: Iterable[Glyph]) -> list[Glyph]:
        to_pixels = self._to_pixels(number)
        return [glyph.moved(to_pixels) for glyph in (*glyphs, *self._invisible.get(number, ()))]

    def _to_pixels(self, number: int) -> Map:
        """From pdfminer's points, which begin at the lower left corner of the whole page as it is shown."""
        page = self._document[number]
        scale, (left, bottom) = _scale(page), _hidden(page)
        return Map(scale, 0, -left * scale, 0, -scale, (bottom + page.get_height()) * scale)

    def _has_notes(self) -> bool:
        return any(pypdfium2.raw.FPDFPage_GetAnnotCount(page) for page in self._document)

    def _flattened(self) -> bytes:
        self._document.init_forms()
        for page in self._document:
            # not page.flatten(): that refuses where there is no form, and there may still be notes
            pypdfium2.raw.FPDFPage_Flatten(page, pypdfium2.raw.FLAT_NORMALDISPLAY)
            page.close()  # what was opened before shows the page as it was
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()


def _scale(page: Any, scale: float = _SCALE, most: int = _MOST_PIXELS) -> float:
    width, height = page.get_size()
    return min(scale, math.sqrt(most / max(1.0, width * height)))


def _alone(page: Any, scale: float) -> Any:
    """The photo that this page is nothing but, where drawing it would give the same pixels, eight times as slowly."""
    if page.get_rotation() or pypdfium2.raw.FPDFPage_CountObjects(page) != 1:
        return None
    image = next(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=1), None)
    if image is None or image.get_filters() != ["DCTDecode"]:  # others may be stencils, which are drawn in a colour
        return None
    wide, high = page.get_size()
    across, turned, leaning, up, left, bottom = image.get_matrix().get()
    off = abs(turned), abs(leaning), abs(left), abs(bottom), abs(across - wide), abs(up - high)
    pixels = [abs(one - side * scale) for one, side in zip(image.get_px_size(), (wide, high), strict=True)]
    return image if max(off) < _SAME and max(pixels) <= _SAME_PIXELS else None


def _is_black_and_white(grey: Any) -> bool:
    """Whether hardly a pixel is grey: of other scans one in thirty is, at the edges of letters."""
    return bool(((grey > _BLACK) & (grey < _WHITE)).mean() < _FEW_GREY)


def _bounds(image: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = image.get_bounds()
    return left, bottom, right, top


def _hidden(page: Any) -> tuple[float, float]:
    """How much of the page is cut away at the left and at the bottom, as it is shown."""
    whole, shown = page.get_mediabox(), page.get_cropbox()
    left, bottom, right, top = (abs(a - b) for a, b in zip(whole, shown, strict=True))
    return {0: (left, bottom), 90: (bottom, right), 180: (right, top), 270: (top, left)}[page.get_rotation()]
