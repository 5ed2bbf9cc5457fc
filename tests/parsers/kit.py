"""The kept form and its blanks, and reading in this process for tests that need no sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from parsers import File, Form, Limits, Reading, ladder
from tests.parsers.people import TODAY

FORMS = Path(__file__).parents[2] / "config" / "forms"
FORM = Form.load(FORMS / "1")
PDF = (FORMS / "1" / "referral-form.pdf").read_bytes()
BLANK_TEXT = (FORMS / "1" / "referral-form.txt").read_text("utf-8")
DOCX = (FORMS / "1" / "referral-form.docx").read_bytes()


def read_here(data: bytes, name: str = "form") -> Reading:
    """The only reading of this file."""
    (reading,) = ladder.read(File(name, data), [FORM], Limits(), TODAY)
    return reading


def differences(reading: Reading, expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What was read otherwise than expected, by key; questions that are not expected must be null."""
    read = {key: answer.value for key, answer in reading.answers.items()}
    keys = read.keys() | expected.keys()
    return {key: (read.get(key), expected.get(key)) for key in keys if read.get(key) != expected.get(key)}


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]
