"""A Word document written page by page, kept squeezed meanwhile; the same content gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from mailbot.reviewlist import word
from mailbot.reviewlist.word import Checked, Drawn, Fact

_ZIPPED = (1980, 1, 1, 0, 0, 0)  # zip's own beginning of time
_BLUE = RGBColor(0x00, 0x30, 0x87)
_LOOKS = {"Normal": 9, "Title": 20, "Heading 1": 14, "Heading 2": 10}
_STYLES = ("Title", "Heading1", "Heading2")
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_PIECE = 1 << 16


class Document:
    """A4, Arial, British English; Heading 1 begins a page. Its bodies follow each other as they were begun."""

    def __init__(self, title: str, footer: str, made_at: datetime, subject: str = "") -> None:
        self._shell = docx.Document()
        self._bodies: list[Body] = []
        self._pictures: dict[str, bytes] = {}
        self.numbers = count(1)
        _page(self._shell.sections[0])
        _styles(self._shell)
        _properties(self._shell, title, made_at)
        self._shell.core_properties.subject = subject
        _footer(self._shell.sections[0].footer.paragraphs[0], footer)

    def body(self) -> Body:
        """A part of the document, which can be written while the parts before it are not yet."""
        self._bodies.append(Body(self))
        return self._bodies[-1]

    def draw(self, picture: Checked) -> Drawn:
        """The picture becomes a part of the document, once however often it is shown."""
        name = hashlib.sha256(picture.picture).hexdigest()[:16]
        self._pictures[name] = picture.picture
        return Drawn(picture.words, word.drawing(picture, next(self.numbers), f"picture{name}"))

    def save(self) -> bytes:
        """The document's bytes, which do not depend on when it was saved."""
        shell, out = io.BytesIO(), io.BytesIO()
        self._shell.save(shell)
        with zipfile.ZipFile(shell) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                with target.open(_entry(name), "w") as entry:
                    for piece in self._part(name, source.read(name)):
                        entry.write(piece)
            for name, data in self._pictures.items():
                target.writestr(_entry(f"word/media/{name}.png"), data)
        return out.getvalue()

    def _part(self, name: str, data: bytes) -> Iterator[bytes]:
        """A part of the shell with what was written put into it."""
        if name == "word/document.xml":
            head, tail = data.split(b"<w:body>")
            yield head + b"<w:body>"
            for body in self._bodies:
                yield from body.unpacked()
            yield tail
        elif name == "word/_rels/document.xml.rels":
            relations = (
                f'<Relationship Id="picture{one}" Type="{_IMAGE}" Target="media/{one}.png"/>' for one in self._pictures
            )
            yield data.replace(b"</Relationships>", f"{''.join(relations)}</Relationships>".encode())
        elif name == "[Content_Types].xml" and self._pictures and b'Extension="png"' not in data:
            yield data.replace(b"<Override", b'<Default Extension="png" ContentType="image/png"/><Override', 1)
        else:
            yield data


class Body:
    """What is written, one thing below the other."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._squeezer = zlib.compressobj(1)
        self._squeezed: list[bytes] = []

    def heading(self, words: str, level: int) -> None:
        """A heading: 0 is the title, 1 begins a new page."""
        self._add(word.paragraph(word.text(words), style=_STYLES[level]))

    def paragraph(self, words: str, *, bold: bool = False) -> None:
        self._add(word.paragraph(word.text(words, bold=bold)))

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table whose header row is repeated on each page."""
        body = (word.plain_row(row, widths) for row in rows)
        self._add(word.table(widths, [word.header_row(header, widths), *body]))

    def facts(self, rows: Iterable[Sequence[Fact]], *, together: bool = False, high: int = 0) -> None:
        """Rows of one or two facts; `together` keeps them all on one page, each so many millimetres high at least."""
        beside = word.WIDTH // 2 - word.LABEL
        all_rows = list(rows)
        made = (
            self._row(row, together=together and number < len(all_rows), high=high)
            for number, row in enumerate(all_rows, 1)
        )
        self._add(word.table((word.LABEL, beside, word.LABEL, beside), made))

    def _row(self, row: Sequence[Fact], *, together: bool, high: int) -> str:
        numbers = self._document.numbers
        facts = [(label, self._document.draw(cell) if isinstance(cell, Checked) else cell) for label, cell in row]
        number = next(numbers)
        for _ in facts * 2:
            next(numbers)
        return word.fact_row(facts, number, together=together, high=high)

    def _add(self, xml: str) -> None:
        self._squeezed.append(self._squeezer.compress(xml.encode()))

    def unpacked(self) -> Iterator[bytes]:
        """Everything that was written, in pieces; nothing can be added after that."""
        self._squeezed.append(self._squeezer.flush())
        unpacker = zlib.decompressobj()
        for squeezed in self._squeezed:
            rest = squeezed
            while rest:
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail
        yield unpacker.flush()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIPPED)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(11)
    section.header_distance = section.footer_distance = Mm(6)


def _styles(document: Any) -> None:
    for name, size in _LOOKS.items():
        style = document.styles[name]
        style.font.size, style.font.italic = Pt(size), False
        style.font.color.rgb = None if name == "Normal" else _BLUE
        style.paragraph_format.space_before = Pt(3 if name == "Heading 2" else 0)
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
    paragraph._p.append(_field("PAGE"))  # noqa: SLF001 - python-docx has no call for fields
    paragraph.add_run(" of ")
    paragraph._p.append(_field("NUMPAGES"))  # noqa: SLF001 - as above


def _field(name: str) -> Any:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    return field
