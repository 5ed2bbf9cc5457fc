"""The form saved as another kind of document: ODT, RTF and DOC, by LibreOffice now and in files kept from it."""

from __future__ import annotations

import io
import shutil
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
import pytest

import parsers
from parsers import File
from parsers.write.fill import by_control, fill_docx
from tests.parsers.editing import changed, track_changes
from tests.parsers.fill.by_typing import typed
from tests.parsers.fill.clients import libreoffice
from tests.parsers.kit import BLANK_TEXT, DOCX, FORM, FORMS, codes, differences, read_here
from tests.parsers.people import HARD, HARD_READ, PLAIN, PLAIN_READ, TODAY

DATA = Path(__file__).parent / "data"
KINDS = ("odt", "rtf", "doc")
TYPED = typed(BLANK_TEXT, FORM, by_control(PLAIN))
NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)


def kept(kind: str) -> bytes:
    """HARD, saved once by LibreOffice 7.4."""
    return (DATA / f"saved-by-libreoffice.{kind}").read_bytes()


@cache
def saved(kind: str) -> dict[str, bytes]:
    """What LibreOffice makes of our Word documents."""
    documents = {
        "plain": fill_docx(DOCX, PLAIN),
        "hard": fill_docx(DOCX, HARD),
        "empty": DOCX,
        "corrected": changed(fill_docx(DOCX, PLAIN), track_changes),
    }
    return dict(zip(documents, libreoffice(*documents.values(), to=kind), strict=True))


def odt(body: str, **members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        content = f"<office:document-content {NAMES}><office:body><office:text>{body}</office:text></office:body>"
        archive.writestr("content.xml", f"{members.pop('doctype', '')}{content}</office:document-content>")
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def odt_rows(*rows: tuple[str, str]) -> bytes:
    cells = ("".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in row) for row in rows)
    every = [(f"<text:p>{escape(field.label)}</text:p>", "<text:p/>") for field in FORM.fields]
    empty = ("".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in row) for row in every)
    lines = "".join(f"<table:table-row>{line}</table:table-row>" for line in (*empty, *cells))
    return odt(f"<table:table>{lines}</table:table>")


@pytest.mark.parametrize("kind", ["odt", "rtf"])
def test_a_kept_file_is_read(kind: str) -> None:
    reading = read_here(kept(kind))

    assert (reading.form_version, reading.how, reading.problems) == ("1", "word", ())
    assert differences(reading, HARD_READ) == {}
    assert all(answer.sure for answer in reading.answers.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("which", "expected"), [("plain", PLAIN_READ), ("hard", HARD_READ), ("corrected", PLAIN_READ), ("empty", {})]
)
def test_nothing_is_lost_on_the_way(kind: str, which: str, expected: dict[str, Any]) -> None:
    (reading,) = parsers.read([File("form", saved(kind)[which])], FORMS, today=TODAY)

    assert reading.form_version == "1"
    assert {key: pair for key, pair in differences(reading, expected).items() if pair != (None, None)} == {}
    assert codes(reading) == ([] if expected else ["empty_form"])
    assert all(answer.sure for answer in reading.answers.values())


def test_where_an_answer_stood_is_known() -> None:
    assert read_here(kept("odt")).answers["p_dob"].where == {"reader": "odt", "row": "p_dob"}


def test_without_libreoffice_an_old_document_is_asked_for_in_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    reading = read_here(kept("doc"))

    assert codes(reading) == ["unsupported"]
    assert "save it as a PDF or a Word document (.docx)" in reading.problems[0].words


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_without_room_for_its_files_an_old_document_is_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")

    assert codes(read_here(kept("doc"))) == ["limits"], "the sender is not asked for what we could not do"


def test_a_locked_old_document_is_named() -> None:
    data = bytearray(kept("doc"))
    at = data.index(b"\xec\xa5")  # wIdent, with which the WordDocument stream begins (MS-DOC 2.5.2)
    data[at + 11] |= 1

    assert codes(read_here(bytes(data))) == ["encrypted"]


def test_an_old_document_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    (reading,) = parsers.read([File("form.doc", kept("doc"))], FORMS, parsers.Limits(seconds=0.8))

    assert codes(reading)  # out of time while LibreOffice was at work, or no LibreOffice
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", ["docx", "odt", "rtf"])
def test_the_plain_text_form_pasted_into_a_document_is_read(make: str) -> None:
    lines = TYPED.split("\n")
    if make == "docx":
        document, out = docx.Document(), io.BytesIO()
        for line in lines:
            document.add_paragraph(line)
        document.save(out)
        data = out.getvalue()
    elif make == "odt":
        data = odt("".join(f"<text:p>{escape(line)}</text:p>" for line in lines))
    else:
        data = ("{\\rtf1\\ansi " + "".join(f"{line}\\par\n" for line in lines) + "}").encode("ascii")

    reading = read_here(data)

    assert differences(reading, PLAIN_READ) == {}
    assert reading.answers["p_dob"].where is not None
    assert reading.answers["p_dob"].where["reader"] == make


def test_spaces_tabs_and_breaks_are_kept_and_notes_are_not() -> None:
    cell = (
        '<text:p>4<text:s text:c="2"/>Made Up<text:tab/>Street<text:line-break/>  Southampton'
        "<office:annotation><text:p>is this right?</text:p></office:annotation></text:p><text:p>England</text:p>"
    )
    deleted = "<text:tracked-changes><text:p>Home address: gone</text:p></text:tracked-changes>"

    answer = read_here(odt_rows(("<text:p>Home address</text:p>" + deleted, cell))).answers["p_address"]

    assert answer.value == "4  Made Up\tStreet\n Southampton\nEngland"


def test_entities_are_not_expanded_and_huge_claims_cost_nothing() -> None:
    doctype = '<!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    rows = "".join(f"<text:p>{escape(field.label)}: &secret;</text:p>" for field in FORM.fields)
    spaces = '<text:p>Home address<text:s text:c="99999999999"/><text:s text:c="88888888"/></text:p>'

    reading = read_here(odt(spaces + rows, doctype=doctype))

    assert {answer.raw for answer in reading.answers.values()} <= {""}


def test_a_question_that_was_copied_is_shown_with_both_answers() -> None:
    row = "<text:p>Surname</text:p>"

    answer = read_here(odt_rows((row, "<text:p>Whitlock</text:p>"), (row, "<text:p>Brook</text:p>"))).answers[
        "p_surname"
    ]

    assert (answer.raw, answer.sure) == ("Whitlock\nBrook", False)


def test_a_locked_opendocument_is_named() -> None:
    manifest = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}

    assert codes(read_here(odt("", **manifest))) == ["encrypted"]


def rtf_rows(*rows: tuple[str, str]) -> bytes:
    every = [*((field.label, "") for field in FORM.fields if field.label not in dict(rows)), *rows]
    table = "".join(
        f"\\trowd\\cellx1000\\cellx2000\\pard\\intbl {label}\\cell {answer}\\cell\\trowd\\cellx1000\\cellx2000\\row\n"
        for label, answer in every
    )
    return f"{{\\rtf1\\ansi\\ansicpg1252 Referral form\\par Surname: nobody\\par {table}}}".encode()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("O\\rquote Connor", "O’Connor"),
        ("{\\deleted Brook}{\\revised Whitlock}", "Whitlock"),
        ("\\u-10179 ?\\u-8704 ?", "😀"),
        ("caf\\'e9", "café"),
        ("a|b\\\\cell c\\{d\\}", "a|b\\cell c{d}"),
        ("\\u321 ?ukasz", "Łukasz"),
        ("one\\line two", "one\ntwo"),
    ],
)
def test_rich_text_as_programs_write_it(written: str, meant: str) -> None:
    assert read_here(rtf_rows(("Surname", written))).answers["p_surname"].value == meant
