"""Hostile files end within their limits with a plain reason, and the next file is read as if nothing had been."""

from __future__ import annotations

import io
import time

import pytest

import parsers
from parsers import File, Limits, Reading
from parsers.door import _understood
from parsers.sandbox import lines_of
from tests.parsers.hostile import BOMBS, POISONED, zip_of
from tests.parsers.kit import DOCX, FORMS, PDF, codes, differences, read_here
from tests.parsers.people import PLAIN_READ

#: a good form takes two or three seconds of a slow machine's processor, which must not count as too much
LIMITS = Limits(seconds=20, cpu_seconds=8, memory_mb=512, unpacked_mb=20)
GOOD = File("form.pdf", PDF)


#: What each bomb may be said to be; the others may only be said to be damaged, not ours, a scan, or over a limit.
SAID = {
    "many pages": {"too_big"},
    "document bomb": {"too_big"},
    "odt bomb": {"too_big"},
    "nested zip": {"too_big"},
    "garbage": {"damaged"},
    "empty": {"damaged"},
    "cut zip": {"damaged"},
    "deep xml": {"damaged"},
}
_PLAINLY = {"damaged", "needs_scan", "not_our_form", "too_big", "limits", "unsupported"}


def next_to_a_good_one(data: bytes) -> list[Reading]:
    """What is read of this file; the next one is read as if it had not been, and all of it within the limits."""
    began = time.monotonic()
    *readings, good = parsers.read([File("hostile", data), GOOD], FORMS, LIMITS)
    assert good.form_version == "1"
    assert time.monotonic() - began < 2 * LIMITS.seconds
    return readings


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_hostile_file_costs_only_itself(bomb: str) -> None:
    readings = next_to_a_good_one(BOMBS[bomb]())

    assert {code for reading in readings for code in codes(reading)} <= SAID.get(bomb, _PLAINLY)
    assert readings
    assert all(reading.problems and not reading.answers for reading in readings)


@pytest.mark.parametrize("poisoned", POISONED)
def test_our_own_form_poisoned_is_read_or_says_why_not(poisoned: str) -> None:
    (reading,) = next_to_a_good_one(POISONED[poisoned]())

    assert reading.problems or reading.is_form
    wrong = differences(reading, PLAIN_READ) if reading.answers else {}
    assert not [key for key in wrong if reading.answers[key].sure]


def test_a_file_over_the_size_limit_meets_no_child() -> None:
    (reading,) = parsers.read([File("big", b"x" * (2 << 20))], FORMS, Limits(file_mb=1))

    assert codes(reading) == ["too_big"]


def test_time_that_is_up_ends_the_child() -> None:
    (reading,) = parsers.read([GOOD], FORMS, Limits(seconds=0.01))

    assert codes(reading) == ["limits"]
    assert "too long" in reading.problems[0].words


def test_what_stood_before_a_bomb_in_the_same_zip_is_kept() -> None:
    packed = zip_of(("a/form.pdf", PDF), ("b/bomb.pdf", BOMBS["a million words"]()), ("c/form.docx", DOCX))

    readings = parsers.read([File("all.zip", packed), GOOD], FORMS, LIMITS)

    assert readings[0].files == ("all.zip/a/form.pdf",)
    assert readings[0].form_version == readings[-1].form_version == "1"
    assert all(reading.problems for reading in readings[1:-1])


def test_files_in_zips_are_read_and_clutter_is_not() -> None:
    packed = zip_of(("__MACOSX/._form.pdf", b"x"), ("forms/", b""), ("forms/inner.zip", zip_of(("form.docx", DOCX))))

    (reading,) = parsers.read([File("all.zip", packed)], FORMS)

    assert (reading.files, reading.form_version) == (("all.zip/forms/inner.zip/form.docx",), "1")


def test_a_locked_zip_and_a_locked_document_are_named() -> None:
    locked = bytearray(zip_of(("form.pdf", PDF)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")

    readings = parsers.read([File("a.zip", bytes(locked)), File("b.docx", office)], FORMS)

    assert [codes(reading) for reading in readings] == [["encrypted"], ["encrypted"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{\\rtf1 hello}", "not_our_form"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "damaged"),
        (zip_of(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")), "not_our_form"),
        (zip_of(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x")), "damaged"),
        (zip_of(("word/document.xml", b"<x/>"), ("word/vbaProject.bin", b"x")), "unsupported"),
        (zip_of(("Index/Document.iwa", b"x")), "unsupported"),
        (zip_of(("xl/workbook.xml", b"<x/>")), "not_our_form"),
        (b"Dear team, please find it attached.", "not_our_form"),
        (b"<html><body>hello</body></html>", "not_our_form"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "needs_scan"),
    ],
)
def test_kinds_are_told_by_their_bytes(data: bytes, code: str) -> None:
    assert codes(read_here(data, "form.pdf")) == [code]


@pytest.mark.parametrize("wide", [120, 1700])
def test_a_logo_is_not_a_scan(wide: int) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (wide, wide // 2)).save(out, "PNG")

    assert codes(read_here(out.getvalue())) == ["not_our_form" if wide < 600 else "needs_scan"]


@pytest.mark.parametrize("said", [b"", b"end", b"{}\nend\n", b"[1]\nend\n", b"null\n", b"[" * 100_000 + b"\nend\n"])
def test_a_child_that_says_nonsense_is_not_believed(said: bytes) -> None:
    assert believed(said) == ([], False)


def test_a_child_that_says_it_was_nothing_is_believed() -> None:
    assert believed(b"end\n") == ([], True)


def believed(said: bytes) -> tuple[list[parsers.Reading], bool]:
    lines, whole = lines_of(said)
    readings, sound = _understood(lines)
    return readings, whole and sound
