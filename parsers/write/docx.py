"""The blank as a Word document: content controls tagged by name, each question in a table row of its own.

Programs that are not Word drop tags or whole controls, so every row's words must be enough to know it by.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from parsers.form import Field, Form
from parsers.write.controls import Control, of_field
from parsers.write.hints import SUBJECT
from parsers.write.sdt import content_control

_ISSUED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date, so that the same form gives the same bytes
_BLUE, _GREY = RGBColor(0x00, 0x3B, 0x6F), RGBColor(0x42, 0x55, 0x63)
_WIDTHS = Mm(70), Mm(108)
_LINE = 5.2  # millimetres of room for a line of writing
_CELL_MARGINS = (
    f'<w:tblCellMar {nsdecls("w")}><w:top w:w="60" w:type="dxa"/><w:left w:w="110" w:type="dxa"/>'
    '<w:bottom w:w="20" w:type="dxa"/><w:right w:w="110" w:type="dxa"/></w:tblCellMar>'
)


def docx_bytes(form: Form) -> bytes:
    """The blank Word document of a form."""
    document = docx.Document()
    _page(document)
    _styles(document)
    _properties(document, form)
    document.add_paragraph(form.title, style="Title")
    document.add_paragraph(form.service, style="Subtitle")
    document.add_paragraph().add_run(form.urgent).bold = True
    for paragraph in form.intro:
        document.add_paragraph(paragraph)
    numbers = iter(range(1, 10_000))
    for heading, fields in form.sections():
        document.add_heading(heading, level=1)
        table = _table(document)
        for field in fields:
            for control in _rows(field):
                _row(table, field, control, numbers)
    _footer(document, form)
    return _saved(document)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(16)
    section.header_distance = section.footer_distance = Mm(8)


def _styles(document: Any) -> None:
    looks = {"Normal": (10.5, None), "Title": (22, _BLUE), "Subtitle": (12, _BLUE), "Heading 1": (14, _BLUE)}
    for name, (size, colour) in looks.items():
        style = document.styles[name]
        style.font.size, style.font.italic = Pt(size), False
        for spacing in style.element.findall(f"{qn('w:rPr')}/{qn('w:spacing')}"):
            spacing.getparent().remove(spacing)
        if colour is not None:
            style.font.color.rgb = colour
        _arial(style)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _arial(style: Any) -> None:
    # a theme font would win over the name, so the whole element is replaced
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{key}"), "Arial")


def _properties(document: Any, form: Form) -> None:
    core = document.core_properties
    core.title, core.subject = f"{form.title}, {form.service}", f"{SUBJECT}{form.version}"
    core.author, core.language, core.comments, core.keywords = form.service, "en-GB", "", ""
    core.created = core.modified = _ISSUED
    core.last_modified_by = ""


def _table(document: Any) -> Any:
    table = document.add_table(rows=1, cols=2)
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = width  # LibreOffice takes the widths of columns, Word those of cells
    look = table._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001 - as all below: python-docx has no call for it
    look.addprevious(parse_xml(_CELL_MARGINS))  # Word calls a document broken whose properties are out of order
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    for cell, words in zip(head.cells, ("Question", "Your answer"), strict=True):
        cell.paragraphs[0].add_run(words).bold = True
        _shade(cell)
    _widths(head)
    return table


def _rows(field: Field) -> Iterator[tuple[str, tuple[Control, ...]]]:
    """What each row of a question is called and holds: all the boxes of a multi, or one control."""
    controls = of_field(field)
    ticks = tuple(control for control in controls if control.kind == "tick" and control.name != field.id)
    if field.rows:
        yield field.label, ()
    if ticks:
        yield field.label, ticks
    for control in controls:
        if control not in ticks:
            yield control.label, (control,)


def _row(table: Any, field: Field, row: tuple[str, tuple[Control, ...]], numbers: Iterator[int]) -> None:
    label, controls = row
    row_of_table = table.add_row()
    _widths(row_of_table)
    row_of_table._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    asked, answer = row_of_table.cells
    asked.paragraphs[0].add_run(label).bold = True
    if label == field.label:
        _hints(asked, field, controls)
    if not controls:
        asked.merge(answer)
        return
    for control in controls:
        paragraph = answer.paragraphs[0] if control is controls[0] else answer.add_paragraph()
        paragraph._p.append(content_control(control, next(numbers)))  # noqa: SLF001
        if control.kind == "tick":
            paragraph.add_run(f" {control.label if len(controls) > 1 else 'Yes'}")
    if controls[0].lines > 1:
        row_of_table.height = Mm(_LINE * (controls[0].lines + 1))


def _hints(cell: Any, field: Field, controls: tuple[Control, ...]) -> None:
    words = [field.help]
    if controls and controls[0].kind == "choice":
        # programs without content controls show no list, and neither does paper
        words.append(f"Choose one: {'; '.join(label for _, label in field.options)}")
    for hint in filter(None, words):
        run = cell.add_paragraph().add_run(hint)
        run.font.size, run.font.color.rgb = Pt(9), _GREY


def _widths(row: Any) -> None:
    for cell, width in zip(row.cells, _WIDTHS, strict=True):
        cell.width = width


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", "E3EAF0")):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001


def _footer(document: Any, form: Form) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    document.styles["Footer"].font.size = Pt(8.5)
    paragraph.add_run(f"{form.title}, version {form.version}. Return to {form.return_to}. Page ")
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    paragraph._p.append(number)  # noqa: SLF001


def _saved(document: Any) -> bytes:
    """The document as bytes that do not depend on when it was saved."""
    first, out = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ISSUED.timetuple()[:6]), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
