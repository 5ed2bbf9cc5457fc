"""Whether something is written on the pages of a PDF beneath its fields, where those who read fields do not look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pypdfium2
from pypdfium2 import raw

from parsers.readers.widgets import Widget

# Pens, stamps and shapes; typed notes are read with the fields.
_DRAWN = {
    raw.FPDF_ANNOT_INK, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_LINE, raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE,
    raw.FPDF_ANNOT_POLYGON, raw.FPDF_ANNOT_POLYLINE,
}  # fmt: skip
_INSET = 2.0  # points: a label near a field is not in it


def written(data: bytes, widgets: Iterable[Widget]) -> bool:
    """Whether letters stand on the pages where fields are, or somebody drew on them."""
    by_page: dict[int, list[Widget]] = {}
    for widget in widgets:
        if widget.page is not None and widget.rect is not None and not widget.button:
            by_page.setdefault(widget.page, []).append(widget)
    document = pypdfium2.PdfDocument(data)
    try:
        return any(_on(document[number - 1], there) for number, there in by_page.items())
    finally:
        document.close()


def _on(page: Any, widgets: Iterable[Widget]) -> bool:
    if any(_subtype(page, number) in _DRAWN for number in range(raw.FPDFPage_GetAnnotCount(page))):
        return True
    words = page.get_textpage()
    return any(words.get_text_bounded(*_inner(widget)).strip() for widget in widgets)


def _subtype(page: Any, number: int) -> int:
    annotation = raw.FPDFPage_GetAnnot(page, number)
    kind: int = raw.FPDFAnnot_GetSubtype(annotation)
    raw.FPDFPage_CloseAnnot(annotation)
    return kind


def _inner(widget: Widget) -> tuple[float, float, float, float]:
    assert widget.rect is not None
    left, bottom, right, top = widget.rect
    return left + _INSET, bottom + _INSET, right - _INSET, top - _INSET
