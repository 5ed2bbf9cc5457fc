"""A form printed to a PDF, its fields gone: each answer is read from where it stands on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pypdfium2

from parsers.answers import Written
from parsers.found import Found
from parsers.match import by_words
from parsers.readers import Source, pdf
from parsers.readers.glyph import Glyph
from parsers.readers.layout import Box, Layout, layout
from parsers.readers.misprints import broken_fonts, drops
from parsers.readers.plane import Map, Rect
from parsers.readers.printed import Print
from parsers.readers.registration import Spot, spots
from parsers.readers.sheets import Sheets
from parsers.readers.together import Page, form_of, together
from parsers.reading import Unreadable
from parsers.value import DOUBTFUL, UNSURE

NO_SCAN = "This is a scan or a photo, and reading those is not installed here; a person must read it."
SCANNED = "This is a scan or a photo in which our form cannot be read; a person must look at it."
FEW = 200  # characters: a scan has none, or a line that the scanner printed
PRINTED = 0.97  # how often what was read by position is right, as measured over programs and ways to print

# Of the inside of a box, the dark share from which it is ticked, and up to which it is empty.
_TICKED, _EMPTY = 0.07, 0.02
_FULL = 0.5  # of the whole box; its ring has a third of it at the most
_INSIDE = 0.4  # clear of the ring of a round one, however small it was printed

OnSheets = Mapping[int, list[Spot]]  # by sheet, from 0
Named = tuple[str, int]  # a version and a page of it


def read(source: Source) -> Found:
    """The form on these pages, printed or as pictures of paper; raises Unreadable where there is none."""
    pdf.page_count(source.data, source.limits)
    cut_off = pdf.cut_off(source.data)
    sheets, found, pictures = _opened(pdf.repaired(source.data) if cut_off else source.data)
    there = {(spot.version, spot.page) for on_sheet in found.values() for spot in on_sheet}
    glyphs = sheets.glyphs(number for number, on_sheet in found.items() if on_sheet)
    form = form_of({version for version, _ in there}, source)
    pages = list(_printed(sheets, found, glyphs, layout(form))) if form else []
    pictures |= {number for number, on_sheet in found.items() if on_sheet and not glyphs.get(number)}
    on_paper, why_not = _on_paper(sheets, sorted(pictures), source, there)
    form = form or form_of({version for version, _ in there}, source)
    if form is None:
        raise why_not or _not_read(sheets, source)
    if not (pages or on_paper):
        raise why_not or Unreadable("unsupported", _NO_CORNERS)
    seen = {page for _, page in there}
    whole = together(form, layout(form), [*pages, *on_paper], seen, len(sheets), cut_off=cut_off)
    return whole.saying(pdf.CUT_OFF) if cut_off else whole


def _opened(data: bytes) -> tuple[Sheets, OnSheets, set[int]]:
    """The sheets of a PDF, the codes on those that are print, and the numbers of those that are pictures of paper."""
    try:
        sheets = Sheets(data)
        pictures = {number for number in range(len(sheets)) if sheets.is_picture(number)}
        print_ = [number for number in range(len(sheets)) if number not in pictures]
        return sheets, {number: list(spots(sheets.picture(number))) for number in print_}, pictures
    except pypdfium2.PdfiumError:
        raise Unreadable("damaged", "The pages of this PDF cannot be opened.") from None


_NO_CORNERS = "This is our form, but its corners are missing; a person must read it."


def _printed(sheets: Sheets, found: OnSheets, glyphs: Mapping[int, list[Glyph]], blank: Layout) -> Iterator[Page]:
    """The pages of the form whose letters are letters."""
    broken = broken_fonts(glyph for on_sheet in glyphs.values() for glyph in on_sheet)
    for number, on_sheet in glyphs.items():
        sheet, to_points = sheets.picture(number), sheets.points(number)
        for spot in found[number]:
            if spot.pose is None:
                continue
            page = Print(sheet, spot.pose, on_sheet, broken, drops=drops(sheets.program))
            place = to_points.after(spot.pose)
            there = blank.on(spot.page)
            controls = {name: _placed(_control(page, boxes), boxes, number, place) for name, boxes in there.items()}
            unwritten = frozenset(name for name, boxes in there.items() if page.unwritten(boxes[0].rect))
            yield Page(spot.version, spot.page, controls, number, unwritten=unwritten)


def _on_paper(
    sheets: Sheets, numbers: Sequence[int], source: Source, there: set[Named]
) -> tuple[list[Page], Unreadable | None]:
    """The pages that are pictures of paper, or why they cannot be read; adds to the pages that are there."""
    if not numbers:
        return [], None
    try:
        from parsers.readers import scan  # noqa: PLC0415 - OpenCV and the models are loaded only when needed
    except ImportError:
        there |= {(spot.version, spot.page) for number in numbers for spot in spots(sheets.picture(number))}
        return [], Unreadable("needs_scan", NO_SCAN)
    seen = scan.read(numbers, lambda number: _picture(sheets, number), source, there)
    there |= seen.there
    return seen.pages, None if seen.pages else Unreadable("needs_scan", SCANNED)


def _picture(sheets: Sheets, number: int) -> Any:
    from parsers.readers.scan import Picture  # noqa: PLC0415 - as above

    grey, scale = sheets.scanned(number)
    return Picture(number, grey, (scale, scale))


def _control(page: Print, boxes: tuple[Box, ...]) -> Written:
    if boxes[0].state:
        return _mark(page, boxes)
    text, doubt = page.words(boxes[0].rect)
    return Written(text, UNSURE if doubt else PRINTED, doubt)


def _mark(page: Print, boxes: tuple[Box, ...]) -> Written:
    """Which of these boxes is ticked, by the ink in its middle."""
    ink = {box.state: page.share(_inside(box.rect)) for box in boxes}
    # Ghostscript draws some with black and white changed
    full = {box.state for box in boxes if page.share(box.rect) > _FULL}
    ticked = tuple(state for state, share in ink.items() if share >= _TICKED or state in full)
    if len(ticked) > 1:
        return Written("", DOUBTFUL, "more than one of these is marked", candidates=ticked)
    on = ticked[0] if ticked else ""
    over = any(page.noted(box.rect) or page.covered(box.rect) for box in boxes)
    if over or any(_EMPTY < share < _TICKED for state, share in ink.items() if state not in full):
        return Written(on, UNSURE, "there may be a mark in a box")
    return Written(on, PRINTED)


def _inside(rect: Rect) -> Rect:
    left, bottom, right, top = rect
    x, y = ((1 - _INSIDE) / 2 * side for side in (right - left, top - bottom))
    return left + x, bottom + y, right - x, top - y


def _placed(written: Written, boxes: tuple[Box, ...], sheet: int, to_points: Map) -> Written:
    """With where it stands on the sheet: a mark where it was made."""
    box = next((box for box in boxes if box.state == written.text), boxes[0])
    rect = [round(side, 1) for side in to_points.rect(box.rect)]
    return replace(written, where={"reader": "flat", "page": sheet + 1, "rect": rect})


def _not_read(sheets: Sheets, source: Source) -> Unreadable:
    """What a PDF without our codes seems to be."""
    said = sheets.text()
    if by_words(said, source.forms):
        return Unreadable("unsupported", "This is our form printed without its codes; a person must read it.")
    if len(said) < FEW:
        return Unreadable("needs_scan", SCANNED)
    return Unreadable("not_our_form", "This PDF is not our referral form.")
