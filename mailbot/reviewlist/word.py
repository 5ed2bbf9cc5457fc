"""Word's XML (ISO 29500) for headings, paragraphs and tables, as text, so that no list is ever held whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from parsers.write.controls import Control
from parsers.write.sdt import control_xml

#: What XML cannot hold, and marks that turn the direction of what follows; answers come from outside.
_UNHOLDABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
WIDTH = 186  # millimetres between the margins of A4
LABEL = 31  # millimetres of a label
_LONG = 500  # letters; what is longer may run over to the next page
_EMU = 36_000  # of a millimetre
_DRAWING = (
    '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="Picture {number}" descr="What is written on the '
    'form"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData '
    'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="{number}" '
    'name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="{relation}"/><a:stretch>'
    '<a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/>'
    '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
    "</wp:inline></w:drawing>"
)


@dataclass(frozen=True)
class Checked:
    """Words that a person must check, and a picture of where they stand: a PNG of so many millimetres."""

    words: str
    picture: bytes
    wide: float
    high: float


Cell = str | Control | Checked
Fact = tuple[str, Cell]


@dataclass(frozen=True)
class Drawn:
    """A picture that is a part of the document already."""

    words: str
    xml: str


def tag(name: str, *inside: str, **attributes: str) -> str:
    """An element of Word's own namespace."""
    given = "".join(f" w:{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<w:{name}{given}>{''.join(inside)}</w:{name}>" if inside else f"<w:{name}{given}/>"


def text(words: str, *, bold: bool = False) -> str:
    """A run; its lines stay lines."""
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in clean(words).splitlines())
    return f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{'<w:br/>'.join(lines)}</w:r>"


def paragraph(*inside: str, style: str = "", together: bool = False) -> str:
    """A paragraph; `together` keeps it on the page of the one that follows."""
    of = tag("pStyle", val=style) if style else ""
    keep = "<w:keepNext/>" if together else ""
    spacing = "" if style else tag("spacing", before="2", after="2")
    return f"<w:p><w:pPr>{of}{keep}{spacing}</w:pPr>{''.join(inside)}</w:p>"


def table(widths: Sequence[int], rows: Iterable[str]) -> str:
    """A table of columns so many millimetres wide."""
    sides = ("top", "bottom", "insideH")
    borders = (tag(side, val="single", sz="4", space="0", color="AEB7BD") for side in sides)
    properties = tag(
        "tblPr",
        tag("tblW", w=_twips(sum(widths)), type="dxa"),
        tag("tblBorders", *borders),
        tag("tblLayout", type="fixed"),
        tag("tblCellMar", *(tag(side, w="60", type="dxa") for side in ("left", "right"))),
    )
    return tag("tbl", properties, tag("tblGrid", *(tag("gridCol", w=_twips(width)) for width in widths)), *rows)


def header_row(words: Sequence[str], widths: Sequence[int]) -> str:
    """Repeated on each page that the table runs over to."""
    properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    cells = (_cell(paragraph(text(one, bold=True)), width) for one, width in zip(words, widths, strict=True))
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def plain_row(words: Sequence[str], widths: Sequence[int]) -> str:
    cells = (_cell(paragraph(text(one)), width) for one, width in zip(words, widths, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def fact_row(facts: Sequence[tuple[str, str | Control | Drawn]], number: int, *, together: bool, high: int) -> str:
    """One or two facts, each a bold label with its value; one alone spans the page. `high`: millimetres at least."""
    beside = WIDTH // 2 - LABEL
    cells: list[str] = []
    for label, value in facts:
        inside = _value(value, number + len(cells))
        spans = len(facts) == 1
        cells.append(_cell(paragraph(text(label, bold=True), together=together), LABEL))
        cells.append(_cell(paragraph(inside, together=together), WIDTH - LABEL if spans else beside, span=spans))
    whole = "" if any(isinstance(value, str) and len(value) > _LONG for _, value in facts) else "<w:cantSplit/>"
    height = tag("trHeight", val=_twips(high), hRule="atLeast") if high else ""
    return f"<w:tr><w:trPr>{whole}{height}</w:trPr>{''.join(cells)}</w:tr>"


def drawing(picture: Checked, number: int, relation: str) -> str:
    """The picture as large as it says, from the part that the relation names."""
    wide, high = round(picture.wide * _EMU), round(picture.high * _EMU)
    return _DRAWING.format(wide=wide, high=high, number=number, relation=relation)


def clean(words: str) -> str:
    """Words without what XML cannot hold."""
    return _UNHOLDABLE.sub(" ", words)


def _value(value: str | Control | Drawn, number: int) -> str:
    if isinstance(value, Control):
        return control_xml(value, number)
    if isinstance(value, Drawn):
        return f"{text(value.words)}<w:r><w:br/>{value.xml}</w:r>"
    return text(value)


def _cell(inside: str, width: int, *, span: bool = False) -> str:
    spans = '<w:gridSpan w:val="3"/>' if span else ""
    return f"<w:tc><w:tcPr>{tag('tcW', w=_twips(width), type='dxa')}{spans}</w:tcPr>{inside}</w:tc>"


def _twips(millimetres: int) -> str:
    return str(round(millimetres / 25.4 * 1440))
