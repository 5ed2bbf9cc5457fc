"""Forms printed to a PDF are read by position, whatever printed them and however they lie; doubts are said."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from functools import cache
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest
from pypdf.annotations import FreeText

import parsers
from parsers import File, Limits, Reading, ladder
from parsers.readers.plane import Map, Point, distance, fitted
from parsers.write.fill import by_control, fill_pdf
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.fill.places import places
from tests.parsers.kit import FORM, FORMS, PDF, codes, differences, read_here
from tests.parsers.people import HARD, HARD_READ, PLAIN, PLAIN_READ, TODAY
from tests.parsers.printing import GEOMETRIES, PROGRAMS, changed, pdfium, without

EVERYTHING = os.environ.get("MAILBOT_EVERY_PRINT") == "1"  # each program with each geometry: a quarter of an hour
SOME = (
    ("pdfium", "two-up"), ("qpdf", "cropped"), ("pdftk", "shuffled"), ("cairo", "70 %"),
    ("cairo letter", "upside down"), ("gs", "turned 270"), ("gs letter", "skew 1"), ("postscript", "/Rotate 90"),
    ("mutool", "94 %"), ("draw", "skew -3"),
)  # fmt: skip
PRINTS = [(program, geometry) for program in PROGRAMS for geometry in GEOMETRIES] if EVERYTHING else SOME


@cache
def filled(client: str = "pdfium", *, hard: bool = False) -> bytes:
    return CLIENTS[client](PDF, by_control(HARD if hard else PLAIN))


@cache
def printed(program: str = "pdfium", client: str = "pdfium", *, hard: bool = False) -> bytes:
    data = PROGRAMS[program](filled(client, hard=hard))
    if not data:
        pytest.skip(f"{program} cannot print this")
    return data


def pages(data: bytes, *numbers: int) -> bytes:
    """Only these pages, to be read sooner."""

    def change(document: pikepdf.Pdf) -> None:
        for number in range(len(document.pages), 0, -1):
            if number not in numbers:
                del document.pages[number - 1]

    return changed(data, change)


def squeezed(value: Any) -> Any:
    """Without white space: on paper a new line cannot be told from a wrapped one."""
    if isinstance(value, dict):
        return {key: squeezed(one) for key, one in value.items()}
    return "".join(value.split()) if isinstance(value, str) else value


def wrong(reading: Reading, expected: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The keys that were read wrongly: those that claim to be right, and those in doubt."""
    bad = {key for key, (is_, should) in differences(reading, expected).items() if squeezed(is_) != squeezed(should)}
    silent = {key for key in bad if key not in reading.answers or reading.answers[key].sure}
    return silent, bad - silent


def report(what: str, reading: Reading, expected: dict[str, Any]) -> None:
    silent, flagged = wrong(reading, expected)
    doubted = sum(not answer.sure for answer in reading.answers.values()) - len(flagged)
    right = len(expected) - len(silent) - len(flagged)
    print(f"\n{what:28} right {right}/{len(expected)}, of these in doubt {doubted}; wrong and said {len(flagged)},"
          f" wrong and not said {len(silent)}")  # fmt: skip


@pytest.mark.parametrize(("program", "geometry"), PRINTS)
def test_plain_answers_are_read_off_the_page(program: str, geometry: str) -> None:
    reading = read_here(GEOMETRIES[geometry](printed(program)))

    report(f"{program}, {geometry}", reading, PLAIN_READ)
    assert (reading.how, reading.form_version, reading.problems) == ("flat", "1", ())
    assert wrong(reading, PLAIN_READ) == (set(), set())
    assert [key for key, answer in reading.answers.items() if not answer.sure] == []


@pytest.mark.parametrize(
    ("client", "program"),
    [(client, program) for client in ("pdfium", "poppler") for program in PROGRAMS]
    if EVERYTHING
    else [("pdfium", "pdfium"), ("pdfium", "gs"), ("poppler", "cairo")],
)
def test_what_a_program_spoils_is_in_doubt(client: str, program: str) -> None:
    reading = read_here(printed(program, client, hard=True))

    report(f"hard, {client}, {program}", reading, HARD_READ)
    silent, _ = wrong(reading, HARD_READ)
    assert silent == set()


def test_line_breaks_and_paragraphs_are_kept_where_the_page_shows_them() -> None:
    assert differences(read_here(printed()), PLAIN_READ) == {}


def test_wrapped_lines_are_joined() -> None:
    story = "He came again on Monday and waited by the gate until she had gone in. " * 6

    reading = read_here(pdfium(CLIENTS["pdfium"](PDF, {"s_account": story.strip()})))

    assert reading.answers["s_account"].value == story.strip()


def test_words_that_did_not_fit_are_missed() -> None:
    team = "the early help, safeguarding and family support team of the county, with its partners in housing and health"

    answer = read_here(pages(pdfium(CLIENTS["pdfium"](PDF, {"r_name": f"{team} ({team})"})), 1)).answers["r_name"]

    assert (answer.sure, answer.remark) == (False, "words stand here that are not seen on the page")


def test_where_an_answer_stood_is_known() -> None:
    reading = read_here(GEOMETRIES["shuffled"](printed()))

    text, choice = reading.answers["p_surname"].where, reading.answers["p_area"].where
    assert text is not None
    assert choice is not None
    assert (text["reader"], text["page"]) == ("flat", 6)
    at = next(place.rect for place in places(PDF) if (place.name, place.state) == ("p_area", "hampshire"))
    assert choice["rect"] == pytest.approx(at, abs=0.5)


def test_a_flat_form_is_read_within_the_limits_of_the_sandbox() -> None:
    (reading,) = parsers.read([File("form.pdf", printed())], FORMS, today=TODAY)

    assert (reading.how, reading.pages, wrong(reading, PLAIN_READ)) == ("flat", 7, (set(), set()))


def test_a_missing_page_is_reported_and_its_questions_are_not_called_unanswered() -> None:
    reading = read_here(without(2)(printed()))

    assert codes(reading) == ["pages_missing"]
    assert "Page 2" in reading.problems[0].words
    lost = {"p_surname", "p_forenames", "p_dob", "p_address", "p_area", "p_setting", "p_contact"}
    assert lost <= {field.id for field in reading.unclear(FORM)}
    assert not lost & {field.id for field in reading.unanswered(FORM)}
    assert "page 2" in str(reading.answers["p_surname"].remark)
    assert reading.answers["r_name"].sure


def test_a_page_printed_twice_is_read_once_unless_it_differs() -> None:
    other = pdfium(CLIENTS["pdfium"](PDF, by_control({**PLAIN, "p_surname": "Underhill", "p_aliases": None})))

    one = pages(printed(), 2)
    same, differing = read_here(joined(one, one)), read_here(joined(one, pages(other, 2)))

    assert (same.answers["p_surname"].value, same.answers["p_surname"].sure) == ("Whitlock", True)
    assert (differing.answers["p_surname"].value, differing.answers["p_surname"].sure) == (None, False)
    assert set(differing.answers["p_surname"].candidates) == {"Whitlock", "Underhill"}
    assert (differing.answers["p_aliases"].value, differing.answers["p_aliases"].sure) == ("Danny", False)


def joined(*documents: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as target:
        for data in documents:
            with pikepdf.open(io.BytesIO(data)) as source:
                target.pages.extend(source.pages)
        target.save(out)
    return out.getvalue()


def test_words_that_never_reached_the_page_are_missed() -> None:
    """A filler that leaves drawing to the viewer, then a program that flattens what is drawn."""

    def flatten(document: pikepdf.Pdf) -> None:
        del document.Root.AcroForm.NeedAppearances
        document.flatten_annotations()

    reading = read_here(changed(fill_pdf(PDF, PLAIN), flatten))

    assert codes(reading) == ["lost_text"]
    assert reading.answers["r_sector"].value == "mental_health"
    assert not reading.answers["r_name"].sure
    assert "r_name" in {field.id for field in reading.unclear(FORM)}


def test_dots_that_never_reached_the_page_are_missed() -> None:
    words = {name: text for name, text in by_control(PLAIN).items() if name not in _CHOICES}

    reading = read_here(pdfium(CLIENTS["pdfium"](PDF, words)))

    assert (reading.answers["r_sector"].value, reading.answers["r_sector"].sure) == (None, False)
    assert reading.answers["r_name"].sure


_CHOICES = {place.name for place in places(PDF) if place.state not in ("", "Yes")}


def test_the_dots_that_pypdf_and_qpdf_lose_are_missed() -> None:
    reading = read_here(printed("qpdf+draw", "pypdf"))

    assert "lost_text" in codes(reading)
    assert not wrong(reading, PLAIN_READ)[0]


@pytest.mark.parametrize("program", ["cairo", "postscript", "draw"])
def test_the_dots_that_poppler_draws_anew_arrive(program: str) -> None:
    assert not any(wrong(read_here(printed(program, "pdftk undrawn")), PLAIN_READ))


@pytest.mark.parametrize("program", ["pdfium", "qpdf", "pdftk", "cairo", "gs"])
def test_a_field_whose_drawing_was_lost_is_not_called_empty(program: str) -> None:
    def undrawn(document: pikepdf.Pdf) -> None:
        for field in document.Root.AcroForm.Fields:
            if str(field.T) == "p_surname":
                del field.AP, field.V  # as pdf.js drops it, and what it cannot draw stays in the field alone

    answers = {key: value for key, value in PLAIN.items() if key != "p_needs"}
    typed = CLIENTS["pdfium"](PDF, by_control(answers))
    reading = read_here(PROGRAMS[program](changed(typed, undrawn)))

    assert codes(reading) == ["lost_text"]
    assert not reading.answers["p_surname"].sure
    assert reading.answers["p_needs"].sure  # left empty by whoever filled it in


def test_an_apostrophe_is_one_also_in_mupdfs_print() -> None:
    answers = {**PLAIN, "p_surname": "O'Dowd"}
    reading = read_here(PROGRAMS["mutool"](CLIENTS["pdfium"](PDF, by_control(answers))))

    assert reading.values["p_surname"] == "O'Dowd"


def test_letters_that_helvetica_lacks_are_missed_in_what_poppler_drew() -> None:
    answers = {**PLAIN, "p_surname": "Ďurišová", "p_forenames": "Łuki"}
    for program in ("cairo", "qpdf+draw"):
        reading = read_here(PROGRAMS[program](CLIENTS["pdftk undrawn"](PDF, by_control(answers))))

        assert not reading.answers["p_surname"].sure, program


def test_an_empty_form_is_empty() -> None:
    reading = read_here(pdfium(PDF))

    assert (codes(reading), reading.form_version, reading.how) == (["empty_form"], "1", "flat")


def drawn_on(data: bytes, page: int, content: str) -> bytes:
    """With something more drawn on a page; Helvetica is /Hv."""

    def change(document: pikepdf.Pdf) -> None:
        helvetica = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        one = document.pages[page]
        one.contents_add(b"q", prepend=True)
        one.contents_add(f"Q q {content} Q".encode())
        one.add_resource(helvetica, pikepdf.Name.Font, pikepdf.Name.Hv)

    return changed(data, change)


def at(name: str, state: str = "") -> Any:
    return next(place for place in places(PDF) if (place.name, place.state) == (name, state))


def test_what_is_written_on_the_page_beside_empty_fields_is_read() -> None:
    """Fill & Sign and its like write on the page, and the fields stay."""
    x, y = at("p_surname").middle

    reading = read_here(drawn_on(PDF, 1, f"BT /Hv 10 Tf {x} {y - 3} Td (Whitlock) Tj ET"))

    assert (reading.how, reading.answers["p_surname"].value) == ("flat", "Whitlock")


def test_a_second_mark_in_a_choice_is_a_conflict() -> None:
    x, y = at("j_invest", "no").middle
    cross = f"1.5 w {x - 4} {y - 4} m {x + 4} {y + 4} l {x - 4} {y + 4} m {x + 4} {y - 4} l S"

    data = pages(drawn_on(printed(), at("j_invest", "no").page, cross), 6)
    answer = read_here(data).answers["j_invest"]

    assert (answer.value, answer.sure, set(answer.candidates)) == (None, False, {"yes", "no"})


@pytest.mark.parametrize(
    ("drawn", "value"),
    [
        ("BT 3 Tr /Hv 10 Tf {x} {y} Td (hidden) Tj ET", "Whitlock"),
        ("BT 1 g /Hv 10 Tf {x} {y} Td (white) Tj ET", "Whitlock"),
        ("2 w {x} {y} m {right} {y} l S", "Whitlock"),
        ("BT /Hv 40 Tf .7 .7 -.7 .7 {x} {y} Tm (DRAFT) Tj ET", None),
    ],
    ids=["hidden words", "white words", "a line", "a stamp"],
)
def test_what_is_drawn_over_an_answer_makes_it_doubtful(drawn: str, value: str | None) -> None:
    place = at("p_surname")
    x, y = place.middle

    data = drawn_on(printed(), place.page, drawn.format(x=x, y=y - 4, right=place.rect[2] - 20))
    answer = read_here(pages(data, 2)).answers["p_surname"]

    assert not answer.sure
    assert value in (None, answer.value)


@pytest.mark.parametrize("look", [True, False], ids=["drawn", "left to the viewer"])
def test_notes_on_a_printed_form_are_not_passed_over(look: bool) -> None:
    """Preview and telephones put notes where no field is; some leave the drawing to the viewer."""
    place = at("p_needs")
    blank = pages(pdfium(CLIENTS["pdfium"](PDF, {"p_surname": "Whitlock"})), place.page + 1)
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(blank)), io.BytesIO()
    left, _, right, top = place.rect
    writer.add_annotation(0, FreeText(text="Step-free", rect=(left + 2, top - 20, right - 9, top - 1)))
    writer.write(out)
    data = changed(out.getvalue(), lambda document: draw_notes(document) if look else None)

    answer = read_here(data).answers["p_needs"]

    assert answer.value == ("Step-free" if look else None)
    assert answer.sure is look


def draw_notes(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        for note in page.obj.get("/Annots", ()):
            left, bottom, right, top = (float(side) for side in note.Rect)
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            note.AP = pikepdf.Dictionary(
                N=document.make_stream(
                    b"BT /Hv 11 Tf 3 5 Td (Step-free) Tj ET",
                    Type=pikepdf.Name.XObject,
                    Subtype=pikepdf.Name.Form,
                    BBox=pikepdf.Array([0, 0, right - left, top - bottom]),
                    Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(Hv=font)),
                )
            )


def scanned(data: bytes, only: int | None = None) -> bytes:
    """The pages as pictures; or one of them."""
    document = pypdfium2.PdfDocument(data)
    pictures = [page.render(scale=100 / 72).to_pil() for page in document]
    pages = []
    for picture in pictures:
        out = io.BytesIO()
        picture.save(out, "PDF", resolution=100)
        pages.append(out.getvalue())
    if only is None:
        return joined(*pages)

    def change(whole: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(pages[only])) as one:
            whole.pages.append(one.pages[0])
        del whole.pages[only]

    return changed(data, change)


def test_a_scan_is_read_as_a_picture_and_so_is_a_page_of_it_among_print() -> None:
    data = pages(printed(), 1, 2)
    whole, one = read_here(scanned(data)), read_here(scanned(data, only=1))

    assert (codes(whole), whole.how) == (["pages_missing"], "scan")
    assert (codes(one), one.how) == (["pages_missing"], "scan")
    assert (one.answers["p_surname"].raw, (one.answers["p_surname"].where or {})["reader"]) == ("Whitlock", "scan")
    assert (one.answers["r_name"].raw, (one.answers["r_name"].where or {})["reader"]) == ("Priya Nair", "flat")


def test_a_page_without_its_corners_is_not_guessed_at() -> None:
    reading = read_here(pages(drawn_on(printed(), 1, "1 g 0 0 60 60 re 535 0 60 60 re f"), 1, 2))

    assert codes(reading) == ["pages_missing", "needs_scan"]
    assert "Page 2" in reading.problems[1].words
    assert not reading.answers["p_surname"].sure


def test_three_corners_of_a_page_are_enough() -> None:
    reading = read_here(drawn_on(printed(), 1, "1 g 0 0 60 60 re f"))

    assert not codes(reading)
    assert reading.answers["p_surname"].sure


def test_a_form_without_codes_is_left_to_a_person() -> None:
    data = printed()
    for page in range(7):
        data = drawn_on(data, page, "1 g 480 740 80 90 re f")

    assert codes(read_here(data)) == ["unsupported"]


def test_a_version_that_we_do_not_have_is_not_guessed_at() -> None:
    (reading,) = ladder.read(File("form", pages(printed(), 1)), [replace(FORM, version="0")], Limits(), TODAY)

    assert codes(reading) == ["unknown_version"]


def test_a_form_that_lost_its_end_says_so() -> None:
    data = printed()

    reading = read_here(data[: data.rindex(b"startxref")])

    assert "damaged" in codes(reading)


@pytest.mark.parametrize("turn", [Map(2, 0, 5, 0, -2, 900), Map(0.1, 1.9, 3, -1.9, 0.1, 7)])
def test_maps_are_found_again_from_four_points(turn: Map) -> None:
    corners = [Point(0, 0), Point(500, 3), Point(490, 800), Point(5, 790)]

    found = fitted(corners, [turn(corner) for corner in corners])

    assert all(distance(found(corner), turn(corner)) < 1e-6 for corner in corners)
    assert all(distance(found.inverse(found(corner)), corner) < 1e-6 for corner in corners)
    assert distance(found.after(turn)(corners[2]), found(turn(corners[2]))) < 1e-6
    assert found.scale == pytest.approx(turn.scale)
