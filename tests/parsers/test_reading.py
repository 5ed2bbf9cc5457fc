"""What a reading says of the form as a whole: what is missing, what is unclear, and that it survives being stored."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import parsers
from parsers import File, FormError, Reading
from parsers.write.fill import fill_docx, fill_pdf
from tests.parsers.kit import DOCX, FORM, FORMS, PDF, differences, read_here
from tests.parsers.people import PLAIN, PLAIN_READ, TODAY


def read(**answers: Any) -> Reading:
    return read_here(fill_pdf(PDF, {**PLAIN, **answers}))


def ids(fields: tuple[parsers.Field, ...]) -> list[str]:
    return [field.id for field in fields]


def test_files_are_read_in_order_each_for_itself() -> None:
    files = [
        File("form.pdf", fill_pdf(PDF, PLAIN)),
        File("logo.bin", b"\0\1\2\3"),
        File("blank.docx", DOCX),
        File("form.docx", fill_docx(DOCX, {**PLAIN, "p_forenames": "Martin"})),
    ]

    readings = parsers.read(files, FORMS, today=TODAY)

    assert [reading.files for reading in readings] == [(file.name,) for file in files]
    assert [reading.how for reading in readings] == ["acroform", "other", "word", "word"]
    assert [[problem.code for problem in reading.problems] for reading in readings] == [
        [], ["not_our_form"], ["empty_form"], [],
    ]  # fmt: skip
    assert differences(readings[0], PLAIN_READ) == {}
    assert differences(readings[3], PLAIN_READ) == {"p_forenames": ("Martin", "Daniel James")}


def test_a_reading_survives_being_stored() -> None:
    reading = read(p_dob="03/04/85")

    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading


def test_a_whole_form_has_nothing_missing_and_nothing_unclear() -> None:
    reading = read()

    assert reading.values["s_latest"] is None  # "about 2 weeks ago" is the answer
    assert (ids(reading.unanswered(FORM)), ids(reading.unclear(FORM))) == ([], [])


@pytest.mark.parametrize(
    ("answers", "unanswered", "unclear"),
    [
        ({"r_name": ""}, ["r_name"], []),
        ({"p_dob": "about 40"}, [], ["p_dob"]),
        ({"p_nhs": "999 000 0019"}, [], ["p_nhs"]),
        ({"p_nhs": ""}, [], []),
        ({"p_postcode": ""}, ["p_postcode"], []),
        ({"p_postcode": "", "p_area": "no_fixed_address"}, [], []),
        ({"c_reason": ""}, ["c_reason"], []),
        ({"c_reason": "", "c_aware": "yes", "c_agree": "yes"}, [], []),
        ({"q_urgent": {"choice": None, "text": "soon"}}, [], ["q_urgent"]),
        ({"q_urgent": {"choice": "no", "text": None}}, [], []),
        ({"k_signs.weapons": ""}, ["k_signs"], []),
        ({"k_tools": {"choice": None, "text": "none yet"}}, [], []),
        ({"j_status": []}, ["j_status"], []),
        ({"d_declare": {"checked": False, "name": "Priya Nair", "date": None}}, [], ["d_declare"]),
        ({"d_declare": {"checked": True, "name": None, "date": None}}, [], ["d_declare"]),
        ({"d_declare": {"checked": True, "name": "Priya Nair", "date": "19/11/26"}}, [], []),
        ({"s_started": "ages ago"}, [], []),
    ],
)
def test_what_is_asked_for(answers: dict[str, Any], unanswered: list[str], unclear: list[str]) -> None:
    reading = read(**answers)

    assert (ids(reading.unanswered(FORM)), ids(reading.unclear(FORM))) == (unanswered, unclear)


def test_values_of_each_type() -> None:
    values = read(q_urgent={"choice": "no", "text": None}, k_tools=None, v_support=None).values

    assert values["q_urgent"] == {"choice": "no", "text": None}
    assert values["k_tools"] is None
    assert values["v_support"] is None
    assert values["q_services"] == ["consultation", "formulation"]
    assert values["k_signs.weapons"] == "no"
    assert values["d_declare"] == {"checked": True, "name": "Priya Nair", "date": "2026-11-19"}


def test_raw_words_are_those_on_the_form() -> None:
    answers = read().answers

    assert answers["r_sector"].raw == "NHS mental health or learning disability"
    assert answers["q_services"].raw == "Advice and consultation; Formulation of the stalking behaviour"
    assert answers["p_setting"].raw == "Supported housing\nHarbour House"
    assert answers["p_dob"].raw == "27 3 1985"


def test_a_folder_without_a_form_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="holds no form"):
        parsers.read([], tmp_path)


def test_reading_needs_neither_the_working_folder_nor_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parsers.py").write_text("raise SystemExit('the wrong parsers')")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name != "PATH":
            monkeypatch.delenv(name)

    (reading,) = parsers.read([File("form.pdf", PDF)], FORMS)

    assert reading.form_version == "1"


def test_the_door_loads_none_of_the_readers_libraries() -> None:
    """The daemon imports it: hostile bytes and large libraries stay in the child."""
    import subprocess
    import sys

    program = (
        "import sys, parsers; print([name for name in ('pdfplumber', 'pikepdf', 'lxml', 'PIL', 'pypdfium2', "
        "'phonenumbers') if name in sys.modules])"
    )
    root = Path(parsers.__file__).parents[1]

    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
