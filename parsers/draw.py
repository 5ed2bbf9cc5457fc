"""The pages of a file as pictures, with frames around answers; runs in the child process."""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageOps
from pypdfium2 import raw

from parsers.frames import Frame, Rect
from parsers.limits import Limits
from parsers.reading import File
from parsers.sniff import sniff
from parsers.unpack import unpack

_SCALE = 150 / 72  # pixels a point
_MOST_PIXELS = 6_000_000
_LINE = 3


def pictures(file: File, frames: Sequence[Frame], limits: Limits) -> Iterator[bytes]:
    """A PNG of each page with frames on it, of this file and of those packed in it."""
    for member, why in unpack(file, limits):
        there = [frame for frame in frames if frame.file == member.name]
        if there and not why:
            pages = _of_pdf(member.data, limits) if sniff(member.data) == "pdf" else _of_picture(member.data)
            for number, page in enumerate(pages, start=1):
                on_page = [frame for frame in there if frame.page == number]
                if on_page:
                    yield page.png(on_page)


class _Page:
    """A picture, and how the rectangles of a reader lie on it."""

    def __init__(self, image: Image.Image, scale: float, page: Any = None) -> None:
        self._image, self._scale, self._page = image.convert("RGB"), scale, page

    def png(self, frames: Sequence[Frame]) -> bytes:
        draw = ImageDraw.Draw(self._image)
        for frame in frames:
            in_fields = self._page is not None and frame.reader == "acroform"
            left, top, right, bottom = self._in_fields(frame.rect) if in_fields else self._shown(frame.rect)
            box = (left - _LINE, top - _LINE, right + _LINE, bottom + _LINE)
            draw.rectangle(box, outline=frame.colour, width=_LINE)
        out = io.BytesIO()
        self._image.save(out, "PNG")
        return out.getvalue()

    def _shown(self, rect: Rect) -> Rect:
        """Measured on the page as it is shown, from its lower left corner."""
        left, bottom, right, top = (side * self._scale for side in rect)
        return left, self._image.height - top, right, self._image.height - bottom

    def _in_fields(self, rect: Rect) -> Rect:
        """Measured in the page's own space, which may be turned and begin elsewhere."""
        corners = [self._device(x, y) for x in rect[0::2] for y in rect[1::2]]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _device(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        size = self._image.width, self._image.height
        raw.FPDF_PageToDevice(self._page, 0, 0, *size, 0, x, y, across, down)
        return across.value, down.value


def _of_pdf(data: bytes, limits: Limits) -> Iterator[_Page]:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    for number in range(min(len(document), limits.pages)):
        page = document[number]
        scale = min(_SCALE, math.sqrt(_MOST_PIXELS / max(1.0, page.get_width() * page.get_height())))
        yield _Page(page.render(scale=scale).to_pil(), scale, page)
        page.close()


def _of_picture(data: bytes) -> Iterator[_Page]:
    with suppress(ImportError):  # only where scans are read are the pictures of telephones known
        from parsers.readers import photos  # noqa: F401, PLC0415 - as above
    with Image.open(io.BytesIO(data)) as opened:
        for number in range(getattr(opened, "n_frames", 1)):
            opened.seek(number)
            yield _Page(ImageOps.exif_transpose(opened), 1)
