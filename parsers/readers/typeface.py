"""Whether a line is print: it is drawn again in the typeface of PDF forms, and laid over what was seen.

This judges both at once: that it is not handwriting, and that it was read rightly. Every program fills our form in
Helvetica or one of its metric twins (Arial, Liberation Sans, Nimbus Sans), and PDFium has one built in.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pikepdf
import pypdfium2

from parsers.readers.blanks import Grey

_SIZE, _PITCH, _SCALE = 12.0, 24.0, 200 / 72 * 1.5
_HIGH = 32  # pixels: both are compared at this height
_SHAPE = 0.2  # of the width that may differ
DARK = 170
_PART = 40  # pixels: about two letters, compared alone
_DIRT, _DOT = 20, 4  # pixels: smaller is dirt on the glass, unless it stands where dots and commas do; or dirt anywhere
_BESIDE = 0.4  # of a line's height: how far after its last letter its full stop may stand


def likeness(lines: Sequence[tuple[str, Grey]]) -> list[tuple[float, float]]:
    """Of each line of words and its picture: how like its print it is, whole and where it is least so; 0 to 1."""
    if not lines:
        return []
    again = drawn([words for words, _ in lines])
    return [_alike(picture, model) for (_, picture), model in zip(lines, again, strict=True)]


def drawn(texts: Sequence[str]) -> list[Grey | None]:
    """Each text in black on white; None where Helvetica has not all of its letters."""
    codes = [_encoded(text) for text in texts]
    high = _PITCH * (len(texts) + 1)
    wide = max(len(text) for text in texts) * _SIZE + 40
    shown = [
        b"BT /F %.1f Tf 10 %.1f Td <%s> Tj ET\n" % (_SIZE, high - _PITCH * (number + 1), code.hex().encode())
        for number, code in enumerate(codes) if code
    ]  # fmt: skip
    picture = _picture(b"".join(shown), wide, high)
    rows = [round((_PITCH * (number + 1) - _PITCH * 0.75) * _SCALE) for number in range(len(texts) + 1)]
    return [
        picture[rows[number] : rows[number + 1]] if code else None for number, code in enumerate(codes)
    ]  # fmt: skip


def _encoded(text: str) -> bytes:
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return b""


def _picture(content: bytes, wide: float, high: float) -> Grey:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(wide, high))
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.obj.Contents = document.make_stream(content)
        document.save(out)
    drawn = pypdfium2.PdfDocument(out.getvalue())[0].render(scale=_SCALE, grayscale=True).to_numpy()
    return np.ascontiguousarray(drawn if drawn.ndim == 2 else drawn[..., 0])


def _alike(seen: Grey, drawn: Grey | None) -> tuple[float, float]:
    model = None if drawn is None else tight(drawn)
    if model is None:
        return 0.0, 0.0
    return max((_compared(crop, model) for crop in crops(seen)), default=(0.0, 0.0))


def _compared(seen: Grey, model: Grey) -> tuple[float, float]:
    wide = seen.shape[1] * _HIGH / seen.shape[0]
    expected = model.shape[1] * _HIGH / model.shape[0]
    if abs(wide / expected - 1) > _SHAPE:
        return 0.0, 0.0
    size = (max(4, round(wide)), _HIGH)
    one, other = (_soft(picture, size) for picture in (seen, model))
    framed = cv2.copyMakeBorder(one, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(255,))
    whole = float(cv2.matchTemplate(framed, other, cv2.TM_CCOEFF_NORMED).max())
    parts = [
        float(cv2.matchTemplate(framed[:, x : x + _PART + 4], other[:, x : x + _PART], cv2.TM_CCOEFF_NORMED).max())
        for x in range(0, max(1, size[0] - _PART + 1), _PART // 2)
        if np.ptp(other[:, x : x + _PART]) > 100
    ]
    return whole, min(parts, default=whole)


def crops(picture: Grey) -> Iterator[Grey]:
    """A line cut out by all that is dark on it, and by its letters alone: dirt may lie above it or behind it."""
    for cut in (tight(picture), _letters(picture)):
        if cut is not None:
            yield cut


def tight(picture: Grey) -> Grey | None:
    """What is dark on a picture, with nothing around it; None where hardly anything is."""
    dark = picture < DARK
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if len(rows) < 4 or len(columns) < 2:
        return None
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _letters(picture: Grey) -> Grey | None:
    """Nothing is wiped out: a dot that was not read must still count against what was."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((picture < DARK).astype(np.uint8))
    left, top, wide, high, area = np.asarray(stats[1:], np.int32).T
    right, bottom = left + wide, top + high
    large = area >= _DIRT
    if not large.any():
        return None
    first, last = top[large].min(), bottom[large].max()
    beside = _BESIDE * (last - first)
    on_line = (top >= first) & (bottom <= last + 2) & (area >= _DOT)
    near = (left < right[large].max() + beside) & (right > left[large].min() - beside)
    kept = large | (on_line & near)
    cut = picture[first:last, left[kept].min() : right[kept].max()]
    return cut if cut.shape[0] >= 4 and cut.shape[1] >= 2 else None


def _soft(picture: Grey, size: tuple[int, int]) -> Grey:
    sized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(sized, (0, 0), 1.2), np.uint8)
