"""Opening a PDF: how many pages, whether it is locked, and one try to repair what is damaged."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2

from parsers.limits import Limits
from parsers.reading import Problem, Unreadable

_LOCKED = "This PDF is locked with a password. Please send a copy without one."
CUT_OFF = Problem(
    "damaged", "The end of this file is missing, and answers may be missing with it. Please send it again."
)
_DAMAGED = "This PDF is damaged or was cut off on its way. Please send it again."


def page_count(data: bytes, limits: Limits) -> int:
    """The number of pages; raises Unreadable where it is locked, damaged beyond repair, or too long.

    PDFium counts without building the pages, so 100,000 of them cost nothing.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise Unreadable("encrypted", _LOCKED) from None
        document = pypdfium2.PdfDocument(repaired(data))
    pages = len(document)
    document.close()
    if pages > limits.pages:
        raise Unreadable("too_big", f"This PDF has {pages} pages; we read up to {limits.pages}.")
    return pages


def repaired(data: bytes) -> bytes:
    """The same PDF with its structure written anew; raises Unreadable where that cannot be done."""
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            document.save(out)
    except pikepdf.PasswordError:
        raise Unreadable("encrypted", _LOCKED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Unreadable("damaged", _DAMAGED) from None
    return out.getvalue()


def cut_off(data: bytes) -> bool:
    """Whether the end of the file is missing; what a gateway appended after the end does not matter."""
    return data.rfind(b"%%EOF") < data.rfind(b" obj")


def only_table_cut(data: bytes) -> bool:
    """Whether of a file that was cut off only the table was cut, which says where things are: all of them are here."""
    last = data.rfind(b" obj")
    # the table stands behind the things, or is the last of them (ISO 32000-2, 7.5.4 and 7.5.8)
    is_table = b"/XRef" in data[last : last + 1000] and data.rfind(b"endobj") > last
    return is_table or data.rfind(b"\nxref") > last
