"""A Word document made of headings and tables of facts, as XML; the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from parsers.write.controls import Control
from parsers.write.sdt import content_control

#: What XML cannot hold; answers come from outside.
_UNHOLDABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ZIPPED = (1980, 1, 1, 0, 0, 0)  # zip's own beginning of time
_WIDTH = 186  # millimetres between the margins of A4
_LETTER = 1.6  # millimetres a letter takes
_LONG = 500  # letters; what is longer may run over to the next page
_BLUE = RGBColor(0x00, 0x30, 0x87)
_LOOKS = {"Normal": 9, "Title": 20, "Heading 1": 14, "Heading 2": 10}


@dataclass(frozen=True)
class Checked:
    """Words that a person must check, and a picture of where they stand: a PNG of so many millimetres across."""

    words: str
    picture: bytes
    wide: float

    def __len__(self) -> int:
        return max(len(self.words), round(self.wide / _LETTER))


Cell = str | Control | Checked


class Document:
    """A4, Arial, British English; Heading 1 begins a page."""

    def __init__(self, title: str, footer: str, made_at: datetime, subject: str = "") -> None:
        self._document = docx.Document()
        self._numbers = count(1)
        _page(self._document.sections[0])
        _styles(self._document)
        _properties(self._document, title, made_at)
        self._document.core_properties.subject = subject
        _footer(self._document.sections[0].footer.paragraphs[0], footer)

    def heading(self, text: str, level: int) -> None:
        """A heading: 0 is the title, 1 begins a new page."""
        self._document.add_heading(_clean(text), level)

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        self._document.add_paragraph().add_run(_clean(text)).bold = bold

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table whose header row is repeated on each page."""
        table = _table(widths)
        table.append(_row(header, widths, self._numbers, header=True))
        table.extend(_row(row, widths, self._numbers) for row in rows)
        self._add(table)

    def facts(self, rows: Iterable[Sequence[tuple[str, Cell]]], label: int = 31) -> None:
        """Rows of one or two facts, each a bold label with its value; a row of one spans the page."""
        widths = (label, _WIDTH // 2 - label, label, _WIDTH // 2 - label)
        table = _table(widths)
        for row in rows:
            cells = [cell for fact in row for cell in fact]
            spans = widths if len(cells) > 2 else (label, _WIDTH - label)
            table.append(_row([self._drawn(cell) for cell in cells], spans, self._numbers, labels=True))
        self._add(table)

    def _drawn(self, cell: Cell) -> Cell | _Drawn:
        """A picture becomes a part of the document, under a number of its own."""
        if not isinstance(cell, Checked):
            return cell
        shape = self._document.part.new_pic_inline(io.BytesIO(cell.picture), width=Mm(cell.wide))
        shape.docPr.set("id", str(next(self._numbers)))
        shape.docPr.set("descr", "What is written on the form")
        return _Drawn(cell.words, shape)

    def save(self) -> bytes:
        """The document's bytes, which do not depend on when it was saved."""
        first, out = io.BytesIO(), io.BytesIO()
        self._document.save(first)
        with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                target.writestr(zipfile.ZipInfo(name, _ZIPPED), source.read(name), zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def _add(self, element: Any) -> None:
        self._document.element.body[-1].addprevious(element)  # the last is the section, which must stay last


@dataclass(frozen=True)
class _Drawn:
    words: str
    shape: Any

    def __len__(self) -> int:
        return len(self.words)


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(12)
    section.header_distance = section.footer_distance = Mm(6)


def _styles(document: Any) -> None:
    for name, size in _LOOKS.items():
        style = document.styles[name]
        style.font.size, style.font.italic = Pt(size), False
        style.font.color.rgb = None if name == "Normal" else _BLUE
        style.paragraph_format.space_before = Pt(4 if name == "Heading 2" else 0)
        style.paragraph_format.space_after = Pt(3 if name == "Normal" else 1)
        _arial(style)
    document.styles["Normal"].paragraph_format.line_spacing = 1.0
    document.styles["Heading 1"].paragraph_format.page_break_before = True
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _arial(style: Any) -> None:
    # A theme font would win over the name, so the whole element is replaced
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{key}"), "Arial")


def _properties(document: Any, title: str, made_at: datetime) -> None:
    core = document.core_properties
    core.title, core.language = title, "en-GB"
    core.author = core.comments = core.keywords = core.subject = core.last_modified_by = ""
    core.created = core.modified = made_at


def _footer(paragraph: Any, text: str) -> None:
    paragraph.add_run(f"{text}. Page ")
    paragraph._p.append(_element("w:fldSimple", instr="PAGE"))  # noqa: SLF001 - python-docx has no call for fields
    paragraph.add_run(" of ")
    paragraph._p.append(_element("w:fldSimple", instr="NUMPAGES"))  # noqa: SLF001 - as above


def _table(widths: Sequence[int]) -> Any:
    borders = [
        _element(f"w:{side}", val="single", sz="4", space="0", color="AEB7BD") for side in ("top", "bottom", "insideH")
    ]
    properties = _element(
        "w:tblPr",
        _element("w:tblW", w=_twips(sum(widths)), type="dxa"),
        _element("w:tblBorders", *borders),
        _element("w:tblLayout", type="fixed"),
        _element("w:tblCellMar", *(_element(f"w:{side}", w="60", type="dxa") for side in ("left", "right"))),
    )
    return _element(
        "w:tbl", properties, _element("w:tblGrid", *(_element("w:gridCol", w=_twips(width)) for width in widths))
    )


def _row(
    cells: Sequence[Cell | _Drawn], widths: Sequence[int], numbers: Any, *, header: bool = False, labels: bool = False
) -> Any:
    whole = all(isinstance(cell, Control) or len(cell) < _LONG for cell in cells)
    row = _element("w:tr", _element("w:trPr"))
    row[0].extend(_element(tag) for tag, wanted in (("w:cantSplit", whole), ("w:tblHeader", header)) if wanted)
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        width_of_cell = _element("w:tcW", w=_twips(width), type="dxa")
        span = [_element("w:gridSpan", val="3")] if labels and place == 1 and len(cells) < len("four") else []
        paragraph = _paragraph(cell, next(numbers), bold=header or (labels and place % 2 == 0))
        row.append(_element("w:tc", _element("w:tcPr", width_of_cell, *span), paragraph))
    return row


def _paragraph(cell: Cell | _Drawn, number: int, *, bold: bool) -> Any:
    spacing = _element("w:pPr", _element("w:spacing", before="10", after="10"))
    if isinstance(cell, Control):
        return _element("w:p", spacing, content_control(cell, number))
    if isinstance(cell, _Drawn):
        paragraph = _paragraph(cell.words, number, bold=bold)
        paragraph.append(_element("w:r", _element("w:br"), _element("w:drawing", cell.shape)))
        return paragraph
    assert isinstance(cell, str)
    run = _element("w:r", _element("w:rPr", *([_element("w:b")] if bold else [])))
    for place, line in enumerate(_clean(cell).splitlines()):
        if place:
            run.append(_element("w:br"))
        text = _element("w:t")
        text.text = line
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(text)
    return _element("w:p", spacing, run)


def _element(tag: str, *children: Any, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    element.extend(children)
    return element


def _twips(millimetres: int) -> str:
    return str(round(millimetres / 25.4 * 1440))


def _clean(text: str) -> str:
    return _UNHOLDABLE.sub(" ", text)
