"""What programs and people do to a Word form: without tags, without controls, corrected, typed beside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from parsers.write.hints import TYPE_HERE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
BODY = "word/document.xml"

Change = Callable[[Any], None]


def changed(data: bytes, change: Change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            if name == BODY:
                root = etree.fromstring(body)
                change(root)
                body = etree.tostring(root)
            target.writestr(name, body)
    return out.getvalue()


def control(root: Any, tag: str) -> Any:
    return next(one for one in root.iter(f"{W}sdt") if one.find(f"{W}sdtPr/{W}tag").get(f"{W}val") == tag)


def run(words: str) -> Any:
    element = etree.Element(f"{W}r")
    etree.SubElement(element, f"{W}t").text = words
    return element


def drop_tags(root: Any) -> None:
    for tag in list(root.iter(f"{W}tag")):
        tag.getparent().remove(tag)


def drop_controls(root: Any) -> None:
    """As Google Docs and Pages export it: the words stay, the controls go."""
    for one in list(root.iter(f"{W}sdt")):
        parent, content = one.getparent(), one.find(f"{W}sdtContent")
        for child in reversed(list(content)):
            one.addnext(child)
        parent.remove(one)


def leave_hints_behind(root: Any) -> None:
    """Some editors glue the placeholder to what was typed."""
    for one in root.iter(f"{W}sdt"):
        text = one.find(f"{W}sdtContent/{W}r/{W}t")
        if text.text not in ("☐", "☒", TYPE_HERE):
            text.text += "‹choose one›" if one.find(f"{W}sdtPr/{W}dropDownList") is not None else "‹type\u00a0here›"


def edit_questions(root: Any) -> None:
    drop_controls(root)
    for cell in root.iter(f"{W}tc"):
        text = cell.find(f"{W}p/{W}r/{W}t")
        if text is not None and text.getparent().find(f"{W}rPr/{W}b") is not None:
            text.text = f"{text.text.rstrip('?')}:"


def drop_the_boxes_and_type_x(root: Any) -> None:
    drop_controls(root)
    for text in root.iter(f"{W}t"):
        if text.text in ("☐", "☒"):
            text.text = "[ ]" if text.text == "☐" else "[x]"


def track_changes(root: Any) -> None:
    """Every answer a correction: something else deleted, the answer inserted."""
    for one in root.iter(f"{W}sdt"):
        content = one.find(f"{W}sdtContent")
        words = content.find(f"{W}r")
        if words.find(f"{W}t").text in ("☐", "☒"):
            continue
        deleted, inserted = etree.Element(f"{W}del"), etree.Element(f"{W}ins")
        old = etree.SubElement(deleted, f"{W}r")
        etree.SubElement(old, f"{W}delText").text = "something else "
        content.replace(words, inserted)
        inserted.append(words)
        inserted.addprevious(deleted)


def typed_beside(wanted: Mapping[str, str]) -> Change:
    """Words typed behind the hint of a control that cannot be typed into; lists and boxes are used."""

    def change(root: Any) -> None:
        for one in list(root.iter(f"{W}sdt")):
            about = one.find(f"{W}sdtPr")
            words = wanted.get(about.find(f"{W}tag").get(f"{W}val"))
            if words and about.find(f"{W}dropDownList") is None and about.find(f"{W14}checkbox") is None:
                one.addnext(lines(f" {words}"))

    return change


def lines(words: str) -> Any:
    """A run with a break between lines."""
    element = etree.Element(f"{W}r")
    for number, line in enumerate(words.split("\n")):
        if number:
            etree.SubElement(element, f"{W}br")
        text = etree.SubElement(element, f"{W}t")
        text.text = line
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element
