"""Programs that turn a filled form into plain pages, and what printers do to the pages: both take and give a PDF."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
import pypdfium2
import pytest

Matrix = tuple[float, float, float, float, float, float]
Change = Callable[[bytes], bytes]

A4, LETTER = (595.28, 841.89), (612.0, 792.0)


def pdfium(data: bytes) -> bytes:
    """Chrome's and Edge's print to PDF."""
    out = io.BytesIO()
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    for page in document:
        page.flatten()
    document.save(out)
    document.close()
    return out.getvalue()


def qpdf(data: bytes) -> bytes:
    return _by(data, "qpdf", "{in}", "--flatten-annotations=all", "{out}")


def qpdf_drawing(data: bytes) -> bytes:
    return _by(data, "qpdf", "{in}", "--generate-appearances", "--flatten-annotations=all", "{out}")


def pdftk(data: bytes) -> bytes:
    return _by(data, "pdftk", "{in}", "output", "{out}", "flatten")


def cairo(data: bytes) -> bytes:
    """Evince's print to PDF."""
    return _by(data, "pdftocairo", "-pdf", "{in}", "{out}")


def cairo_letter(data: bytes) -> bytes:
    return _by(data, "pdftocairo", "-pdf", "-paperw", "612", "-paperh", "792", "-expand", "{in}", "{out}")


def ghostscript(data: bytes) -> bytes:
    return _by(data, "gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", "-sOutputFile={out}", "{in}")


def ghostscript_letter(data: bytes) -> bytes:
    page = ["-sPAPERSIZE=letter", "-dFIXEDMEDIA", "-dPDFFitPage"]
    return _by(data, "gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", *page, "-sOutputFile={out}", "{in}")


def postscript(data: bytes) -> bytes:
    """An old printer's queue and back."""
    return ghostscript(_by(data, "pdftops", "{in}", "{out}"))


def mutool(data: bytes) -> bytes:
    return _by(data, "mutool", "convert", "-o", "{out}", "{in}", suffix=".pdf")


def draw(data: bytes) -> bytes:
    """LibreOffice Draw, where people open a PDF to export it again."""
    if not shutil.which("soffice") or not Path("/usr/lib/libreoffice/program/libsdlo.so").exists():
        pytest.skip("the Debian package libreoffice-draw is not installed on this machine")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "form.pdf").write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        reading = ["--infilter=draw_pdf_import", "--convert-to", "pdf:draw_pdf_Export", "--outdir", str(folder / "out")]
        command = ["soffice", profile, "--headless", *reading, str(folder / "form.pdf")]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
        return (folder / "out" / "form.pdf").read_bytes()


def _by(data: bytes, program: str, *words: str, suffix: str = "") -> bytes:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed on this machine")
    with TemporaryDirectory() as name:
        source, target = Path(name) / "in.pdf", Path(name) / f"out{suffix}"
        source.write_bytes(data)
        places = {"in": str(source), "out": str(target)}
        command = [program, *(word.format(**places) for word in words)]
        subprocess.run(command, check=False, timeout=120, capture_output=True)
        return target.read_bytes()


PROGRAMS: dict[str, Change] = {
    "pdfium": pdfium,
    "qpdf": qpdf,
    "qpdf+draw": qpdf_drawing,
    "pdftk": pdftk,
    "cairo": cairo,
    "cairo letter": cairo_letter,
    "gs": ghostscript,
    "gs letter": ghostscript_letter,
    "postscript": postscript,
    "mutool": mutool,
    "draw": draw,
}


def straight(data: bytes) -> bytes:
    return data


def scaled(factor: float, paper: tuple[float, float] = A4) -> Change:
    return lambda data: placed(data, [[(factor, 0, 0, factor, *_centred(factor, paper))]], paper)


def letter(data: bytes) -> bytes:
    return scaled(LETTER[1] / A4[1], LETTER)(data)


def turned(degrees: float) -> Change:
    """The page as it is, the words on it turned about its middle."""
    return lambda data: placed(data, [[_turn(degrees)]], A4)


def landscape(degrees: int) -> Change:
    """A quarter turn onto paper that lies on its side."""
    width, height = A4
    matrix: Matrix = (0, 1, -1, 0, height, 0) if degrees == 90 else (0, -1, 1, 0, 0, width)
    return lambda data: placed(data, [[matrix]], (height, width))


def marked_turned(degrees: int) -> Change:
    """Only the page says that it is to be shown turned."""

    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            page.rotate(degrees, relative=False)

    return lambda data: changed(data, change)


def shuffled(data: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.pages.reverse()

    return changed(data, change)


def without(number: int) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        del document.pages[number - 1]

    return lambda data: changed(data, change)


def cropped(data: bytes) -> bytes:
    """Shown from near the edge on, on a page whose origin lies elsewhere."""

    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            x, y, right, top = (float(side) for side in page.mediabox)
            page.contents_add(b"q 1 0 0 1 40 30 cm", prepend=True)
            page.contents_add(b"Q")
            page.obj.MediaBox = pikepdf.Array([x - 10, y - 20, right + 70, top + 90])
            page.obj.CropBox = pikepdf.Array([x + 50, y + 37, right + 30, top + 25])

    return changed(data, change)


def two_up(data: bytes) -> bytes:
    """Two pages on each sheet that lies on its side."""
    width, height = A4
    factor = width / height
    left, right = (factor, 0, 0, factor, 0, 0), (factor, 0, 0, factor, height / 2, 0)
    return placed(data, [[left, right]], (height, width))


def placed(data: bytes, sheets: Iterable[list[Matrix]], paper: tuple[float, float]) -> bytes:
    """The pages drawn onto sheets, each sheet taking as many as there are places on it."""
    (places,), out = list(sheets), io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as target:
        pages = [target.copy_foreign(page.as_form_xobject()) for page in source.pages]
        for first in range(0, len(pages), len(places)):
            sheet = target.add_blank_page(page_size=paper)
            sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary())
            drawn = ""
            for number, (page, matrix) in enumerate(zip(pages[first : first + len(places)], places, strict=False)):
                sheet.obj.Resources.XObject[f"/P{number}"] = page
                drawn += f"q {' '.join(f'{x:.5f}' for x in matrix)} cm /P{number} Do Q\n"
            sheet.obj.Contents = target.make_stream(drawn.encode())
        target.save(out)
    return out.getvalue()


def changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def _centred(factor: float, paper: tuple[float, float]) -> tuple[float, float]:
    return (paper[0] - factor * A4[0]) / 2, (paper[1] - factor * A4[1]) / 2


def _turn(degrees: float) -> Matrix:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = A4[0] / 2, A4[1] / 2
    return cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y


GEOMETRIES: dict[str, Change] = {
    "straight": straight,
    "94 %": scaled(0.94),
    "70 %": scaled(0.70),
    "letter": letter,
    "/Rotate 90": marked_turned(90),
    "/Rotate 180": marked_turned(180),
    "/Rotate 270": marked_turned(270),
    "turned 90": landscape(90),
    "turned 270": landscape(270),
    "upside down": turned(180),
    "skew 1": turned(1),
    "skew -3": turned(-3),
    "shuffled": shuffled,
    "cropped": cropped,
    "two-up": two_up,
}
