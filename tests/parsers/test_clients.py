"""Every program that fills our PDF gives it back readable, all questions, plain and hard text."""

from __future__ import annotations

import pytest

from parsers.write.fill import by_control, fill_docx, fill_pdf
from tests.parsers.fill.clients import CLIENTS, libreoffice
from tests.parsers.kit import DOCX, FORM, PDF, differences, read_here
from tests.parsers.people import HARD, HARD_READ, PLAIN, PLAIN_READ

# PDFium types a tab as a space and cuts characters beyond U+FFFF; the cut ones must be in doubt.
PDFIUM_LOSES = {"p_aliases", "p_contact"}
PDFIUM_SPACES = {"q_question"}


@pytest.mark.parametrize("client", CLIENTS)
def test_plain_answers_come_back(client: str) -> None:
    reading = read_here(CLIENTS[client](PDF, by_control(PLAIN)))

    assert reading.problems == ()
    assert differences(reading, PLAIN_READ) == {}
    assert all(answer.sure for answer in reading.answers.values())


@pytest.mark.parametrize("client", CLIENTS)
def test_hard_text_comes_back(client: str) -> None:
    reading = read_here(CLIENTS[client](PDF, by_control(HARD)))

    allowed = PDFIUM_LOSES | PDFIUM_SPACES if client == "pdfium" else set()
    assert set(differences(reading, HARD_READ)) <= allowed
    assert {key for key, answer in reading.answers.items() if not answer.sure} == allowed - PDFIUM_SPACES


@pytest.mark.parametrize(("answers", "expected"), [(PLAIN, PLAIN_READ), (HARD, HARD_READ)], ids=["plain", "hard"])
def test_our_own_filler_is_read_back(answers: dict[str, object], expected: dict[str, object]) -> None:
    for reading in (read_here(fill_pdf(PDF, answers)), read_here(fill_docx(DOCX, answers))):
        assert reading.form_version == "1"
        assert differences(reading, expected) == {}
        assert len(FORM.fields) == 48
        assert not reading.unanswered(FORM)
        assert not reading.unclear(FORM)


def test_libreoffice_drops_the_tags_and_nothing_is_lost() -> None:
    (saved,) = libreoffice(fill_docx(DOCX, HARD))

    reading = read_here(saved)

    assert differences(reading, HARD_READ) == {}
    assert all(answer.sure for answer in reading.answers.values())


def test_where_an_answer_stood_is_known() -> None:
    reading = read_here(fill_pdf(PDF, PLAIN))

    where = reading.answers["p_dob"].where
    assert where is not None
    assert (where["reader"], where["page"], len(where["rect"])) == ("acroform", 2, 4)


def test_a_filler_refuses_an_answer_without_a_place() -> None:
    with pytest.raises(KeyError, match="p_shoe_size"):
        fill_pdf(PDF, {"p_shoe_size": "9"})
    with pytest.raises(KeyError, match="r_sector"):
        fill_pdf(PDF, {"r_sector": "bakery"})
