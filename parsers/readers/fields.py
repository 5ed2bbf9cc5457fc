"""The fields of a PDF, where it can have any: what reads them takes longer to load than to find a scan without."""

from __future__ import annotations

from parsers.found import Found
from parsers.readers import Source, named

# One of these stands in every PDF with fields, plainly or about what is packed (ISO 32000-2, 7.5.7, 12.5.2, 12.7.3).
_NAMES = (b"/AcroForm", b"/Annot", b"/ObjStm")


def read(source: Source) -> Found | None:
    """The form of a PDF with our fields; None if it has too few of them, or none at all."""
    if not any(name in source.data for name in _NAMES):
        return None
    return named("acroform")(source)
