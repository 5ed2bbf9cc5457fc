"""Hostile files end within their limits with a plain reason, and the next file is read as if nothing had been."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

import parsers
from parsers import File, Limits
from parsers.door import _understood
from parsers.sandbox import lines_of
from tests.parsers.kit import DOCX, FORMS, PDF, codes, read_here

LIMITS = Limits(seconds=20, cpu_seconds=4, memory_mb=512, unpacked_mb=20)
GOOD = File("form.pdf", PDF)


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, trailer, len(out))
    )


def stream(about: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (about, len(data), data)


def page(content: bytes, resources: bytes = b"", *more: bytes, catalogue: bytes = b"") -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>" % resources,
        content,
        *more,
    )


def deflated(megabytes: int, block: bytes) -> bytes:
    packer, fill = zlib.compressobj(9), (block * (1 << 20))[: 1 << 20]
    return b"".join([*(packer.compress(fill) for _ in range(megabytes)), packer.flush()])


def flate_bomb() -> bytes:
    return page(stream(b"/Filter/FlateDecode", deflated(700, b" ")))


def text_bomb() -> bytes:
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return page(stream(b"/Filter/FlateDecode", deflated(100, b"BT /F 9 Tf (aaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n")), font)


def self_calling_object() -> bytes:
    form = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>", b"/X Do /X Do")
    return page(stream(b"", b"/X Do"), b"/XObject<</X 5 0 R>>", form)


def page_loop() -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1/Parent 2 0 R>>",
    )


def field_tree() -> bytes:
    """Two kids each, shared: 2 to the 40 ways down, and a parent that is its own child."""
    kids = [b"<</T(a)/FT/Tx/Parent %d 0 R/Kids[%d 0 R %d 0 R]>>" % (n, n + 1, n + 1) for n in range(5, 45)]
    return page(stream(b"", b""), b"", *kids, b"<</T(z)/V(x)/Parent 5 0 R>>", catalogue=b"/AcroForm<</Fields[5 0 R]>>")


def many_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 20_003))
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 20000/Kids[%s]>>" % kids,
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * 20_000,
    )


def deep_object() -> bytes:
    return page(stream(b"", b""), b"", b"[" * 50_000 + b"]" * 50_000)


def zip_of(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def document_bomb() -> bytes:
    return zip_of(("word/document.xml", b"<a>" + b" " * (60 << 20) + b"</a>"))


def zip_bomb() -> bytes:
    return zip_of(*((f"{number}.bin", b"\1" * (8 << 20)) for number in range(5)))


def nested_zip() -> bytes:
    data = zip_of(("x.txt", b"x"))
    for _ in range(6):
        data = zip_of(("x.zip", data))
    return data


def zip_that_lies() -> bytes:
    """Says that 10 bytes are packed where there are 60 million."""
    data = bytearray(zip_of(("form.bin", b"\0" * (60 << 20))))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + offset
        data[start : start + 4] = struct.pack("<I", 10)
    return bytes(data)


def many_members() -> bytes:
    return zip_of(*((f"{number}.txt", b"x") for number in range(2000)))


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><d>&l11;</d>'
    return zip_of(("word/document.xml", xml.encode()))


def deep_xml() -> bytes:
    return zip_of(("word/document.xml", b"<a>" * 100_000 + b"</a>" * 100_000))


def garbage() -> bytes:
    return b"%PDF-1.4\n" + random.Random(1).randbytes(200_000)


def empty() -> bytes:
    return b""


def cut_zip() -> bytes:
    return DOCX[: len(DOCX) // 2]


HOSTILE: dict[Callable[[], bytes], set[str]] = {
    flate_bomb: {"limits", "needs_scan"},
    text_bomb: {"limits", "not_our_form", "needs_scan"},
    self_calling_object: {"limits", "needs_scan"},
    page_loop: {"damaged", "needs_scan", "limits"},
    field_tree: {"needs_scan"},
    many_pages: {"too_big"},
    deep_object: {"needs_scan", "limits", "damaged"},
    document_bomb: {"too_big"},
    zip_bomb: {"not_our_form", "too_big"},
    nested_zip: {"too_big"},
    zip_that_lies: {"too_big", "damaged"},
    many_members: {"too_big", "not_our_form"},
    billion_laughs: {"damaged", "not_our_form"},
    deep_xml: {"damaged"},
    garbage: {"damaged"},
    empty: {"damaged"},
    cut_zip: {"damaged"},
}


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_hostile_file_costs_only_itself(make: Callable[[], bytes]) -> None:
    data, began = make(), time.monotonic()

    *readings, good = parsers.read([File("hostile", data), GOOD], FORMS, LIMITS)

    assert {code for reading in readings for code in codes(reading)} <= HOSTILE[make]
    assert readings
    assert all(reading.problems and not reading.answers for reading in readings)
    assert good.form_version == "1"
    assert time.monotonic() - began < 2 * LIMITS.seconds


def test_a_file_over_the_size_limit_meets_no_child() -> None:
    (reading,) = parsers.read([File("big", b"x" * (2 << 20))], FORMS, Limits(file_mb=1))

    assert codes(reading) == ["too_big"]


def test_time_that_is_up_ends_the_child() -> None:
    (reading,) = parsers.read([GOOD], FORMS, Limits(seconds=0.01))

    assert codes(reading) == ["limits"]
    assert "too long" in reading.problems[0].words


def test_what_stood_before_a_bomb_in_the_same_zip_is_kept() -> None:
    packed = zip_of(("a/form.pdf", PDF), ("b/bomb.pdf", text_bomb()), ("c/form.docx", DOCX))

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
