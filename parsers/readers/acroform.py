"""A PDF whose fields are still fields: their values, from the form and from what stands on the pages.

Programs damage forms, each in its own way; every rule here keeps the answers of one that was seen doing so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pdfplumber
from pdfminer.pdftypes import PDFObjRef
from pdfminer.utils import PDFDocEncoding
from pdfplumber.pdf import PDF
from pdfplumber.utils.pdfinternals import resolve

from parsers.answers import Written
from parsers.form import Form
from parsers.match import by_names
from parsers.readers import Source, pdf, returned
from parsers.reading import Problem, Reading, Unreadable
from parsers.value import DOUBTFUL, LIKELY, UNSURE

DEEPEST = 16  # levels of a field's name, and of its parents
MOST_FIELDS = 20_000
_RADIO = 1 << 15  # ISO 32000-1 table 226
_OFF = ("", "Off")
_CUT_OFF = "The end of this file is missing, and answers may be missing with it. Please send it again."


@dataclass(frozen=True)
class Widget:
    """One place of a field: its whole name, what is stored for it and, of a button, which state is shown."""

    name: str
    button: bool
    radio: bool
    stored: tuple[str, ...]  # from the widget upwards
    shown: str
    where: dict[str, Any]


def read(source: Source) -> Reading | None:
    """The form of a PDF with our fields; None if it has none of them."""
    pages = pdf.page_count(source.data, source.limits)
    # Without its end, a form saved as an addition to the blank still opens: as the blank, with nothing filled in.
    cut_off = pdf.cut_off(source.data)
    data = pdf.repaired(source.data) if cut_off else source.data
    try:
        version, widgets = _document(data)
    except (MemoryError, Unreadable):
        raise
    except Exception:  # pdfminer has no one error for a file that it cannot follow
        version, widgets = _document(pdf.repaired(source.data))
    form = _form(version, widgets, source)
    if form is None:
        return None
    controls = _controls(widgets)
    if not cut_off:
        return returned(source, form, controls, "acroform", pages)
    reading = returned(source, form, _doubting_gaps(controls), "acroform", pages)
    return replace(reading, problems=(Problem("damaged", _CUT_OFF),))


def _doubting_gaps(controls: dict[str, Written]) -> dict[str, Written]:
    return {
        name: replace(written, confidence=UNSURE) if written.blank else written for name, written in controls.items()
    }


def _form(version: str | None, widgets: list[Widget], source: Source) -> Form | None:
    if not widgets:
        return None
    if version is None:  # Preview and others drop what they do not know
        return by_names((widget.name for widget in widgets), source.forms)
    for form in source.forms:
        if form.version == version:
            return form
    raise Unreadable("unknown_version", "This is our form in a version that we do not have.")


def _document(data: bytes) -> tuple[str | None, list[Widget]]:
    with pdfplumber.open(io.BytesIO(data)) as document:
        version = document.metadata.get("MailbotForm")
        found = dict(_on_pages(document))
        top = _list(_dict(document.doc.catalog.get("AcroForm")).get("Fields"))
        # Preview saved forms whose /Fields named 3 of 653, others empty it: the pages have them all.
        for key, leaf in _leaves(top):
            found.setdefault(key, (leaf, None))
        widgets = [_widget(leaf, page) for leaf, page in found.values()]
    return (str(version) if version else None), [widget for widget in widgets if widget.name]


def _on_pages(document: PDF) -> Iterator[tuple[object, tuple[dict[str, Any], int | None]]]:
    for number, page in enumerate(document.pages, start=1):
        for reference in _list(page.page_obj.annots)[:MOST_FIELDS]:
            annotation = _dict(reference)
            if _decoded(annotation.get("Subtype")) == "Widget":
                yield _key(reference), (annotation, number)


def _leaves(top: list[Any]) -> Iterator[tuple[object, dict[str, Any]]]:
    """The fields without kids; each once, however often or deep it is named."""
    waiting, seen = [(reference, 0) for reference in top], set[object]()
    while waiting and len(seen) < MOST_FIELDS:
        reference, depth = waiting.pop()
        key, field = _key(reference), _dict(reference)
        if key in seen or depth > DEEPEST:
            continue
        seen.add(key)
        kids = _list(field.get("Kids"))
        if kids:
            waiting += [(kid, depth + 1) for kid in kids]
        else:
            yield key, field


def _widget(leaf: dict[str, Any], page: int | None) -> Widget:
    line = list(_upwards(leaf))
    names = [_text(one["T"]) for one in line if one.get("T") is not None]
    if len(names) > 1 and len(set(names)) == 1:
        names = names[:1]  # a kid that repeats its group's name
    kind = next((_decoded(one["FT"]) for one in line if "FT" in one), "")
    flags = next((resolve(one["Ff"]) for one in line if "Ff" in one), 0)
    return Widget(
        name=".".join(reversed([name for name in names if name])),
        # by its type alone: Poppler gives text fields an appearance state too
        button=kind == "Btn",
        radio=isinstance(flags, int) and bool(flags & _RADIO),
        stored=tuple(_text(one["V"]) for one in line if "V" in one),
        shown=_state(_text(leaf.get("AS"))),
        where=_where(leaf, page),
    )


def _upwards(leaf: dict[str, Any]) -> Iterator[dict[str, Any]]:
    seen: set[int] = set()
    while leaf and id(leaf) not in seen and len(seen) <= DEEPEST:
        seen.add(id(leaf))
        yield leaf
        leaf = _dict(leaf.get("Parent"))


def _where(leaf: dict[str, Any], page: int | None) -> dict[str, Any]:
    where: dict[str, Any] = {"reader": "acroform"}
    rectangle = [resolve(side) for side in _list(leaf.get("Rect"))]
    if page is not None:
        where["page"] = page
    if len(rectangle) == 4 and all(isinstance(side, int | float) for side in rectangle):
        where["rect"] = [round(float(side), 1) for side in rectangle]
    return where


def _controls(widgets: list[Widget]) -> dict[str, Written]:
    groups: dict[str, list[Widget]] = {}
    for widget in widgets:
        groups.setdefault(widget.name, []).append(widget)
    shows_radios = any(widget.radio and widget.shown for widget in widgets)
    return {
        name: _mark(group, trusted=not shows_radios) if group[0].button else _words(group)
        for name, group in groups.items()
    }


def _words(group: list[Widget]) -> Written:
    found = {widget.stored[0] if widget.stored else "": widget for widget in group}
    filled = [text for text in found if text.strip()]
    if len(filled) > 1:
        remark = "this field stands twice and differs"
        return Written("", DOUBTFUL, remark, group[0].where, tuple(filled))
    if filled and len(found) > 1:
        return Written(filled[0], UNSURE, "this field stands twice, once empty", found[filled[0]].where)
    return Written(filled[0] if filled else "", where=group[0].where)


def _mark(group: list[Widget], *, trusted: bool) -> Written:
    """Which state of a box or of a group of buttons is on; what is shown wins over what is stored."""
    shown = {widget.shown: widget for widget in group if widget.shown}
    stored = {state for widget in group for value in widget.stored if (state := _state(value))}
    if len(shown) > 1:
        remark = "more than one of these is marked"
        return Written("", DOUBTFUL, remark, next(iter(shown.values())).where, tuple(shown))
    if shown:
        state, widget = next(iter(shown.items()))
        if stored - {state}:
            return Written(state, UNSURE, "what is shown differs from what is stored", widget.where)
        return Written(state, where=widget.where)
    if not stored:
        return Written("", where=group[0].where)
    if len(stored) > 1:
        remark = "more than one of these is stored"
        return Written("", DOUBTFUL, remark, group[0].where, tuple(sorted(stored)))
    # Some programs store every choice and show none; in a file that shows others, a hidden one may be stale.
    sure = LIKELY if trusted and group[0].radio else UNSURE
    return Written(stored.pop(), sure, "stored in the file but not shown on the page", group[0].where)


def _state(name: str) -> str:
    bare = name.lstrip("/")  # a name written with its slash is stored as //male
    return "" if bare in _OFF else bare


def _key(reference: Any) -> object:
    return reference.objid if isinstance(reference, PDFObjRef) else ("direct", id(reference))


def _dict(thing: Any) -> dict[str, Any]:
    found = resolve(thing)
    return found if isinstance(found, dict) else {}


def _list(thing: Any) -> list[Any]:
    found = resolve(thing)
    return found if isinstance(found, list) else []


def _text(thing: Any) -> str:
    found = resolve(thing)
    if isinstance(found, list):
        return ", ".join(_text(one) for one in found[:100])
    text = "" if found is None else _decoded(found)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _decoded(thing: Any) -> str:
    found = resolve(thing)
    if hasattr(found, "get_data"):
        found = found.get_data()
    name = getattr(found, "name", None)
    found = name if name is not None else found
    return decode(found) if isinstance(found, bytes) else str(found)


def decode(data: bytes) -> str:
    """A PDF text string (ISO 32000-2 7.9.2.2), UTF-8 also where its mark is missing."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")  # no one types what UTF-8 would look like in PDFDocEncoding
    except UnicodeDecodeError:
        return "".join(PDFDocEncoding[byte] for byte in data)
