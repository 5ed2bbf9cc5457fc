"""A picture file -> its sheets in grey, the right way up: a photo with its EXIF turn, each page of a fax or scan."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from pi_heif import register_heif_opener
from PIL import Image, ImageOps, UnidentifiedImageError

from parsers.limits import Limits
from parsers.readers.blanks import Grey
from parsers.reading import Unreadable

_LONGEST = 3400  # pixels: a page that fills a photo is then finer than needed
_UNEVEN = 1.1  # dots finer across than down by more, as in a fax

register_heif_opener()


class Photos:
    """A picture file; raises Unreadable where it is damaged or too large."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data, self._limits = data, limits
        with self._opened() as image:
            self._count = min(getattr(image, "n_frames", 1), limits.pages + 1)
        if self._count > limits.pages:
            raise Unreadable("too_big", f"This picture has more than {limits.pages} pages.")

    def __len__(self) -> int:
        return self._count

    def sheet(self, number: int) -> tuple[Grey, tuple[float, float]]:
        """Sheet `number`, from 0, and how many of its pixels one of the file's is, across and down."""
        with self._opened() as image:
            image.seek(number)
            wide, high = image.size
            if wide * high > self._limits.megapixels * 1_000_000:
                raise Unreadable("too_big", f"This picture has more than {self._limits.megapixels} million pixels.")
            uneven = _unevenness(image)
            image.draft("L", (_LONGEST, _LONGEST))  # a JPEG is opened at a smaller size straight away
            shrunk = image.width / wide
            upright = np.asarray(ImageOps.exif_transpose(image.convert("L")), np.uint8)
            sized = _sized(upright, *uneven)
            across, down = sized.shape[1] / upright.shape[1], sized.shape[0] / upright.shape[0]
            return sized, (across * shrunk, down * shrunk)

    @contextmanager
    def _opened(self) -> Iterator[Image.Image]:
        try:
            with Image.open(io.BytesIO(self._data)) as image:
                yield image
        except Image.DecompressionBombError:
            raise Unreadable("too_big", "This picture is larger than we open.") from None
        except (UnidentifiedImageError, OSError, EOFError, ValueError, SyntaxError):
            raise Unreadable("damaged", "This picture is damaged and cannot be opened.") from None


def _unevenness(image: Image.Image) -> tuple[float, float]:
    """By how much the picture must be stretched across and down for its dots to be square."""
    dots = image.info.get("dpi")
    try:
        across, down = float(dots[0]), float(dots[1])  # type: ignore[index]  # whatever a file says
    except (TypeError, ValueError, IndexError):
        return 1.0, 1.0
    if not (across > 0 and down > 0 and _UNEVEN < max(across / down, down / across) < 4):
        return 1.0, 1.0
    return max(1.0, down / across), max(1.0, across / down)


def _sized(grey: Grey, across: float, down: float) -> Grey:
    factor = min(1.0, _LONGEST / max(grey.shape[1] * across, grey.shape[0] * down))
    if factor == across == down == 1:
        return np.ascontiguousarray(grey)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(grey, None, fx=factor * across, fy=factor * down, interpolation=way), np.uint8)
