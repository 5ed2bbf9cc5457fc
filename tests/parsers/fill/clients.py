"""Programs that people fill the PDF with: each takes the blank and what stands in each control, and gives a PDF."""

from __future__ import annotations

import ctypes
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape, quoteattr

import pypdf
import pypdfium2
import pytest
from lxml import etree

from tests.parsers.fill.places import places, to_do

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"

Wanted = dict[str, str]


def pypdf_client(blank: bytes, wanted: Wanted) -> bytes:
    buttons = {place.name for place in places(blank) if place.state}
    values = {name: f"/{text}" if name in buttons else text for name, text in wanted.items()}
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(blank)), io.BytesIO()
    for page in writer.pages:
        writer.update_page_form_field_values(page, values, auto_regenerate=True)
    writer.write(out)
    return out.getvalue()


def pdfium(blank: bytes, wanted: Wanted) -> bytes:
    """Chrome's and Edge's engine: clicks and types."""
    raw, out = pypdfium2.raw, io.BytesIO()
    document = pypdfium2.PdfDocument(blank)
    document.init_forms()
    jobs = to_do(blank, wanted)
    for number, page in enumerate(document):
        height = page.get_height()
        for (x, y), text in ((place.middle, text) for place, text in jobs if place.page == number):
            # the page drawn at one pixel a point, its origin at the top left
            at = ctypes.c_double(), ctypes.c_double()
            raw.FPDF_DeviceToPage(page, 0, 0, int(page.get_width()), int(height), 0, int(x), int(height - y), *at)
            raw.FORM_OnMouseMove(document.formenv, page, 0, *at)
            raw.FORM_OnLButtonDown(document.formenv, page, 0, *at)
            raw.FORM_OnLButtonUp(document.formenv, page, 0, *at)
            if text:
                typed = (text + "\0").encode("utf-16-le")
                buffer = ctypes.create_string_buffer(typed)
                raw.FORM_ReplaceSelection(document.formenv, page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
        raw.FORM_ForceToKillFocus(document.formenv)
    document.save(out)
    return out.getvalue()


def poppler(blank: bytes, wanted: Wanted) -> bytes:
    """Evince's engine."""
    probe = "import gi; gi.require_version('Poppler', '0.18'); from gi.repository import Poppler"
    if (
        not Path(SYSTEM_PYTHON).exists()
        or subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the Debian packages gir1.2-poppler-0.18 and python3-gi")
    jobs = [(place.page, place.middle, text) for place, text in to_do(blank, wanted)]
    return _program([SYSTEM_PYTHON, str(HERE / "by_poppler.py")], blank, json.dumps(jobs))


def pdfjs(blank: bytes, wanted: Wanted) -> bytes:
    """Firefox's engine."""
    if not shutil.which("node") or not (HERE / "node_modules" / "pdfjs-dist").exists():
        pytest.skip("needs node, and `npm install` in tests/parsers/fill")
    return _program(["node", str(HERE / "by_pdfjs.mjs")], blank, json.dumps(wanted))


def pdflib(blank: bytes, wanted: Wanted) -> bytes:
    """The engine of many web pages that fill forms."""
    if not shutil.which("node") or not (HERE / "node_modules" / "pdf-lib").exists():
        pytest.skip("needs node, and `npm install` in tests/parsers/fill")
    return _program(["node", str(HERE / "by_pdflib.mjs")], blank, json.dumps(wanted))


def pdftk(blank: bytes, wanted: Wanted, *options: str) -> bytes:
    if not shutil.which("pdftk"):
        pytest.skip("needs the Debian package pdftk-java")
    fields = "".join(
        f"<field name={quoteattr(name)}><value>{escape(text)}</value></field>" for name, text in wanted.items()
    )
    xfdf = (
        '<?xml version="1.0" encoding="UTF-8"?><xfdf xmlns="http://ns.adobe.com/xfdf/" xml:space="preserve">'
        f"<fields>{fields}</fields></xfdf>"
    )
    with TemporaryDirectory() as folder:
        source, data, target = (Path(folder) / name for name in ("blank.pdf", "data.xfdf", "out.pdf"))
        source.write_bytes(blank)
        data.write_text(xfdf, encoding="utf-8")
        subprocess.run(["pdftk", source, "fill_form", data, "output", target, *options], check=True, timeout=60)
        return target.read_bytes()


def pdftk_undrawn(blank: bytes, wanted: Wanted) -> bytes:
    """The drawing left to the viewer."""
    return pdftk(blank, wanted, "need_appearances")


def _program(command: list[str], blank: bytes, data: str) -> bytes:
    with TemporaryDirectory() as folder:
        source, job, target = (Path(folder) / name for name in ("blank.pdf", "job.json", "out.pdf"))
        source.write_bytes(blank)
        job.write_text(data, encoding="utf-8")
        subprocess.run([*command, source, job, target], check=True, timeout=60)
        return target.read_bytes()


CLIENTS: dict[str, Callable[[bytes, Wanted], bytes]] = {
    "pypdf": pypdf_client,
    "pdfium": pdfium,
    "poppler": poppler,
    "pdfjs": pdfjs,
    "pdftk": pdftk,
    "pdftk undrawn": pdftk_undrawn,
    "pdf-lib": pdflib,
}


def libreoffice(*documents: bytes, to: str = "docx") -> list[bytes]:
    """Word documents opened by LibreOffice and saved as another kind."""
    if not shutil.which("soffice"):
        pytest.skip("needs the Debian package libreoffice-writer")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number, document in enumerate(documents):
            (folder / f"{number}.docx").write_bytes(document)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(folder / "out")]
        subprocess.run([*command, *sorted(folder.glob("*.docx"))], check=True, timeout=120, capture_output=True)
        return [(folder / "out" / f"{number}.{to}").read_bytes() for number in range(len(documents))]


def libreoffice_typed(*forms: tuple[bytes, Wanted], overtype: bool = False) -> list[bytes]:
    """Blank Word documents filled in LibreOffice and saved; or each cell typed over, with what was in it."""
    probe = [SYSTEM_PYTHON, "-c", "import uno"]
    if not shutil.which("soffice") or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("needs the Debian packages libreoffice-writer and python3-uno")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "out").mkdir()
        for number, (blank, wanted) in enumerate(forms):
            (folder / f"{number:03}.docx").write_bytes(blank)
            (folder / f"{number:03}.json").write_text(json.dumps(_in_turn(blank, wanted)), encoding="utf-8")
        words = [str(folder), str(folder / "out"), (folder / "profile").as_uri(), "overtype" if overtype else "fill"]
        subprocess.run([SYSTEM_PYTHON, str(HERE / "by_uno.py"), *words], check=True, timeout=600)
        return [path.read_bytes() for path in sorted((folder / "out").iterdir())]


def _in_turn(blank: bytes, wanted: Wanted) -> list[str | None]:
    """What to type into each control of a Word document, in their order; of a list the words of the choice."""
    with zipfile.ZipFile(io.BytesIO(blank)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    space = body.nsmap["w"]
    found: list[str | None] = []
    for about in body.iter(f"{{{space}}}sdtPr"):
        words = wanted.get(about.find(f"{{{space}}}tag").get(f"{{{space}}}val"))
        items = about.iter(f"{{{space}}}listItem")
        labels = {item.get(f"{{{space}}}value"): item.get(f"{{{space}}}displayText") for item in items}
        found.append(labels.get(words, words))
    return found
