"""A form printed to a PDF, its fields gone: each answer is read from where it stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pypdfium2

from parsers.answers import Written
from parsers.form import Form
from parsers.found import Found
from parsers.match import by_words
from parsers.readers import Source, pdf
from parsers.readers.layout import Box, Layout, layout
from parsers.readers.objects import Rect
from parsers.readers.plane import Map
from parsers.readers.printed import Print, broken_fonts
from parsers.readers.registration import Spot, spots
from parsers.readers.sheets import Sheets
from parsers.reading import Problem, Unreadable, pages_missing, pages_of
from parsers.value import DOUBTFUL, UNSURE
from parsers.write.controls import of_form

FEW = 200  # characters: a scan has none, or a line that the scanner printed
PRINTED = 0.97  # how often what was read by position is right, as measured over programs and ways to print

# Of the inside of a box, the dark share from which it is ticked, and up to which it is empty.
_TICKED, _EMPTY = 0.07, 0.02
_INSIDE = 0.4  # clear of the ring of a round one, however small it was printed

OnSheets = dict[int, list[Spot]]  # by sheet, from 0
Controls = dict[str, Written]


def read(source: Source) -> Found:
    """The form printed on these pages; raises Unreadable where there is none, or only pictures of it."""
    cut_off = pdf.cut_off(source.data)
    try:
        sheets = Sheets(pdf.repaired(source.data) if cut_off else source.data)
        found = {number: list(spots(sheets.picture(number))) for number in range(len(sheets))}
    except pypdfium2.PdfiumError:
        raise Unreadable("damaged", "The pages of this PDF cannot be opened.") from None
    form = _form(found, source)
    if form is None:
        raise _not_read(sheets, source)
    blank = layout(form)
    controls, pages = _read(sheets, found, blank)
    problems = (*([pdf.CUT_OFF] if cut_off else ()), *_gaps(found, pages, blank))
    return Found(form, _doubting_gaps(form, controls, cut_off=cut_off), "flat", len(sheets), problems)


def _form(found: OnSheets, source: Source) -> Form | None:
    versions = {spot.version for on_sheet in found.values() for spot in on_sheet}
    if not versions:
        return None
    if len(versions) > 1:
        raise Unreadable("unsupported", "Pages of different versions of our form are mixed here; a person must look.")
    for form in source.forms:
        if form.version in versions:
            return form
    raise Unreadable("unknown_version", "This is our form in a version that we do not have.")


def _read(sheets: Sheets, found: OnSheets, blank: Layout) -> tuple[Controls, set[int]]:
    """What stands in each control, and which pages of the form have been read."""
    glyphs = sheets.glyphs(number for number, on_sheet in found.items() if on_sheet)
    if not glyphs:
        raise Unreadable("needs_scan", "This is our form as a scan or a photo; a person must read it.")
    broken = broken_fonts(glyph for on_sheet in glyphs.values() for glyph in on_sheet)
    written: dict[str, list[Written]] = {}
    pages = set[int]()
    for number, on_sheet in glyphs.items():
        sheet, to_points = sheets.picture(number), sheets.points(number)
        for spot in found[number]:
            if spot.pose is None:
                continue
            pages.add(spot.page)
            page, place = Print(sheet, spot.pose, on_sheet, broken), to_points.after(spot.pose)
            for name, boxes in blank.on(spot.page).items():
                one = _placed(_control(page, boxes), boxes, number, place)
                written.setdefault(name, []).append(one)
    if not pages:
        raise Unreadable("unsupported", "This is our form, but its corners are missing; a person must read it.")
    controls = {name: _one(there) for name, there in written.items()}
    return {**_not_found(blank, pages), **controls}, pages


def _not_found(blank: Layout, pages: set[int]) -> Controls:
    absent = {page: blank.on(page) for page in range(1, blank.pages + 1) if page not in pages}
    return {
        name: Written("", DOUBTFUL, f"page {page}, where this stands, was not found", {"reader": "flat"})
        for page, controls in absent.items()
        for name in controls
    }


def _control(page: Print, boxes: tuple[Box, ...]) -> Written:
    if boxes[0].state:
        return _mark(page, boxes)
    text, doubt = page.words(boxes[0].rect)
    return Written(text, UNSURE if doubt else PRINTED, doubt)


def _mark(page: Print, boxes: tuple[Box, ...]) -> Written:
    """Which of these boxes is ticked, by the ink in its middle."""
    ink = {box.state: page.share(_inside(box.rect)) for box in boxes}
    ticked = tuple(state for state, share in ink.items() if share >= _TICKED)
    if len(ticked) > 1:
        return Written("", DOUBTFUL, "more than one of these is marked", candidates=ticked)
    on = ticked[0] if ticked else ""
    if any(_EMPTY < share < _TICKED for share in ink.values()) or any(page.noted(box.rect) for box in boxes):
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


def _one(there: list[Written]) -> Written:
    """A page may have been printed twice; what then differs is a conflict."""
    filled = [one for one in there if not one.blank]
    texts = tuple(dict.fromkeys(text for one in filled for text in one.candidates or (one.text,)))
    if len(texts) > 1:
        return replace(filled[0], text="", confidence=DOUBTFUL, remark=filled[0].remark or _TWICE, candidates=texts)
    if filled and len(filled) < len(there):
        return replace(filled[0], confidence=UNSURE, remark="this page is here twice, once without this answer")
    return min(there, key=lambda one: one.confidence)


_TWICE = "this page is here twice, with different answers"


def _doubting_gaps(form: Form, controls: Controls, *, cut_off: bool) -> Controls:
    """What is blank is in doubt where nothing of its kind arrived: programs lose all words, or all dots."""
    kinds = {control.name: _kind(control.kind) for control in of_form(form)}
    arrived = {kinds.get(name) for name, written in controls.items() if not written.blank}
    return {
        name: _doubted(written)
        if written.blank and (cut_off or (arrived and kinds.get(name) not in arrived))
        else written
        for name, written in controls.items()
    }


def _kind(kind: str) -> str:
    return "words" if kind in ("line", "box") else kind


def _doubted(written: Written) -> Written:
    remark = written.remark or "nothing is here, and may have been lost"
    return replace(written, confidence=min(written.confidence, UNSURE), remark=remark)


def _gaps(found: OnSheets, read_pages: set[int], blank: Layout) -> Iterator[Problem]:
    seen = {spot.page for on_sheet in found.values() for spot in on_sheet}
    wanted = set(range(1, blank.pages + 1))
    if missing := wanted - seen:
        yield pages_missing(missing)
    if unread := wanted & seen - read_pages:
        yield Problem("needs_scan", f"{pages_of(unread)} a picture or not whole; a person must read that.")


def _not_read(sheets: Sheets, source: Source) -> Unreadable:
    """What a PDF without our codes seems to be."""
    said = sheets.text()
    if by_words(said, source.forms):
        return Unreadable("unsupported", "This is our form printed without its codes; a person must read it.")
    if len(said) < FEW:
        return Unreadable("needs_scan", "This PDF is a scan or a photo; a person must read it.")
    return Unreadable("not_our_form", "This PDF is not our referral form.")
