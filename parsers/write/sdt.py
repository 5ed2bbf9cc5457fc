"""Word's content controls (ISO 29500, 17.5.2) as XML: text, a list, a date and a box to tick."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml

from parsers.write.controls import Control
from parsers.write.hints import CHOOSE_ONE, GIVE_DATE, TYPE_HERE

_TITLE_LIMIT = 64  # Word refuses a longer title
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_SYMBOLS = '<w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/>'
_TICK_BOX = (
    '<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
    '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
)
_DATE = (
    '<w:date><w:dateFormat w:val="d MMMM yyyy"/><w:lid w:val="en-GB"/><w:storeMappedDataAs w:val="date"/>'
    '<w:calendar w:val="gregorian"/></w:date>'
)


def content_control(control: Control, number: int) -> Any:
    """An empty content control, tagged with the control's name; `number` is unique in the document."""
    return parse_xml(control_xml(control, number))


def control_xml(control: Control, number: int) -> str:
    """The same as text, for documents that are written piece by piece."""
    if control.kind == "tick":
        return _sdt(control, number, _TICK_BOX, f"<w:r><w:rPr>{_SYMBOLS}</w:rPr><w:t>\u2610</w:t></w:r>")
    if control.kind == "choice":
        return _sdt(control, number, f"<w:showingPlcHdr/>{_list(control)}", _hint(CHOOSE_ONE))
    if control.name.endswith(".date"):
        return _sdt(control, number, f"<w:showingPlcHdr/>{_DATE}", _hint(GIVE_DATE))
    # rich text, which has no element of its own: a plain-text control loses its line breaks in LibreOffice
    return _sdt(control, number, "<w:showingPlcHdr/>", _hint(TYPE_HERE))


def _sdt(control: Control, number: int, kind: str, content: str) -> str:
    # locked against being deleted, not against being filled in
    return (
        f'<w:sdt xmlns:w="{_W}" xmlns:w14="{_W14}"><w:sdtPr><w:alias w:val={quoteattr(_title(control))}/>'
        f'<w:tag w:val={quoteattr(control.name)}/><w:id w:val="{number}"/><w:lock w:val="sdtLocked"/>{kind}'
        f"</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def _title(control: Control) -> str:
    """What Word shows and speaks; a tick's own words first, for other questions may have the same."""
    question = control.spoken.removesuffix(control.label).strip()
    words = control.label if control.spoken.startswith(control.label) else f"{control.label} - {question}"
    return words if len(words) <= _TITLE_LIMIT else f"{words[: _TITLE_LIMIT - 1].rstrip()}…"


def _list(control: Control) -> str:
    items = [
        f"<w:listItem w:displayText={quoteattr(words)} w:value={quoteattr(key)}/>" for key, words in control.options
    ]
    unanswered = f'<w:listItem w:value="{CHOOSE_ONE}"/>'
    return f"<w:dropDownList>{unanswered}{''.join(items)}</w:dropDownList>"


def _hint(words: str) -> str:
    return f'<w:r><w:rPr><w:color w:val="5A6B78"/></w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'
