"""The finishing pass over a laid-out PDF: sane form fields, and marks by which a scanned page is known.

Each rule is here because some viewer, scanner or mail gateway failed without it. Field names stand whole, with
their dots, at the top level, although ISO 32000-2, 12.7.4.2 keeps dots for levels: `p_setting` and the
`p_setting.text` beside it cannot be in one tree. Of four ways tried, only this was filled and read well by PDFium,
Poppler, pdf.js, pdftk, pdf-lib, pypdf and qpdf; a button with fields below it crashed Poppler.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
import segno
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from parsers.form import Form
from parsers.write.controls import Control, of_form
from parsers.write.landmarks import Square, code, marks, payload
from parsers.write.page import OF_CHOICE

_MULTILINE, _RADIO = 1 << 12, 1 << 15
_PRINT = 4

# Size 0: the viewer picks the size, so a long answer shrinks instead of scrolling out of what is printed.
_LOOK = "/Helv 0 Tf 0 g"

# On a square of 100. LibreOffice Draw drops the glyph of a font it lacks, and a line without length.
_TICK = "0 G 13 w 1 J 1 j 24 52 m 42 30 l 78 76 l S"
# A space in an empty field, which whoever fills it draws over and whoever loses what was filled in takes away: where it
# is gone from the page and nothing else stands, an answer was lost.
_UNWRITTEN = b"/Tx BMC BT /Helv 1 Tf 2 2 Td ( ) Tj ET EMC"
_DOT = "0 g 25 50 m 25 64 36 75 50 75 c 64 75 75 64 75 50 c 75 36 64 25 50 25 c 36 25 25 36 25 50 c f"


def finish(pdf: Pdf, form: Form) -> None:
    """Give every input of the laid-out PDF its meaning, and every page its marks."""
    fields = _Fields(pdf)
    # no NeedAppearances: each widget has its appearance; the flag makes viewers ask to save an unread form. An object
    # of its own: only then can pdf.js, which draws no letters outside Latin-1, set the flag for whoever draws them
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(Fields=Array([fields.add(control) for control in of_form(form)]), DR=fields.fonts, DA=String(_LOOK))
    )
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.docinfo["/MailbotForm"] = form.version
    for number, page in enumerate(pdf.pages, start=1):
        page.obj.Tabs = Name.S
        _mark(page, payload(form.version, number))


class _Fields:
    """The fields of a document, made from the placed inputs; the drawings that they share."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.widgets = {str(widget.T): widget for page in pdf.pages for widget in page.obj.get("/Annots", ())}
        helvetica = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        self.fonts = Dictionary(Font=Dictionary(Helv=pdf.make_indirect(helvetica)))
        self.drawings: dict[tuple[float, float, str], Object] = {}

    def add(self, control: Control) -> Object:
        """The field of a control, ready to be listed."""
        if control.kind == "choice":
            return self._choice(control)
        widget = self.widgets[control.name]
        if control.kind == "tick":
            self._button(widget, "Yes", _TICK)
            widget.FT, widget.V = Name.Btn, Name.Off
        else:
            self._writing(widget, control)
        widget.T, widget.TU = String(control.name), String(control.spoken)
        return widget

    def _choice(self, control: Control) -> Object:
        """A group of radio buttons: the field holds the answer, its buttons have neither name nor type."""
        # without NoToggleToOff a choice made by mistake can be taken back, where the viewer allows it
        group = self.pdf.make_indirect(Dictionary(FT=Name.Btn, Ff=_RADIO, V=Name.Off, Kids=Array()))
        group.T, group.TU = String(control.name), String(control.spoken)
        for option, label in control.options:
            widget = self.widgets[f"{control.name}{OF_CHOICE}{option}"]
            self._button(widget, option, _DOT)
            # Poppler, drawing fields anew, makes the dot in the colour of a border; there shall be none
            widget.MK, widget.BS = Dictionary(BC=Array([0])), Dictionary(W=0)
            widget.Parent, widget.TU = group, String(f"{control.label} {label}")
            group.Kids.append(widget)
        return group

    def _button(self, widget: Object, state: str, mark: str) -> None:
        _bare(widget, grow=2)  # the layout gives the box's inside; its border may be clicked too
        look = {f"/{state}": self._fitting(widget, mark), "/Off": self._fitting(widget, "")}
        widget.AP, widget.AS = Dictionary(N=Dictionary(look)), Name.Off

    def _fitting(self, widget: Object, mark: str) -> Object:
        """A mark in the size of its box, shared by the boxes of that size; pdftk flattens it as large as it is."""
        left, bottom, right, top = (float(x) for x in widget.Rect)
        width, height = round(right - left, 1), round(top - bottom, 1)
        fit = f"{width / 100:.4f} 0 0 {height / 100:.4f} 0 0 cm {mark}" if mark else ""
        key = width, height, mark
        if key not in self.drawings:
            self.drawings[key] = self._drawing(width, height, fit.encode())
        return self.drawings[key]

    def _writing(self, widget: Object, control: Control) -> None:
        _bare(widget)
        left, bottom, right, top = (float(x) for x in widget.Rect)
        widget.FT, widget.Ff, widget.V = Name.Tx, _MULTILINE if control.kind == "box" else 0, String("")
        widget.DA = String(_LOOK)
        widget.AP = Dictionary(N=self._drawing(right - left, top - bottom, _UNWRITTEN, self.fonts))

    def _drawing(self, width: float, height: float, data: bytes, resources: Dictionary | None = None) -> Object:
        box = Array([0, 0, round(width, 2), round(height, 2)])
        return self.pdf.make_stream(
            data, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=resources or Dictionary()
        )


def _bare(widget: Object, grow: float = 0) -> None:
    """Keep only what places the widget on its page and in the structure tree."""
    for key in set(widget.keys()) - {"/Type", "/Subtype", "/Rect", "/P", "/StructParent"}:
        del widget[key]
    x1, y1, x2, y2 = (float(x) for x in widget.Rect)
    corners = (min(x1, x2) - grow, min(y1, y2) - grow, max(x1, x2) + grow, max(y1, y2) + grow)
    widget.Rect = Array([round(x, 2) for x in corners])
    widget.F = _PRINT


def _mark(page: pikepdf.Page, says: str) -> None:
    """Draw what a scanned page is found and straightened by; an artifact, so screen readers pass over it."""
    size = float(page.mediabox[2]), float(page.mediabox[3])
    rectangles = [(*square, square.side) for square in marks(*size)]
    rectangles += _qr(says, code(*size))
    drawn = "\n".join(f"{x:.3f} {y:.3f} {w:.3f} {h:.3f} re" for x, y, w, h in rectangles)
    page.contents_add(b"q", prepend=True)
    page.contents_add(f"Q /Artifact BMC q 0 g\n{drawn}\nf Q EMC".encode())


def _qr(says: str, place: Square) -> Iterator[tuple[float, float, float, float]]:
    matrix = segno.make(says, micro=False).matrix
    side, top = place.side / len(matrix), place.bottom + place.side
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:  # a hair wider than its cell, so that no white line shows between neighbours
                yield place.left + column * side, top - (row + 1) * side, side + 0.02, side + 0.02
