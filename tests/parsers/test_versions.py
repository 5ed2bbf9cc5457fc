"""Forms in an older version answer today's questions; what was not asked then counts as not asked (B7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import parsers
from parsers import File, Form, FormError, Reading
from parsers.write import BLANK_FILES, build
from parsers.write.fill import by_control, fill_docx, fill_pdf
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import FORM, FORMS, differences
from tests.parsers.people import PLAIN, PLAIN_READ, TODAY
from tests.parsers.printing import pdfium

# What has changed since: a question was renamed, one added, one dropped, an option and a row renamed, one taken away.
SINCE = (
    ('id = "r_deputy"\n', 'id = "r_stand_in"\nformerly = ["r_deputy"]\n'),
    ('["approved_premises", "Approved premises"]', '["probation_hostel", "Approved premises"]'),
    ('id = "p_setting"\n', 'id = "p_setting"\nrenamed = [["approved_premises", "probation_hostel"]]\n'),
    ('["damage", "Damage to property"]', '["property", "Damage to property"]'),
    ('id = "k_signs"\n', 'id = "k_signs"\nrenamed = [["damage", "property"]]\n'),
    ('    ["neighbour", "Neighbour"],\n', ""),
    ('id = "p_pronoun"\n', 'id = "p_called"\n'),
)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Today's form as version 2, and version 1 as it is kept."""
    folder = tmp_path_factory.mktemp("forms")
    words = (FORMS / "1" / "form.toml").read_text("utf-8")
    (folder / "1").mkdir()
    for name in ("form.toml", *BLANK_FILES):
        (folder / "1" / name).write_bytes((FORMS / "1" / name).read_bytes())
    new = words.replace('version = "1"', 'version = "2"')
    for old, changed in SINCE:
        assert old in new
        new = new.replace(old, changed)
    (folder / "2").mkdir()
    (folder / "2" / "form.toml").write_text(new, "utf-8")
    build(Form.load(folder / "2"), folder / "2")
    return folder


def returned(forms: Path, answers: dict[str, Any], version: str = "1") -> list[bytes]:
    pdf, docx = ((forms / version / name).read_bytes() for name in BLANK_FILES[:2])
    return [fill_pdf(pdf, answers), fill_docx(docx, answers), pdfium(CLIENTS["pdfium"](pdf, by_control(answers)))]


def read(forms: Path, data: bytes) -> Reading:
    (reading,) = parsers.read([File("form", data)], forms, today=TODAY, current="2")
    return reading


OLD = {**PLAIN, "p_setting": {"choice": "approved_premises", "text": "Elm House"}, "s_relation": "neighbour"}


def test_answers_of_an_older_version_are_found_under_todays_ids(forms: Path) -> None:
    for data in returned(forms, OLD):
        reading = read(forms, data)

        expected = {
            **PLAIN_READ,
            "p_setting": {"choice": "probation_hostel", "text": "Elm House"},
            "s_relation": None,
            "r_stand_in": PLAIN["r_deputy"],
            "k_signs.property": PLAIN["k_signs.damage"],
        }
        del expected["r_deputy"], expected["k_signs.damage"]
        assert reading.form_version == "1"
        assert differences(reading, {key: value for key, value in expected.items() if value is not None}) == {}


def test_a_choice_that_is_gone_keeps_its_words_and_is_doubted(forms: Path) -> None:
    answer = read(forms, returned(forms, OLD)[0]).answers["s_relation"]

    assert (answer.value, answer.raw, answer.sure) == (None, "Neighbour", False)
    assert answer.remark == "a choice that was marked is not offered any more"


def test_a_new_question_counts_as_not_asked(forms: Path) -> None:
    reading, today = read(forms, returned(forms, OLD)[0]), Form.load(forms / "2")

    assert "p_called" not in reading.answers
    assert reading.answers["p_pronoun"].value == PLAIN["p_pronoun"]  # what is no longer asked is kept
    assert [field.id for field in reading.unanswered(today)] == []  # it is optional
    assert [field.id for field in reading.unclear(today)] == ["s_relation"]


def test_todays_form_is_read_as_it_is(forms: Path) -> None:
    answers = {**PLAIN, "r_stand_in": "Tom Reed", "p_called": "Mr", "k_signs.property": "no"}
    for key in ("r_deputy", "p_pronoun", "k_signs.damage"):
        del answers[key]

    for data in returned(forms, answers, "2"):
        reading = read(forms, data)

        assert reading.form_version == "2"
        assert reading.answers["r_stand_in"].value == "Tom Reed"
        assert "r_deputy" not in reading.answers


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'id = "r_role"\n',
            'id = "r_role"\nformerly = ["r_name"]\n',
            "formerly names a question of this version: r_name",
        ),
        ('id = "p_area"\n', 'id = "p_area"\nrenamed = [["a", "b"]]\n', "p_area: renamed names an option or row"),
        ('sender = "r_email"', 'sender = "r_post"', "person or sender names a question that is not there: r_post"),
    ],
)
def test_slips_in_the_definition_are_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    words = (FORMS / "1" / "form.toml").read_text("utf-8")
    (tmp_path / "form.toml").write_text(words.replace(old, new), "utf-8")

    with pytest.raises(FormError, match=says):
        Form.load(tmp_path)


def test_the_kept_form_is_the_one_that_is_tested() -> None:
    assert FORM.person == ("p_surname", "p_forenames", "p_dob")
