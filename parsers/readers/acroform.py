"""A PDF whose fields are still fields: what is stored, shown and drawn for each -> what stands in each control.

Programs damage forms, each in its own way; every rule here keeps the answers of one that was seen doing so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from parsers import marks
from parsers.answers import Written
from parsers.form import Form
from parsers.found import Found
from parsers.match import by_names
from parsers.readers import Source, beneath, pdf
from parsers.readers.widgets import Fields, Note, Widget, fields, state
from parsers.reading import Unreadable
from parsers.value import DOUBTFUL, LIKELY, UNSURE

_NEAR = 5  # points that a drawn text may miss its field by


def read(source: Source) -> Found | None:
    """The form of a PDF with our fields; None if it has too few of them."""
    pages = pdf.page_count(source.data, source.limits)
    # Without its end, a form saved as an addition to the blank still opens: as the blank, with nothing filled in.
    cut_off = pdf.cut_off(source.data)
    found = _fields(pdf.repaired(source.data) if cut_off else source.data)
    form = _form(found, source)
    if form is None:
        if cut_off and found.widgets:
            raise Unreadable(pdf.CUT_OFF.code, pdf.CUT_OFF.words)
        return None
    controls = _controls(found)
    if cut_off and not pdf.only_table_cut(source.data):
        return Found(form, _doubting_gaps(controls), "acroform", pages, (pdf.CUT_OFF,))
    # a page without fields may be another form, printed or scanned behind this one
    more = pages > len({widget.page for widget in found.widgets if widget.page})
    whole = not more and not beneath.written(source.data, found.widgets)
    return Found(form, controls, "acroform", pages, whole=whole)


def _fields(data: bytes) -> Fields:
    try:
        return fields(data)
    except MemoryError:
        raise
    except Exception:  # pdfminer has no one error for a file that it cannot follow
        return fields(pdf.repaired(data))


def _form(found: Fields, source: Source) -> Form | None:
    """The form by its fields: a flattened copy may keep the name of its version and a field of another program."""
    form = by_names((widget.name for widget in found.widgets), source.forms)
    if form is None or found.version in (None, form.version):  # Preview and others drop what they do not know
        return form
    for other in source.forms:
        if other.version == found.version:
            return other
    raise Unreadable("unknown_version", "This is our form in a version that we do not have.")


def _doubting_gaps(controls: dict[str, Written]) -> dict[str, Written]:
    return {
        name: replace(written, confidence=UNSURE) if written.blank else written for name, written in controls.items()
    }


def _controls(found: Fields) -> dict[str, Written]:
    groups: dict[str, list[Widget]] = {}
    for widget in found.widgets:
        groups.setdefault(widget.name, []).append(widget)
    shows_radios = any(widget.radio and widget.shown for widget in found.widgets)
    controls = {}
    for name, group in groups.items():
        written = _mark(group, trusted=not shows_radios) if group[0].button else _words(group)
        controls[name] = _with_notes(written, group, found.notes)
    return controls


def _words(group: list[Widget]) -> Written:
    found = {widget.stored[0] if widget.stored else "": widget for widget in group}
    filled = [words for words in found if words.strip()]
    if len(filled) > 1:
        remark = "this field stands twice and differs"
        return Written("", DOUBTFUL, remark, group[0].where, tuple(filled))
    if filled and len(found) > 1:
        return Written(filled[0], UNSURE, "this field stands twice, once empty", found[filled[0]].where)
    return Written(filled[0] if filled else "", where=group[0].where)


def _mark(group: list[Widget], *, trusted: bool) -> Written:
    """Which state of a box or of a group of buttons is on; what is shown wins over what is stored."""
    shown = {widget.shown: widget for widget in group if widget.shown}
    stored = {one for widget in group for value in widget.stored if (one := state(value))}
    if len(shown) > 1:
        remark = "more than one of these is marked"
        return Written("", DOUBTFUL, remark, next(iter(shown.values())).where, tuple(shown))
    if shown:
        on, widget = next(iter(shown.items()))
        if stored - {on}:
            return Written(on, UNSURE, "what is shown differs from what is stored", widget.where)
        return Written(on, where=widget.where)
    if not stored:
        return Written("", where=group[0].where)
    if len(stored) > 1:
        remark = "more than one of these is stored"
        return Written("", DOUBTFUL, remark, group[0].where, tuple(sorted(stored)))
    # Some programs store every choice and show none; in a file that shows others, a hidden one may be stale.
    sure = LIKELY if trusted and group[0].radio else UNSURE
    return Written(stored.pop(), sure, "stored in the file but not shown on the page", group[0].where)


def _with_notes(written: Written, group: list[Widget], notes: Iterable[Note]) -> Written:
    """Telephones and browsers let people draw text over a form and leave its fields alone."""
    drawn = [words for widget in group for words in _drawn_over(widget, notes)]
    if not drawn:
        return written
    if written.blank and len(set(drawn)) == 1:
        return Written(drawn[0], LIKELY, "drawn over the form", group[0].where)
    there = (written.text, *drawn) if not written.blank else tuple(drawn)
    return Written("", DOUBTFUL, "something else is drawn over this field", group[0].where, there)


def _drawn_over(widget: Widget, notes: Iterable[Note]) -> Iterator[str]:
    over = [note for note in notes if _over(note, widget)]
    if widget.button:
        ticked = any(marks.single(note.words) for note in over)
        yield from widget.states[:1] if ticked else ()
    elif over:
        yield "\n".join(note.words for note in sorted(over, key=lambda note: -note.rect[3]))


def _over(note: Note, widget: Widget) -> bool:
    if widget.rect is None or note.page != widget.page:
        return False
    left, bottom, right, top = widget.rect
    x, y = (note.rect[0] + note.rect[2]) / 2, (note.rect[1] + note.rect[3]) / 2
    # a box is small and its neighbours are near
    near = 0 if widget.button else _NEAR
    return left - near <= x <= right + near and bottom - near <= y <= top + near
