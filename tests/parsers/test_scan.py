"""Forms on paper: what is print is read, what is written by hand is shown to a person, and nothing is guessed."""

from __future__ import annotations

import base64
import io
import json
import random
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

import parsers
import parsers.readers
from parsers import Answer, File, Limits, Reading, ladder
from parsers.readers.layout import layout
from parsers.readers.sheets import Sheets
from parsers.write.fill import by_control
from parsers.write.landmarks import MM
from tests.parsers import scanning
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import FORM, FORMS, PDF, codes, read_here
from tests.parsers.people import PLAIN, PLAIN_READ, TODAY
from tests.parsers.printing import PROGRAMS
from tests.parsers.scanning import Picture, as_jpeg, as_pdf, as_png, as_tiff, by_pen, rendered, seen

ON_2 = ("p_surname", "p_forenames", "p_dob", "p_nhs", "p_address", "p_postcode", "p_area", "p_setting", "p_contact")


@cache
def typed(program: str = "pdfium") -> tuple[Picture, ...]:
    return rendered(PROGRAMS[program](CLIENTS["pdfium"](PDF, by_control(PLAIN))))


@cache
def penned(hand: str = "dkg") -> tuple[Picture, ...]:
    return tuple(by_pen(PLAIN, 1, hand))


@cache
def scanned(how: str, *, pen: bool, pages: tuple[int, ...] = (2,)) -> tuple[Picture, ...]:
    """These pages as such a device gives them."""
    from_paper = penned() if pen else typed()
    return tuple(seen([from_paper[page - 1] for page in pages], how, 7))


def squeezed(value: Any) -> Any:
    """Without white space, and commas apart from full stops: a camera spoils those first."""
    if isinstance(value, dict):
        return {key: squeezed(one) for key, one in value.items()}
    return "".join(value.split()) if isinstance(value, str) else value


def on_page(reading: Reading) -> dict[str, Answer]:
    return {key: answer for key, answer in reading.answers.items() if "page" in (answer.where or {})}


@pytest.mark.parametrize("how", scanning.DEGRADED)
def test_print_is_read_whatever_it_was_scanned_with(how: str) -> None:
    reading = read_here(as_pdf(scanned(how, pen=False, pages=(2, 5))))

    answers = on_page(reading)
    wrong = {key: one for key, one in answers.items() if squeezed(one.value) != squeezed(PLAIN_READ.get(key))}
    doubted = {key for key, one in answers.items() if not one.sure}
    assert (reading.how, codes(reading)) == ("scan", ["pages_missing"])
    assert len(answers) > 20
    assert not {key for key, one in wrong.items() if one.sure}
    assert len(doubted) <= {"hard photo": 4, "fax": 2}.get(how, 1), {key: answers[key] for key in doubted}


@pytest.mark.parametrize("how", scanning.DEGRADED)
def test_marks_by_pen_are_read_and_handwriting_waits_for_a_person(how: str) -> None:
    answers = on_page(read_here(as_png(scanned(how, pen=True)[0])))

    assert (answers["p_area"].value, answers["p_area"].sure) == ("hampshire", True)
    assert {key: answers[key].value["choice"] for key in ("p_setting", "p_contact")} == {
        "p_setting": "supported_housing", "p_contact": "phone",
    }  # fmt: skip
    for key in ("p_surname", "p_dob", "p_nhs", "p_postcode", "p_contact"):
        assert not answers[key].sure
        assert "handwritten" in (answers[key].remark or "")


def test_what_a_person_must_check_is_shown_to_them() -> None:
    reading = read_here(as_png(scanned("200 dpi", pen=True)[0]))

    crop = reading.answers["p_surname"].crop
    with Image.open(io.BytesIO(base64.b64decode(crop or ""))) as picture:
        assert (picture.format, picture.height < picture.width < 600) == ("PNG", True)
    assert reading.answers["p_area"].crop is None
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading
    assert "crop" not in reading.shown()["answers"]["p_surname"]


def test_a_photo_of_one_page_says_which_are_missing() -> None:
    reading = read_here(as_jpeg(scanned("photo", pen=True)[0]))

    (missing,) = reading.problems
    assert (missing.code, missing.pages) == ("pages_missing", (1, 3, 4, 5, 6, 7))
    assert (reading.answers["r_name"].value, reading.answers["r_name"].where) == (None, {"reader": "scan"})
    where = reading.answers["p_surname"].where or {}
    assert (where["reader"], where["page"]) == ("scan", 1)
    x0, y0, x1, y1 = where["rect"]
    high, wide = scanned("photo", pen=True)[0].shape[:2]
    assert 0 < x0 < x1 < wide
    assert high / 2 < y0 < y1 < high  # the surname stands in the upper half, and heights count from below


@pytest.mark.parametrize("style", ["tick", "big tick", "small tick", "cross", "slash", "filled", "dot"])
def test_however_a_box_is_marked(style: str) -> None:
    pages = by_pen({"p_area": "isle_of_wight", "p_setting": {"choice": "prison"}}, 3, marks=(style,))
    answers = read_here(as_png(seen(pages[1:2], "200 dpi", 3)[0])).answers

    assert (answers["p_area"].value, answers["p_area"].sure) == ("isle_of_wight", True)
    assert (answers["p_setting"].value, answers["p_setting"].sure) == ({"choice": "prison", "text": None}, True)


def marked(*marks: tuple[str, str, str]) -> Reading:
    """Page 2 with these marks: the question, the option, and what was drawn there."""
    page = Image.fromarray(scanning.blank_pages()[1])
    for name, option, style in marks:
        box = next(box for box in layout(FORM).controls[name] if box.state == option)
        scanning.mark(ImageDraw.Draw(page), scanning.on_paper(box), style, random.Random(1))
    return read_here(as_png(seen([np.asarray(page)], "200 dpi", 1)[0]))


def test_two_marks_where_one_is_asked_for_go_to_a_person() -> None:
    answer = marked(("p_area", "isle_of_wight", "tick"), ("p_area", "elsewhere", "cross")).answers["p_area"]

    assert (answer.value, answer.sure, answer.candidates) == (None, False, ("isle_of_wight", "elsewhere"))
    assert answer.crop


@pytest.mark.parametrize("style", ["circled label", "crossed out"])
def test_ink_beside_the_boxes_goes_to_a_person(style: str) -> None:
    answers = marked(("p_area", "isle_of_wight", "tick"), ("p_area", "not_sure", style)).answers

    assert not answers["p_area"].sure
    assert answers["p_setting"].sure


def test_an_empty_page_is_empty_for_sure() -> None:
    reading = marked()

    assert {answer.raw for answer in reading.answers.values()} == {""}
    assert all(answer.sure for answer in on_page(reading).values())
    assert "empty_form" in codes(reading)


def surname(data: bytes) -> tuple[str, bool]:
    answer = read_here(data).answers["p_surname"]
    return answer.raw, answer.sure


def test_pages_in_any_order_and_upside_down() -> None:
    pages = scanned("200 dpi", pen=False, pages=(5, 2))
    reading = read_here(as_pdf([scanning.upside_down(pages[0]), pages[1]]))

    assert reading.answers["p_surname"].value == "Whitlock"
    assert reading.answers["s_fixation"].value == "He says that nothing else matters."


@pytest.mark.parametrize("how", ["200 dpi", "photo"])
def test_a_page_without_its_code_or_marks_is_known_by_its_print(how: str) -> None:
    page = typed()[1]
    spoilt = (
        scanning.without_code(page),
        scanning.without_marks(page),
        scanning.without_marks(scanning.without_code(page)),
    )

    for picture in seen(spoilt, how, 5):
        assert surname(as_png(picture)) == ("Whitlock", True)


def test_a_page_that_only_bears_our_code_is_not_read() -> None:
    page = np.full_like(typed()[1], 255)
    top = round(30 * MM * scanning.DPI / 72)
    for rows in (slice(0, top), slice(page.shape[0] - top // 2, None)):
        page[rows] = typed()[1][rows]
    ImageDraw.Draw(image := Image.fromarray(page)).text(
        (400, 900), "Another service's form\n" * 20, fill=0, font_size=60
    )
    reading = read_here(as_png(np.asarray(image)))

    assert (codes(reading), reading.form_version) == (["needs_scan"], None)


def test_a_telephone_lying_on_its_side() -> None:
    for orientation in (6, 3, 8):
        assert surname(as_jpeg(scanned("photo", pen=False)[0], orientation)) == ("Whitlock", True)


def test_a_fax_of_two_pages_with_uneven_dots() -> None:
    pages = [page[::2] for page in scanned("fax", pen=False, pages=(2, 5))]
    tiff = as_tiff(
        [np.asarray(Image.fromarray(page).convert("1")) for page in pages], dpi=(204, 98), compression="group4"
    )
    answers = read_here(tiff).answers

    assert (answers["p_surname"].value, answers["s_fixation"].value) == ("Whitlock", PLAIN["s_fixation"])


def test_a_photo_from_an_iphone(tmp_path: Path) -> None:
    if not shutil.which("heif-enc"):
        pytest.skip("the Debian package libheif-examples is not installed on this machine")
    source, target = tmp_path / "page.png", tmp_path / "page.heic"
    source.write_bytes(as_png(scanned("photo", pen=False)[0]))
    subprocess.run(["heif-enc", "-q", "60", "-o", str(target), str(source)], check=True, capture_output=True)

    assert surname(target.read_bytes()) == ("Whitlock", True)


def test_words_that_a_scanner_laid_under_its_picture_are_ignored() -> None:
    with pikepdf.open(io.BytesIO(as_pdf(scanned("200 dpi", pen=False)))) as document:
        page = document.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/GlyphLessFont")
        )
        page.obj.Resources.Font = pikepdf.Dictionary(F=font)
        words = b"BT /F 12 Tf 3 Tr 60 702 Td (2L/\\\\2/ VVhit1ock) Tj ET"
        page.contents_add(document.make_stream(words))
        document.save(out := io.BytesIO())

    assert surname(out.getvalue()) == ("Whitlock", True)


def test_without_the_extra_a_scan_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("scan", "photos"):
        monkeypatch.delattr(parsers.readers, name, raising=False)
        monkeypatch.setitem(sys.modules, f"parsers.readers.{name}", None)
    page = scanned("200 dpi", pen=False)[0]

    for data in (as_pdf([page]), as_png(page)):
        (problem,) = read_here(data).problems
        assert problem.code == "needs_scan"
        assert "not installed here" in problem.words


def test_a_picture_of_something_else_is_looked_at_by_a_person() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 1200, 3), dtype=np.uint8)

    assert codes(read_here(as_jpeg(noise))) == ["needs_scan"]
    assert codes(read_here(as_png(noise[:60, :200]))) == ["not_our_form"]
    # in the child: the library that builds the blank makes pictures that end early open, in its whole process
    (cut_off,) = parsers.read([File("photo.png", as_png(noise)[:5000])], FORMS, today=TODAY)
    assert codes(cut_off) == ["damaged"]


def test_more_pages_or_pixels_than_we_read_are_refused() -> None:
    few = Limits(pages=2, megapixels=1)
    small = np.zeros((700, 700), np.uint8)

    def problem(data: bytes) -> str:
        (reading,) = ladder.read(File("scan", data), [FORM], few, TODAY)
        return reading.problems[0].words

    assert problem(as_tiff([small] * 3)) == "This picture has more than 2 pages."
    assert problem(as_png(np.zeros((1100, 1100), np.uint8))) == "This picture has more than 1 million pixels."


def test_a_whole_form_by_pen_is_read_within_the_limits() -> None:
    data = as_pdf(seen(penned(), "200 dpi", 2))
    (reading,) = parsers.read([File("scan.pdf", data)], FORMS, today=TODAY)

    assert (reading.how, reading.pages, reading.problems) == ("scan", 7, ())
    signs = {key: (one.value, one.sure) for key, one in reading.answers.items() if key.startswith("k_signs.")}
    assert signs == {key: (PLAIN[key], True) for key in signs}
    assert not any(one.sure for key, one in reading.answers.items() if key.startswith("h_"))


@pytest.mark.parametrize(("how", "is_taken"), [("200 dpi", True), ("bilevel", False)])
def test_a_page_that_is_one_photo_is_taken_as_it_is_unless_it_is_black_and_white(how: str, is_taken: bool) -> None:
    scan = as_pdf(seen(typed(), how, 1)[:1])
    (image,) = pypdfium2.PdfDocument(scan)[0].get_objects()
    stored = np.asarray(image.get_bitmap().to_pil().convert("L"))
    grey, scale = Sheets(scan).scanned(0)
    assert np.array_equal(grey, stored) == is_taken
    assert scale == pytest.approx(200 / 72)
