"""PDFs that programs and journeys have spoilt, each in a way that was seen."""

from __future__ import annotations

from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from parsers import Reading
from parsers.readers.objects import decode
from parsers.write.fill import by_control, fill_pdf
from tests.parsers.damage import (
    changed,
    deeper_names,
    drawn,
    field,
    forget_most_fields,
    forget_the_form,
    only_xfa,
    orphan_chosen_radios,
    slashes_in_names,
    states_on_text,
    widget_of,
    without_end,
)
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import FORM, PDF, codes, differences, read_here
from tests.parsers.people import PLAIN, PLAIN_READ
from tests.parsers.printing import pdfium

FILLED = fill_pdf(PDF, PLAIN)


# qpdf remarks on the damage that these tests do
pytestmark = pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")


@pytest.mark.parametrize(
    "change",
    [
        orphan_chosen_radios,
        forget_most_fields,
        forget_the_form,
        only_xfa,
        slashes_in_names,
        states_on_text,
        deeper_names,
    ],
)
def test_nothing_is_lost(change: Callable[[pikepdf.Pdf], None]) -> None:
    reading = read_here(changed(FILLED, change))

    assert differences(reading, PLAIN_READ) == {}
    assert all(answer.sure for answer in reading.answers.values())


def choices_stored_but_not_shown(document: pikepdf.Pdf) -> None:
    for one in document.Root.AcroForm.Fields:
        for kid in one.get("/Kids", ()):
            kid.AS = Name.Off


def test_choices_that_are_stored_and_never_shown_are_taken() -> None:
    """As older pypdf writes them."""
    reading = read_here(changed(FILLED, choices_stored_but_not_shown))

    assert differences(reading, PLAIN_READ) == {}
    assert reading.answers["r_sector"].sure


def test_a_stored_choice_that_is_not_shown_where_others_are_is_in_doubt() -> None:
    def hide(document: pikepdf.Pdf) -> None:
        widget_of(document, "r_sector", "mental_health").AS = Name.Off

    reading = read_here(changed(FILLED, hide))

    assert reading.answers["r_sector"].value == "mental_health"
    assert not reading.answers["r_sector"].sure
    assert [one.id for one in reading.unclear(FORM)] == ["r_sector"]


def test_what_is_shown_wins_over_what_is_stored_and_is_in_doubt() -> None:
    def stale(document: pikepdf.Pdf) -> None:
        field(document, "j_invest").V = Name("/no")

    answer = read_here(changed(FILLED, stale)).answers["j_invest"]

    assert (answer.value, answer.sure, answer.remark) == ("yes", False, "what is shown differs from what is stored")


def test_yes_and_no_both_marked_is_neither() -> None:
    """B27."""

    def both(document: pikepdf.Pdf) -> None:
        widget_of(document, "j_invest", "no").AS = Name("/no")

    reading = read_here(changed(FILLED, both))

    answer = reading.answers["j_invest"]
    assert (answer.value, set(answer.candidates), answer.sure) == (None, {"yes", "no"}, False)
    assert "j_invest" in [one.id for one in reading.unclear(FORM)]
    assert "j_invest" not in [one.id for one in reading.unanswered(FORM)]


def twice(name: str, text: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        copy = document.make_indirect(Dictionary(FT=Name.Tx, T=String(name), V=String(text)))
        document.Root.AcroForm.Fields.append(copy)

    return change


def test_a_field_that_stands_twice_and_differs_is_not_chosen_from() -> None:
    answer = read_here(changed(FILLED, twice("p_surname", "Other"))).answers["p_surname"]

    assert (answer.value, set(answer.candidates), answer.sure) == (None, {"Whitlock", "Other"}, False)


def test_a_field_that_stands_twice_and_is_the_same_is_one() -> None:
    answer = read_here(changed(FILLED, twice("p_surname", "Whitlock"))).answers["p_surname"]

    assert (answer.value, answer.sure) == ("Whitlock", True)


@pytest.mark.parametrize("client", ["poppler", "pdfjs", "pdfium", "pdftk"])
def test_a_form_that_lost_only_its_table_has_lost_nothing(client: str) -> None:
    """Some append to the blank, so that a shorter file opens well: as the blank, without a single answer."""
    reading = read_here(without_end(CLIENTS[client](PDF, by_control(PLAIN))))

    assert (differences(reading, PLAIN_READ), codes(reading)) == ({}, [])
    assert all(answer.sure for answer in reading.answers.values())


def test_answers_that_a_cut_took_are_in_doubt() -> None:
    """pdf.js appends the answers in the order they stand on the pages."""
    whole = CLIENTS["pdfjs"](PDF, by_control(PLAIN))

    reading = read_here(whole[:-20_000])

    lost = differences(reading, PLAIN_READ)
    assert 0 < len(lost) < 30
    assert not any(reading.answers[key].sure for key in lost)
    assert codes(reading) == ["damaged"]


def test_words_after_the_end_do_not_make_it_cut_off() -> None:
    reading = read_here(FILLED + b"\n-- \nscanned for viruses" * 500)

    assert (differences(reading, PLAIN_READ), reading.problems) == ({}, ())


def test_half_a_form_gives_a_reason_and_no_guesses() -> None:
    reading = read_here(FILLED[: len(FILLED) // 2])

    assert not reading.answers or all(
        answer.value in (None, PLAIN_READ.get(key)) for key, answer in reading.answers.items()
    )
    assert reading.is_form or codes(reading) == ["damaged"]


def test_a_locked_pdf_is_named_and_one_that_only_forbids_changes_is_read() -> None:
    locked = changed(FILLED, lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u", R=6))
    guarded = changed(FILLED, lambda _: None, encryption=pikepdf.Encryption(owner="o", user="", R=6))

    assert codes(read_here(locked)) == ["encrypted"]
    assert differences(read_here(guarded), PLAIN_READ) == {}


def test_an_empty_form_is_a_form() -> None:
    reading = read_here(PDF)

    assert (reading.form_version, codes(reading)) == ("1", ["empty_form"])
    assert all(answer.value is None and answer.sure for answer in reading.answers.values())
    assert len(reading.unanswered(FORM)) == 38  # 36 required, the postcode and the reason


def test_spaces_alone_are_no_answer() -> None:
    """A list of which nothing was chosen comes back as a space."""
    reading = read_here(fill_pdf(PDF, {"r_name": " ", "p_surname": "\n"}))

    assert codes(reading) == ["empty_form"]


def test_boxes_without_words_are_suspected() -> None:
    boxes = {"r_sector": "police", "j_invest": "yes", "q_services": ["assessment"], "c_aware": "yes"}

    assert codes(read_here(fill_pdf(PDF, boxes))) == ["lost_text"]


def test_a_version_we_do_not_have_is_not_guessed_at() -> None:
    def rename(document: pikepdf.Pdf) -> None:
        document.docinfo["/MailbotForm"] = "99"

    assert codes(read_here(changed(FILLED, rename))) == ["unknown_version"]


def flattened(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        del page.obj["/Annots"]
    del document.Root["/AcroForm"]


def emptied(document: pikepdf.Pdf) -> None:
    flattened(document)
    for page in document.pages:
        page.obj.Contents = document.make_stream(b"")


def renamed(document: pikepdf.Pdf) -> None:
    for number, one in enumerate(document.Root.AcroForm.Fields):
        one.T = String(f"field{number}")
    del document.docinfo["/MailbotForm"]
    for page in document.pages:
        page.obj.Contents = document.make_stream(page_of_words())
        page.obj.Resources = Dictionary(Font=Dictionary(F=Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))  # fmt: skip


def page_of_words() -> bytes:
    return b"BT /F 12 Tf 50 700 Td (Application for a parking permit, to be returned to the council) Tj ET"


@pytest.mark.parametrize(("change", "code"), [(emptied, "needs_scan"), (renamed, "not_our_form")])
def test_other_pdfs_are_told_apart(change: Callable[[pikepdf.Pdf], None], code: str) -> None:
    reading: Reading = read_here(changed(FILLED, change))

    assert (codes(reading), reading.form_version, dict(reading.answers)) == ([code], None, {})


def test_text_drawn_over_the_form_is_read() -> None:
    """Markup on iOS and the text tools of browsers leave the fields as they are."""
    reading = read_here(
        drawn(("p_surname", "", "Łukasz"), ("j_invest", "no", "x"), ("q_services.assessment", "Yes", "✓"))
    )

    assert differences(reading, {"p_surname": "Łukasz", "j_invest": "no", "q_services": ["assessment"]}) == {}
    assert reading.answers["p_surname"].remark == "drawn over the form"


def test_text_drawn_over_an_answer_is_a_conflict() -> None:
    reading = read_here(drawn(("j_invest", "no", "x"), ("j_invest", "yes", "x")))

    answer = reading.answers["j_invest"]
    assert (answer.value, set(answer.candidates), answer.sure) == (None, {"yes", "no"}, False)


def test_a_flattened_copy_with_a_signature_field_is_not_an_empty_form() -> None:
    def sign(document: pikepdf.Pdf) -> None:
        signature = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name("/Sig"), T=String("Signature1"), Rect=Array([0, 0, 9, 9])
        )
        document.pages[0].obj.Annots = Array([document.make_indirect(signature)])

    reading = read_here(changed(pdfium(CLIENTS["pdfium"](PDF, by_control(PLAIN))), sign))

    assert (reading.how, codes(reading), differences(reading, PLAIN_READ)) == ("flat", [], {})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"caf\xe9 \xa0", "café €"),  # PDFDocEncoding has the euro at A0
        (b"\xfe\xff" + "Łuk".encode("utf-16-be"), "Łuk"),
        (b"\xfe\xff\xd8\x3d", "\ufffd"),  # half a character
        (b"\xef\xbb\xbf\xc5\x81uk", "Łuk"),
        (b"\xc5\x81uk", "Łuk"),
        (b"\x8dCAF\xc9\x8e", "“CAFÉ”"),  # which is valid UTF-8, too
        (b"caf\xe9\x83\x8e", "café…”"),
        ("😀 ŷ".encode("utf-16"), "😀 ŷ"),
    ],
)
def test_text_strings(data: bytes, text: str) -> None:
    assert decode(data) == text
