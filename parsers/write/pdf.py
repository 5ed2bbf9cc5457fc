"""The blank as a fillable, tagged PDF."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from parsers.form import Form, FormError
from parsers.write import page


def pdf(form: Form) -> bytes:
    """The blank PDF of a form; needs the extra `forms` and raises FormError where that is not installed."""
    weasyprint = _weasyprint()
    laid_out = weasyprint.HTML(string=page.html(form)).write_pdf(
        pdf_forms=True, pdf_tags=True, pdf_variant="pdf/ua-1", pdf_identifier=b"mailbot"
    )
    from parsers.write.finish import finish  # noqa: PLC0415 - segno comes with the same extra

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(laid_out)) as document:
        finish(document, form)
        document.remove_unreferenced_resources()
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return out.getvalue()


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 - only building needs it
    except ImportError:
        raise FormError("to build the blank, install what it is drawn with: pip install mailbot[forms]") from None
    except OSError as error:
        raise FormError(f"to build the blank, WeasyPrint needs the library Pango on this system: {error}") from None
    return weasyprint
