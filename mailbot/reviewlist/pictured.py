"""What must be checked beside its picture: how large the picture is shown."""

from __future__ import annotations

import base64
import io

from PIL import Image, UnidentifiedImageError

from mailbot.reviewlist.word import Cell, Checked

_WIDEST = 150.0  # millimetres beside a label
_AS_WRITTEN = 25.4 / 110  # millimetres a pixel, as the reader of scans keeps them


def pictured(words: str, crop: str) -> Cell:
    """These words with the picture that a reading kept, as large as it is on paper; alone where it is none."""
    data = base64.b64decode(crop)
    try:
        with Image.open(io.BytesIO(data)) as image:
            wide = min(_WIDEST, image.width * _AS_WRITTEN)
            return Checked(words, data, wide, wide * image.height / image.width)
    except (UnidentifiedImageError, OSError):
        return words
