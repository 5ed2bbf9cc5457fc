"""The review list as it is seen: each referral's page rendered by LibreOffice, and the same list as rows."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import pytest

from mailbot.criteria import checks, load
from mailbot.reviewlist import Entry, fitting, rows, write
from mailbot.reviewlist.word import Checked
from parsers.reading import Answer
from tests.test_reviewlist import CONFIG, FORM, MEETING, NOW, SETTINGS, entry, words

PUBLISHED = load(CONFIG)
LONG = "He wrote again. <b>&amp;</b> =cmd|' /C calc'!A0 \u202eevil\u202c \x0b " * 70
OF_THE_OUTCOME = ("Outcome", "Lead", "By when", "Safety actions", "Not to be told")


def checked(one: Entry) -> Entry:
    return replace(one, checks=checks(PUBLISHED, FORM, one.answers, date(2026, 11, 23)))


def full() -> Entry:
    """Every question answered at the length people write, late, changed, with papers and earlier contact."""
    return checked(
        entry(
            late=True, status="Carried over", waited=timedelta(days=8), papers=("form, 23 November 2026",) * 2,
            contact=("asked for the form on 20 November 2026",), notes=("Changed since the last list: a form came.",) * 2,
            attendance="accepted, by phone",
        )
    )  # fmt: skip


def slim() -> Entry:
    kept = ("p_surname", "r_name", "r_email", "q_question")
    plain = entry("HM-2026-0043")
    return checked(replace(plain, answers={key: plain.answers[key] for key in kept}))


def hostile() -> Entry:
    """Written to break the page: very long, unbroken, wide, in lines, and full of marks."""
    answers = dict.fromkeys(("s_account", "q_question", "s_fixation", "c_reason", "p_needs"), Answer(LONG, LONG, 1.0))
    answers |= {
        "p_surname": Answer("W" * 900, "", 1.0), "r_org": Answer("x" * 6000, "", 1.0),
        "h_services": Answer("\n".join("line" for _ in range(300)), "", 1.0), "h_health": Answer("蛇" * 500, "", 1.0),
    }  # fmt: skip
    return checked(replace(entry("HM-2026-0044", answers=answers), unclear=("Date of birth",) * 9))


def pages(document: bytes) -> list[str]:
    """The words of each page, as LibreOffice prints it."""
    if not shutil.which("soffice"):
        pytest.skip("the Debian package libreoffice-writer is not installed on this machine")
    with TemporaryDirectory() as name:
        (Path(name) / "list.docx").write_bytes(document)
        profile = f"-env:UserInstallation={(Path(name) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name, f"{name}/list.docx"]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
        told = subprocess.run(["pdftotext", "-layout", f"{name}/list.pdf", "-"], check=True, capture_output=True)
        return told.stdout.decode().split("\f")


def test_the_boxes_for_the_outcome_stand_on_the_first_page_of_each_referral() -> None:
    found = pages(write(MEETING, [full(), slim(), hostile()], FORM, SETTINGS, made_at=NOW, published=PUBLISHED))
    for reference in ("HM-2026-0042", "HM-2026-0043", "HM-2026-0044"):
        (page,) = [one for one in found[1:] if re.search(rf"^{reference}( \(late\))?$", one, re.MULTILINE)]
        for label in OF_THE_OUTCOME:
            assert re.search(rf"\b{label}\b", page), f"{label} of {reference}"
    assert "Present" in found[0]


def test_what_is_cut_on_the_page_stands_in_full_behind_it() -> None:
    text = words(write(MEETING, [hostile()], FORM, SETTINGS, made_at=NOW, published=PUBLISHED))
    page, _, overleaf = text.partition("HM-2026-0044, in full")
    assert page.index("Not to be told") < len(page)
    assert overleaf.count("He wrote again.") == 6 * 70  # one of them is quoted by a flag
    assert "W" * 900 in overleaf
    assert "\u202e" not in text
    assert text.count("蛇") >= 500


def test_a_page_that_holds_everything_has_nothing_behind_it() -> None:
    assert "in full" not in words(write(MEETING, [slim()], FORM, SETTINGS, made_at=NOW, published=PUBLISHED))


def test_pictures_that_do_not_fit_go_behind_the_page() -> None:
    picture = Checked("please check: x", b"", 60, 80)
    sections: list[fitting.Section] = [("The person", [(f"Fact {number}", picture) for number in range(6)])]
    short, overleaf = fitting.fitted(sections, 200)
    assert short == [("The person", [(f"Fact {n}", f"please check: x {fitting.PICTURED}") for n in range(6)])]
    assert overleaf == sections[0][1]
    assert fitting.fitted(sections, 600) == (sections, [])


class TestRows:
    def sheet(self, *entries: Entry) -> list[list[str]]:
        data = rows.write(MEETING, entries, FORM, SETTINGS, made_at=NOW)
        assert data == rows.write(MEETING, entries, FORM, SETTINGS, made_at=NOW)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read("xl/worksheets/sheet1.xml")
            assert b"<f>" not in xml
            assert b"<hyperlink" not in xml
            assert b'quotePrefix="1"' in archive.read("xl/styles.xml")
        cells = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        found = ET.fromstring(xml).iter(f"{cells}row")
        return [["".join(cell.itertext()) for cell in row.iter(f"{cells}c")] for row in found]

    def test_a_row_a_referral_in_the_forms_own_words(self) -> None:
        how, columns, row, other = self.sheet(full(), slim())
        assert how[0].startswith("Review list, Wednesday 25 November 2026. For reading.")
        seen = dict(zip(columns, row, strict=True))
        assert (seen["Reference"], seen["Surname"], seen["NHS number"]) == ("HM-2026-0042", "O’Example", "999 000 0018")
        assert seen["Status"] == "Carried over, 8 days, late"
        assert seen["Signs"].startswith("Yes: The person targeted is very frightened")
        assert "C4: under investigation: advice and consultation only" in seen["What the flags rest on"]
        assert dict(zip(columns, other, strict=True))["First names"] == ""
        assert len(columns) == len(set(columns))

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://x.example", "{=1}", "_x0041_"])
    def test_whatever_was_written_is_text(self, text: str) -> None:
        answers = {"q_question": Answer(text, text, 1.0)}
        _, columns, row = self.sheet(entry(answers=answers))
        assert row[columns.index("Main question")].strip().replace("_x005F", "") == text.strip()

    def test_what_no_cell_can_hold_says_so(self) -> None:
        _, columns, row = self.sheet(entry(answers={"q_question": Answer("x" * 40_000, "", 1.0)}))
        assert row[columns.index("Main question")].endswith("xxx… (in full in the Word list)")
