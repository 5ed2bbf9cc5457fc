"""The blank form as kept and as built: every question in each of the three files, by the names it is read by again."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pdfplumber
import pikepdf
import pypdf
import pytest
from lxml import etree

from parsers import Form, FormError, write
from parsers.write.controls import of_form
from parsers.write.hints import PLACEHOLDERS, SUBJECT

KEPT = Path(__file__).parents[2] / "config" / "forms" / "1"
PDF, DOCX, TXT = (KEPT / name for name in write.BLANK_FILES)
FORM = Form.load(KEPT)
CONTROLS = tuple(of_form(FORM))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words_of_the_form() -> Iterator[str]:
    yield from (FORM.service, FORM.urgent, FORM.return_to, *FORM.intro)
    for field in FORM.fields:
        yield from (field.section, field.label, field.help, field.text_prompt)
        yield from (label for _, label in (*field.options, *field.rows))


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


def body(path: Path = DOCX) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def fields_of(path: Path) -> dict[str, list[str]]:
    """Each field of a PDF with the states that its buttons can take."""
    found = pypdf.PdfReader(path).get_fields() or {}
    return {name: sorted(str(state) for state in field.get("/_States_", ())) for name, field in found.items()}


def test_kept_blanks_are_those_of_the_definition() -> None:
    assert not write.is_stale(KEPT)


@pytest.mark.parametrize("kind", ["pdf", "docx", "txt"])
def test_every_word_of_the_form_is_in_each_blank(kind: str) -> None:
    pages = "".join(page.extract_text() for page in pypdf.PdfReader(PDF).pages)
    texts = {"pdf": pages, "docx": "".join(body().itertext()), "txt": TXT.read_text()}

    text = squeezed(texts[kind])
    assert [words for words in words_of_the_form() if squeezed(words) not in text] == []


def test_every_control_has_a_field_in_the_pdf_with_its_states() -> None:
    expected = {
        control.name: {"choice": [f"/{option}" for option, _ in control.options], "tick": ["/Yes"]}.get(control.kind, [])
        for control in CONTROLS
    }  # fmt: skip

    found = {name: [s for s in states if s != "/Off"] for name, states in fields_of(PDF).items()}
    assert found == {name: sorted(states) for name, states in expected.items()}


def test_answer_keys_of_the_form_are_all_asked() -> None:
    names = {control.name for control in CONTROLS}

    for field in FORM.fields:
        ticked = field.type.startswith("multi")
        asked = {f"{field.id}.{option}" for option, _ in field.options} if ticked else set(field.keys)
        assert asked <= names
        assert (f"{field.id}.text" in names) == field.has_text
    assert {"d_declare", "d_declare.name", "d_declare.date"} <= names


def test_pdf_can_be_filled_by_somebody_who_cannot_see_it() -> None:
    with pikepdf.open(PDF) as pdf:
        assert pdf.Root.Lang == "en-GB"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]).startswith(FORM.title)
        assert all(page.obj.Tabs == "/S" for page in pdf.pages)

        for page in pdf.pages:
            for widget in page.obj.Annots:
                assert str(widget.TU).strip()
                assert "/StructParent" in widget


def test_pdf_is_short_and_says_what_it_is_on_every_page() -> None:
    with pikepdf.open(PDF) as pdf:
        assert len(pdf.pages) <= 8
        assert pdf.docinfo["/MailbotForm"] == FORM.version
        assert all(tuple(map(round, map(float, page.mediabox))) == (0, 0, 595, 842) for page in pdf.pages)
    with pdfplumber.open(PDF) as opened:
        texts = [page.extract_text() for page in opened.pages]
    assert all(f"version {FORM.version}" in text and FORM.return_to in text for text in texts)


def test_every_page_can_be_known_from_a_picture() -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="the extra `scan` is not installed")
    import pypdfium2

    document = pypdfium2.PdfDocument(PDF)
    found = [zxingcpp.read_barcodes(page.render(scale=2).to_pil())[0].text for page in document]

    assert found == [f"MB1:{FORM.version}:{number}" for number in range(1, len(document) + 1)]


def test_pdf_holds_nothing_that_a_gateway_or_viewer_trips_over() -> None:
    with pikepdf.open(PDF) as pdf:
        acroform = pdf.Root.AcroForm
        assert set(acroform.keys()) == {"/Fields", "/DR", "/DA"}  # no NeedAppearances, no XFA
        assert "/OpenAction" not in pdf.Root
        assert "/AA" not in pdf.Root
        assert set(pdf.Root.get("/Names", {})) <= {"/Dests"}  # no scripts, no files
        assert not any(isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/JavaScript" for item in pdf.objects)
        for widget in (w for page in pdf.pages for w in page.obj.Annots):
            assert "/AP" in widget
            assert "/A" not in widget
            assert "/AA" not in widget


def test_long_answers_shrink_instead_of_scrolling() -> None:
    with pikepdf.open(PDF) as pdf:
        texts = [widget for page in pdf.pages for widget in page.obj.Annots if widget.get("/FT") == "/Tx"]

        assert texts
        assert all(" 0 Tf" in str(widget.DA) and "/MaxLen" not in widget for widget in texts)


def test_qpdf_finds_nothing_wrong() -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")

    subprocess.run(["qpdf", "--check", str(PDF)], check=True, capture_output=True)


def test_pdf_filled_by_another_program_keeps_choice_and_text_apart(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=PDF)
    answers = {
        "p_setting": "/hospital",
        "p_setting.text": "Marchwood ward 3",
        "d_declare": "/Yes",
        "d_declare.name": "Sam",
    }
    for page in writer.pages:
        writer.update_page_form_field_values(page, answers, auto_regenerate=False)
    writer.write(tmp_path / "filled.pdf")

    found = pypdf.PdfReader(tmp_path / "filled.pdf").get_fields() or {}
    assert {name: found[name].get("/V") for name in answers} == answers


def test_every_control_has_a_tag_of_its_own_in_the_docx() -> None:
    properties = list(body().iter(f"{W}sdtPr"))
    tags, titles, numbers = (
        [part.find(f"{W}{name}").get(f"{W}val") for part in properties] for name in ("tag", "alias", "id")
    )

    assert sorted(tags) == sorted(control.name for control in CONTROLS)
    assert len(set(titles)) == len(titles)
    assert len(set(numbers)) == len(numbers)
    assert max(map(len, titles)) <= 64


def test_docx_rows_are_known_by_their_words_alone() -> None:
    rows = [row for table in docx.Document(str(DOCX)).tables for row in table.rows[1:]]
    labels = [row.cells[0].paragraphs[0].text for row in rows]

    assert len(set(labels)) == len(labels)
    assert {field.label for field in FORM.fields} <= set(labels)


def test_docx_is_ready_for_a_screen_reader_and_has_no_macro() -> None:
    document = docx.Document(str(DOCX))

    assert document.core_properties.language == "en-GB"
    assert document.core_properties.title.startswith(FORM.title)
    assert document.core_properties.subject == f"{SUBJECT}{FORM.version}"
    for table in document.tables:
        assert next(table.rows[0]._tr.iter(f"{W}tblHeader"), None) is not None
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert headings == [heading for heading, _ in FORM.sections()]
    with zipfile.ZipFile(DOCX) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_empty_controls_hold_only_known_placeholders() -> None:
    for control in body().iter(f"{W}sdt"):
        text = "".join(control.find(f"{W}sdtContent").itertext())
        assert text in {*PLACEHOLDERS, "☐"}


def test_plain_text_says_first_what_it_is_and_names_no_id() -> None:
    text = TXT.read_text()

    assert text.startswith(f"{FORM.title}, version {FORM.version}\n{FORM.service}\nReturn to: {FORM.return_to}\n")
    assert not [control.name for control in CONTROLS if "_" in control.name and control.name in text]
    assert max(len(line) for line in text.splitlines()) <= 80
    assert not [line for line in text.splitlines() if line.endswith(" ")]  # flowed text would join it with the next


def test_change_of_definition_or_blank_makes_it_stale(tmp_path: Path) -> None:
    folder = tmp_path / "1"
    shutil.copytree(KEPT, folder)
    assert not write.is_stale(folder)

    definition = (folder / "form.toml").read_bytes()
    (folder / "form.toml").write_bytes(definition + b"\n# changed\n")
    assert write.is_stale(folder)

    (folder / "form.toml").write_bytes(definition)
    (folder / "referral-form.txt").write_text("altered")
    assert write.is_stale(folder)

    (folder / "referral-form.txt").unlink()
    assert write.is_stale(folder)


def test_folder_without_record_is_stale(tmp_path: Path) -> None:
    assert write.is_stale(tmp_path)

    (tmp_path / write.RECORD).write_text("[]")
    assert write.is_stale(tmp_path)


def test_knowing_the_blank_does_not_load_what_draws_it() -> None:
    code = "import sys, parsers.write as w; print(sorted({'weasyprint', 'segno', 'docx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=KEPT.parents[2], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_built_blanks_are_those_kept_and_the_same_each_time(tmp_path: Path) -> None:
    try:
        write.build(FORM, tmp_path / "a")
    except FormError as error:
        pytest.skip(str(error))
    write.build(FORM, tmp_path / "b")

    for name in (*write.BLANK_FILES, write.RECORD):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    # fonts differ from one system to the next, so the PDF is compared by its fields
    assert fields_of(tmp_path / "a" / PDF.name) == fields_of(PDF)
    assert (tmp_path / "a" / TXT.name).read_bytes() == TXT.read_bytes()
    assert etree.tostring(body(tmp_path / "a" / DOCX.name)) == etree.tostring(body())
    assert json.loads((tmp_path / "a" / write.RECORD).read_text())["definition"] == FORM.sha256
