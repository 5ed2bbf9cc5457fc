"""Several files of one mail: pages of one form are one reading, copies of one form too; other people's stay apart."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pikepdf

import parsers
from parsers import File, Reading
from parsers.write.fill import by_control, fill_docx, fill_pdf
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import DOCX, FORM, FORMS, PDF, codes, differences
from tests.parsers.people import PLAIN, PLAIN_READ, TODAY
from tests.parsers.printing import changed, pdfium

OTHER: dict[str, Any] = {
    **PLAIN,
    "p_surname": "Harrow",
    "p_forenames": "Martin",
    "p_dob": "2 1 1971",
    "p_nhs": "999 000 0026",
    "r_name": "Sam Okafor",
    "q_question": "How can we keep her safe at work?",
    "s_account": "He sends flowers to her office each week, and stands at the gate.",
    "s_fixation": "He keeps a diary of where she goes.",
    "h_services": "Probation: Ann Fell, 01632 960555",
    "h_holder": "Eastleigh CMHT: Sam Okafor, 01632 960124",
}


def read(**files: bytes) -> list[Reading]:
    return parsers.read([File(name, data) for name, data in files.items()], FORMS, today=TODAY)


@cache
def sheet(number: int, *, other: bool = False) -> bytes:
    """One page of a printed form, as a file of its own."""
    printed = _printed(other=other)

    def change(document: pikepdf.Pdf) -> None:
        for at in range(len(document.pages), 0, -1):
            if at != number:
                del document.pages[at - 1]

    return changed(printed, change)


@cache
def _printed(*, other: bool) -> bytes:
    return pdfium(CLIENTS["pdfium"](PDF, by_control(OTHER if other else PLAIN)))


def test_pages_in_files_of_their_own_and_out_of_order_are_one_form() -> None:
    (reading,) = read(**{f"page-{number}": sheet(number) for number in (3, 1, 2, 7, 6, 5, 4)})

    assert reading.files == tuple(f"page-{number}" for number in (3, 1, 2, 7, 6, 5, 4))
    assert (reading.how, reading.pages, reading.problems) == ("flat", 7, ())
    assert differences(reading, PLAIN_READ) == {}
    where = reading.answers["p_surname"].where
    assert where is not None
    assert (where["file"], where["page"]) == ("page-2", 1)


def test_a_page_that_is_not_there_is_missed_once() -> None:
    (reading,) = read(one=sheet(1), two=sheet(2), four=sheet(4), five=sheet(5), six=sheet(6), seven=sheet(7))

    assert codes(reading) == ["pages_missing"]
    assert reading.problems[0].pages == (3,)
    assert reading.problems[0].words == "Page 3 of this form is missing; please send the whole form."


def test_a_page_sent_twice_is_no_other_form() -> None:
    (reading,) = read(one=sheet(1), again=sheet(1), two=sheet(2))

    assert reading.problems[0].pages == (3, 4, 5, 6, 7)
    assert reading.answers["r_name"].value == "Priya Nair"
    assert reading.answers["r_name"].sure


def test_one_whole_form_after_another_are_two() -> None:
    names = {f"{who}{number}": sheet(number, other=who == "b") for who in "ab" for number in range(1, 8)}

    first, second = read(**names)

    assert (first.answers["p_surname"].value, second.answers["p_surname"].value) == ("Whitlock", "Harrow")
    assert (first.problems, second.problems) == ((), ())
    assert differences(first, PLAIN_READ) == {}


def piled(*documents: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pile:
        for data in documents:
            with pikepdf.open(io.BytesIO(data)) as document:
                pile.pages.extend(document.pages)
        pile.save(out)
    return out.getvalue()


def test_two_forms_in_one_file_are_two() -> None:
    first, second = read(pile=piled(_printed(other=False), _printed(other=True)))

    assert (first.files, second.files) == (("pile",), ("pile",))
    assert (first.problems, second.problems) == ((), ())
    assert differences(first, PLAIN_READ) == {}
    assert second.answers["p_surname"].value == "Harrow"
    where = second.answers["p_surname"].where
    assert where is not None
    assert where["page"] == 9


def test_a_printed_form_behind_one_with_fields_is_not_overlooked() -> None:
    first, second = read(pile=piled(fill_pdf(PDF, PLAIN), _printed(other=True)))

    assert (first.answers["p_surname"].value, second.answers["p_surname"].value) == ("Whitlock", "Harrow")


def test_one_form_printed_twice_into_a_file_is_one() -> None:
    (reading,) = read(pile=piled(_printed(other=False), sheet(3)))

    assert differences(reading, PLAIN_READ) == {}
    assert not reading.problems


def test_pages_of_two_people_that_cannot_be_told_apart_are_left_to_a_person() -> None:
    found = read(**{f"{who}{number}": sheet(number, other=who == "b") for number in (1, 2, 3) for who in "ab"})

    assert len(found) == 2
    assert all("mixed" in codes(reading) for reading in found)
    assert not any(answer.sure for reading in found for answer in reading.answers.values() if answer.raw)


def test_two_people_of_one_family_are_two_forms() -> None:
    brother = {**PLAIN, "p_forenames": "Damien James", "p_dob": "27 3 1986", "p_nhs": "999 000 0026"}

    assert len(read(one=fill_pdf(PDF, PLAIN), other=fill_pdf(PDF, brother))) == 2


def test_one_person_referred_by_two_is_two_forms() -> None:
    found = read(one=fill_pdf(PDF, PLAIN), other=fill_pdf(PDF, {**PLAIN, "r_email": "sam.okafor@police.example"}))

    assert [reading.answers["r_email"].value for reading in found] == [
        "priya.nair@nhs.example",
        "sam.okafor@police.example",
    ]


def test_of_a_draft_and_its_final_the_fuller_is_taken_and_what_differs_is_said() -> None:
    draft = {key: value for key, value in PLAIN.items() if not key.startswith("k_signs")}
    draft["h_holder"] = "Not yet clear"

    for files in ({"draft": draft, "final": PLAIN}, {"final": PLAIN, "draft": draft}):
        (reading,) = read(**{name: fill_docx(DOCX, answers) for name, answers in files.items()})

        assert reading.files == tuple(files)
        assert codes(reading) == ["copies"]
        assert "Who holds the case now?" in reading.problems[0].words
        answer = reading.answers["h_holder"]
        assert (answer.value, answer.sure) == (PLAIN["h_holder"], False)
        assert answer.candidates == (PLAIN["h_holder"], "Not yet clear")
        assert differences(reading, PLAIN_READ) == {}


def test_what_a_draft_only_left_open_is_said_too_and_nothing_is_in_doubt() -> None:
    draft = {**PLAIN, "h_holder": None, "s_latest": "last week"}

    (reading,) = read(draft=fill_pdf(PDF, {**draft, "s_latest": PLAIN["s_latest"]}), final=fill_pdf(PDF, PLAIN))
    assert reading.problems[0].words.endswith("They differ in: Who holds the case now?")
    assert reading.answers["h_holder"].sure

    (reading,) = read(draft=fill_pdf(PDF, draft), final=fill_pdf(PDF, PLAIN))
    assert "When was the most recent incident?" in reading.problems[0].words
    assert reading.answers["s_latest"].candidates == ("about 2 weeks ago", "last week")


def test_the_same_form_as_a_pdf_and_as_a_word_document_is_one_without_a_word() -> None:
    (reading,) = read(pdf=fill_pdf(PDF, PLAIN), word=fill_docx(DOCX, PLAIN))

    assert (reading.files, reading.problems) == (("pdf", "word"), ())
    assert differences(reading, PLAIN_READ) == {}
    assert not reading.unclear(FORM)


def test_an_empty_form_beside_a_filled_one_stays_an_empty_form() -> None:
    filled, empty = read(filled=fill_pdf(PDF, PLAIN), empty=PDF)

    assert (codes(filled), codes(empty)) == ([], ["empty_form"])


def test_other_files_stay_where_they_are() -> None:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)

    found = read(note=b"hello", one=sheet(1), paper=out.getvalue(), two=sheet(2))

    assert [reading.files for reading in found] == [("note",), ("one", "two"), ("paper",)]
