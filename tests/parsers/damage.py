"""What programs and journeys do to a PDF form: each change was seen, or is told of by people who saw it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pypdf
from pikepdf import Array, Dictionary, Name, String
from pypdf.annotations import FreeText

from tests.parsers.fill.places import places
from tests.parsers.kit import PDF


def changed(data: bytes, change: Callable[[pikepdf.Pdf], Any], **save: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(out, **save)
    return out.getvalue()


def field(document: pikepdf.Pdf, name: str) -> Any:
    return next(one for one in document.Root.AcroForm.Fields if str(one.T) == name)


def widget_of(document: pikepdf.Pdf, name: str, state: str) -> Any:
    return next(kid for kid in field(document, name).Kids if f"/{state}" in kid.AP.N)


def orphan_chosen_radios(document: pikepdf.Pdf) -> None:
    """Preview gives the chosen button a name and value of its own and leaves its group off."""
    for page in document.pages:
        for widget in page.obj.get("/Annots", ()):
            if "/Parent" in widget and str(widget.AS) != "/Off":
                group = widget.Parent
                widget.T, widget.FT, widget.V = group.T, Name.Btn, widget.AS
                group.V = Name.Off
                del widget["/Parent"]


def forget_most_fields(document: pikepdf.Pdf) -> None:
    fields = document.Root.AcroForm.Fields
    document.Root.AcroForm.Fields = Array(list(fields)[:3])


def forget_the_form(document: pikepdf.Pdf) -> None:
    del document.Root["/AcroForm"]
    del document.docinfo["/MailbotForm"]


def only_xfa(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm.Fields = Array()
    document.Root.AcroForm.XFA = document.make_stream(b"<xdp/>")


def slashes_in_names(document: pikepdf.Pdf) -> None:
    for one in document.Root.AcroForm.Fields:
        if "/V" in one and str(one.FT) == "/Btn" and str(one.V) != "/Off":
            one.V = Name("/" + str(one.V))


def states_on_text(document: pikepdf.Pdf) -> None:
    """Poppler gives text fields an appearance state."""
    for one in document.Root.AcroForm.Fields:
        if str(one.FT) == "/Tx":
            one.AS = Name.N


def deeper_names(document: pikepdf.Pdf) -> None:
    """Acrobat keeps the parts of a dotted name at levels of their own."""
    group = document.make_indirect(Dictionary(T=String("d_declare"), Kids=Array()))
    kept = []
    for one in document.Root.AcroForm.Fields:
        if str(one.T).startswith("d_declare."):
            one.T, one.Parent = String(str(one.T).partition(".")[2]), group
            group.Kids.append(one)
        else:
            kept.append(one)
    document.Root.AcroForm.Fields = Array([*kept, group])


def drawn(*notes: tuple[str, str, str]) -> bytes:
    """The blank with texts drawn over the widgets of these names and states."""
    at = {(place.name, place.state): place for place in places(PDF)}
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(PDF)), io.BytesIO()
    for name, state, words in notes:
        left, bottom, right, top = at[name, state].rect
        rect = (left + 1, bottom + 1, left + 12 if state else right - 9, top - 1)
        writer.add_annotation(at[name, state].page, FreeText(text=words, rect=rect))
    writer.write(out)
    return out.getvalue()


def drawn_over(wanted: dict[str, str]) -> bytes:
    """The blank with everything drawn over it, as Markup on iOS and the text tools of browsers do."""
    marked = {place.name: place.state for place in places(PDF) if wanted.get(place.name) == place.state}
    return drawn(*((name, marked.get(name, ""), "x" if name in marked else text) for name, text in wanted.items()))


def guarded(data: bytes, revision: int) -> bytes:
    """With a password that only forbids changes: RC4 as revision 3, AES-256 as 6."""
    how = pikepdf.Encryption(owner="o", user="", R=revision, aes=revision > 4, metadata=revision > 4)  # type: ignore[arg-type]  # the revisions that there are
    return changed(data, lambda _: None, encryption=how)


def without_end(data: bytes) -> bytes:
    """As a download that broke off in the table at the end of the file, which only says where things are."""
    return data[: data.rindex(b"startxref")]
