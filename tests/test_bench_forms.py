"""The bench of returned forms: what it calls right, asked and silent, what it promises, and that it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.forms import readme, resumed
from bench.forms.report import broken, results
from bench.forms.returned import Returned, Row
from bench.forms.score import judged, same
from parsers import Answer, Reading
from parsers.write.fill import fill_pdf
from tests.parsers.crowd import crowd
from tests.parsers.kit import FORM, PDF, differences, read_here

KEYS = [key for field in FORM.fields for key in field.keys]
MEANT = {"p_surname": "Whitlock"}
RETURNED = Returned("acroform", "by hand", "plain", "form.pdf", bytes, MEANT)


def reading(**answers: Answer) -> Reading:
    nothing = {key: Answer(None, "", 0.99) for key in KEYS}
    return Reading(("form.pdf",), "1", "acroform", 7, {**nothing, **answers})


@pytest.mark.parametrize(
    ("value", "confidence", "right", "asked", "silent"),
    [("Whitlock", 0.9, 1, 0, 0), ("Whitlock", 0.89, 0, 1, 0), ("Brook", 0.9, 0, 0, 1), (None, 0.99, 0, 0, 1)],
)
def test_an_answer_is_right_asked_or_silent(
    value: str | None, confidence: float, right: int, asked: int, silent: int
) -> None:
    found = judged(RETURNED, [reading(p_surname=Answer(value, str(value), confidence))], FORM)

    others = len(KEYS) - 1  # were not answered, and are right so
    assert (len(found.right), len(found.asked), len(found.silent)) == (others + right, asked, silent)


def test_a_file_that_held_no_form_is_asked_about() -> None:
    assert judged(RETURNED, [], FORM).asked == set(KEYS)


def test_what_a_file_cannot_hold_must_be_asked() -> None:
    lost = replace(RETURNED, lost=frozenset({"p_surname"}))

    asked = judged(lost, [reading(p_surname=Answer(None, "", 0.3))], FORM)
    silent = judged(lost, [reading(p_surname=Answer("Brook", "Brook", 0.95))], FORM)

    assert len(asked.right) == len(KEYS) - 1
    assert not asked.asked | asked.silent
    assert silent.silent == {"p_surname"}


def test_white_space_counts_where_the_file_can_say_it() -> None:
    assert not same("a\nb", "a b", layout=True)
    assert same({"text": "a\nb"}, {"text": "a b"}, layout=False)
    assert same("a\tb", "a b", layout=True)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row("acroform", "pypdf", "plain", documents=1, answers=100, right=100), ()),
        (Row("acroform", "pypdf", "plain", documents=1, answers=100, right=99, asked=1), ("right", "asked")),
        (Row("acroform", "pypdf", "hostile", documents=1, answers=1000, right=999, silent=1), ("silent",)),
        (Row("flattened", "qpdf", "plain", documents=1, answers=100, asked=60, right=40, problems=("lost_text",)), ()),
        (Row("word", "DOC", "plain", documents=1, answers=1, right=1, peak_mb=2000), ("memory",)),
        (Row("word", "DOC", "plain", skipped="no LibreOffice"), ()),
    ],
)
def test_promises(row: Row, expected: tuple[str, ...]) -> None:
    assert broken(row) == expected


@pytest.mark.parametrize("hostile", [False, True])
def test_every_option_and_row_is_answered_by_somebody_and_read_back(hostile: bool) -> None:
    everybody = crowd(FORM, hostile=hostile)

    given = {(key, str(value)) for person in everybody for key, value in person.written.items()}
    for field in FORM.fields:
        for option, _ in field.options:
            assert any(key in field.keys and option in value for key, value in given), (field.id, option)
    for person in everybody:
        wrong = differences(read_here(fill_pdf(PDF, person.written)), person.meant)
        assert {key: pair for key, pair in wrong.items() if pair != (None, None)} == {}, person.name


def test_it_runs_and_reports(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "forms.json"
    only = "^(acroform/(pdfium|pikepdf)|word/controls kept|body text/pasted)"
    command = [sys.executable, "-m", "bench.forms", "--smoke", "--again", "--only", only, "--out", str(out)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(out.read_text("utf-8"))
    assert {row["channel"] for row in found["rows"]} == {"acroform", "word", "body text"}
    assert all(row["answers"] and row["seconds"] > 0 and row["peak_mb"] > 0 for row in found["rows"])
    assert found["kept"]
    assert str(root) not in out.read_text("utf-8"), "no path of this machine"


def test_a_run_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumed, "FOLDER", tmp_path)
    row = Row("flattened", "qpdf", "plain", documents=1, answers=59, right=59, problems=("lost_text",), misses={"a": 1})
    first = resumed.Rows(again=False, smoke=False)
    first.of("flattened/qpdf", lambda: [row])

    def never() -> list[Row]:
        raise AssertionError("it was measured before")

    assert resumed.Rows(again=False, smoke=False).of("flattened/qpdf", never) == [replace(row, code=resumed.code())]
    assert "flattened/qpdf" not in resumed.Rows(again=False, smoke=True)
    assert "flattened/qpdf" not in resumed.Rows(again=True, smoke=False)


def test_what_is_measured_anew_stands_beside_the_rest(tmp_path: Path) -> None:
    rows = [
        Row("word", one, "plain", documents=1, answers=100, right=99, asked=1, code="then") for one in ("DOC", "ODT")
    ]
    kept = tmp_path / "forms.json"
    kept.write_text(json.dumps(results(rows, [], smoke=False)), encoding="utf-8")
    anew = replace(rows[1], right=100, asked=0, code=resumed.code())
    assert resumed.beside(kept, [anew]) == [rows[0], anew]
    assert results([rows[0], anew], [], smoke=False)["of_earlier_code"] == 1


def test_the_readme_has_the_figures_of_the_worst_way(tmp_path: Path) -> None:
    rows = [
        Row("word", "DOC", "plain", documents=1, answers=200, right=199, asked=1),
        Row("word", "ODT", "plain", documents=1, answers=100, right=100),
    ]
    path = tmp_path / "README.md"
    path.write_text(f"before {readme.BEGIN}old{readme.END} after", encoding="utf-8")
    readme.write(results(rows, [], smoke=False, missing=["word/RTF"]), path)
    text = path.read_text("utf-8")

    assert "| word, plain | 300 | 2 | 99.50 % | 0.50 % | 0.00 % |" in text
    assert "2 of 3 ways were measured" in text
    assert (text[:7], text[-6:], "old" in text) == ("before ", " after", False)
