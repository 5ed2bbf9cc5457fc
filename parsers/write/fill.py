"""Filling in a blank: answers as `read --json` gives them -> the document that somebody would return."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pikepdf
from lxml import etree
from pikepdf import Name, String

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BODY = "word/document.xml"


def by_control(answers: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each control: words, the id of a chosen option, or `Yes` in a ticked box."""
    return dict(pair for key, value in answers.items() for pair in _controls(key, value))


def _controls(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        yield from ((f"{key}.{option}", "Yes") for option in value)
    elif isinstance(value, dict) and "checked" in value:
        parts = {f"{key}.name": value.get("name"), f"{key}.date": value.get("date")}
        yield from ((name, part) for name, part in parts.items() if part)
        if value["checked"]:
            yield key, "Yes"
    elif isinstance(value, dict):
        yield from _controls(key, value.get("choice"))
        yield from _controls(f"{key}.text", value.get("text"))
    elif value:
        yield key, str(value)


def fill_pdf(blank: bytes, answers: Mapping[str, Any], gaps: Collection[str] = ()) -> bytes:
    """The blank PDF with these answers, to be drawn by the viewer; raises KeyError where one has no place.

    The boxes of the questions in `gaps` are marked in yellow.
    """
    wanted, out = by_control(answers), io.BytesIO()
    with pikepdf.open(io.BytesIO(blank)) as document:
        placed = {name for page in document.pages for name in _fill_page(page, wanted)}
        _all_placed(wanted, placed)
        _mark_pages(document, gaps)
        document.Root.AcroForm.NeedAppearances = True
        document.save(out)
    return out.getvalue()


def _fill_page(page: pikepdf.Page, wanted: Mapping[str, str]) -> Iterator[str]:
    for widget in page.obj.get("/Annots", ()):
        field = widget if "/T" in widget else widget.get("/Parent", widget)
        name = str(field.get("/T", ""))
        if name not in wanted:
            continue
        if str(field.FT) != "/Btn":
            field.V = String(wanted[name])
            yield name
        elif f"/{wanted[name]}" in widget.AP.N:
            widget.AS = field.V = Name(f"/{wanted[name]}")
            yield name


def _mark_pages(document: pikepdf.Pdf, gaps: Collection[str]) -> None:
    """A yellow ground behind each box of these questions (ISO 32000-1, 12.5.6.19: MK, BG)."""
    for page in document.pages if gaps else ():
        for widget in page.obj.get("/Annots", ()):
            name = str((widget if "/T" in widget else widget.get("/Parent", widget)).get("/T", ""))
            if name.partition(".")[0] in gaps:
                look = widget.get("/MK", pikepdf.Dictionary())
                look["/BG"] = pikepdf.Array([1, 1, 0.6])
                widget["/MK"] = look


def fill_docx(blank: bytes, answers: Mapping[str, Any], gaps: Collection[str] = ()) -> bytes:
    """The blank Word document with these answers; raises KeyError where one has no place.

    The boxes of the questions in `gaps` are marked in yellow.
    """
    wanted, out = by_control(answers), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(blank)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        body = etree.fromstring(source.read(_BODY))
        _all_placed(wanted, set(_fill_body(body, wanted)))
        _mark_body(body, gaps)
        for name in source.namelist():
            target.writestr(name, etree.tostring(body) if name == _BODY else source.read(name))
    return out.getvalue()


def _fill_body(body: Any, wanted: Mapping[str, str]) -> Iterator[str]:
    for control in body.iter(f"{_W}sdt"):
        about = control.find(f"{_W}sdtPr")
        tag = about.find(f"{_W}tag").get(f"{_W}val")
        if tag in wanted:
            _put(control, about, wanted[tag])
            yield tag


def _mark_body(body: Any, gaps: Collection[str]) -> None:
    for control in body.iter(f"{_W}sdt") if gaps else ():
        tag = control.find(f"{_W}sdtPr/{_W}tag").get(f"{_W}val")
        for run in control.iter(f"{_W}r") if tag.partition(".")[0] in gaps else ():
            look = run.find(f"{_W}rPr")
            if look is None:
                look = etree.Element(f"{_W}rPr")
                run.insert(0, look)
            etree.SubElement(look, f"{_W}highlight").set(f"{_W}val", "yellow")


def _put(control: Any, about: Any, value: str) -> None:
    for hint in about.findall(f"{_W}showingPlcHdr"):
        about.remove(hint)
    box = about.find(f"{_W14}checkbox/{_W14}checked")
    if box is not None:
        box.set(f"{_W14}val", "1")
    items = {item.get(f"{_W}value"): item.get(f"{_W}displayText") for item in about.iter(f"{_W}listItem")}
    _write(control.find(f"{_W}sdtContent/{_W}r"), "☒" if box is not None else items.get(value, value))


def _write(run: Any, words: str) -> None:
    for old in list(run):
        run.remove(old)
    for number, line in enumerate(words.split("\n")):
        if number:
            etree.SubElement(run, f"{_W}br")
        text = etree.SubElement(run, f"{_W}t")
        text.text = line
        text.set(_SPACE, "preserve")


def _all_placed(wanted: Mapping[str, str], placed: set[str]) -> None:
    unknown = sorted(set(wanted) - placed)
    if unknown:
        raise KeyError(f"the blank has no place for {', '.join(unknown)}")
