"""Forms inside other files: attached mails, winmail.dat, Outlook's .msg and zips, however they are nested."""

from __future__ import annotations

import email
import io
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

import parsers
from parsers import File, Limits, Reading, ladder
from parsers.sniff import sniff
from parsers.unpack import unpack
from parsers.write.fill import by_control, fill_docx
from tests.parsers.fill.by_typing import typed
from tests.parsers.kit import BLANK_TEXT, DOCX, FORM, FORMS, PDF, codes, differences
from tests.parsers.packing import mail, msg, winmail
from tests.parsers.people import PLAIN, PLAIN_READ, TODAY

FILLED = fill_docx(DOCX, PLAIN)
TYPED = typed(BLANK_TEXT, FORM, by_control(PLAIN))
#: Mails and containers of other projects' tests, where they are at hand.
CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"


def eml(words: str = "Please see the form.", **files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "priya.nair@nhs.example", "team@desk.example", "The form"
    message.set_content(words)
    for name, data in files.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return message.as_bytes()


def forwarded(inner: bytes) -> bytes:
    """A mail that another is attached to as message/rfc822."""
    message = EmailMessage()
    message["From"], message["Date"] = "jo@nhs.example", "Mon, 23 Nov 2026 09:00:00 +0000"
    message.set_content("As promised.")
    message.add_attachment(email.message_from_bytes(inner))
    return message.as_bytes()


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def read(data: bytes, name: str = "outer", limits: Limits | None = None) -> list[Reading]:
    return list(ladder.read(File(name, data), [FORM], limits or Limits(), TODAY))


CONTAINERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "mail": (lambda: eml(form_docx=FILLED), "outer/form.docx"),
    "mail as mbox": (lambda: b"From priya Mon Nov 23 09:00:00 2026\n" + eml(form_docx=FILLED), "outer/form.docx"),
    "mail in a mail": (lambda: forwarded(eml(form_docx=FILLED)), "outer/attached.eml/form.docx"),
    "winmail.dat": (lambda: winmail({"form.docx": FILLED, "note.txt": b"hello"}), "outer/form.docx"),
    "winmail.dat in a mail": (lambda: eml(winmail_dat=winmail({"f.docx": FILLED})), "outer/winmail.dat/f.docx"),
    "msg": (lambda: msg({"form.docx": FILLED}, "See attached."), "outer/form.docx"),
    "msg in a msg": (lambda: msg({"inner": mail({"form.docx": FILLED})}), "outer/attached-1.msg/form.docx"),
    "msg in a zip": (lambda: packed(old_msg=msg({"form.docx": FILLED})), "outer/old.msg/form.docx"),
    "zip in a msg": (lambda: msg({"all.zip": packed(form_docx=FILLED)}), "outer/all.zip/form.docx"),
}


@pytest.mark.parametrize("kind", CONTAINERS)
def test_a_form_is_found_in(kind: str) -> None:
    make, name = CONTAINERS[kind]

    (reading,) = [reading for reading in read(make()) if reading.is_form]

    assert reading.files == (name,)
    assert differences(reading, PLAIN_READ) == {}


@pytest.mark.parametrize("make", [lambda: eml(TYPED), lambda: msg({}, TYPED), lambda: forwarded(eml(TYPED))])
def test_a_form_in_the_words_of_an_attached_mail_is_found(make: Callable[[], bytes]) -> None:
    (reading,) = read(make())

    assert (reading.how, reading.files[0].rpartition("/")[2]) == ("text", parsers.MAIL_TEXT)
    assert differences(reading, PLAIN_READ) == {}


@pytest.mark.parametrize("make", [lambda: eml("Hello."), lambda: winmail({}), lambda: msg({}, "Hello."), packed])
def test_a_container_without_a_form_is_named_once(make: Callable[[], bytes]) -> None:
    (reading,) = read(make(), "outer.msg")

    assert (codes(reading), reading.files) == (["not_our_form"], ("outer.msg",))


def test_an_empty_form_in_the_words_of_an_attached_mail_is_none() -> None:
    assert [codes(reading) for reading in read(eml(BLANK_TEXT))] == [["not_our_form"]]


def test_logos_and_calendar_objects_are_passed_over() -> None:
    logo = b"\x89PNG\r\n\x1a\n" + b"\0" * 500
    message = EmailMessage()
    message["From"], message["Date"] = "jo@nhs.example", "Mon, 23 Nov 2026 09:00:00 +0000"
    message.set_content("Hello.")
    message.add_attachment(logo, maintype="image", subtype="png", filename="logo.png")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")

    for data in (message.as_bytes(), winmail({"logo.png": logo}), msg({"logo.png": logo})):
        assert [reading.files for reading in read(data)] == [("outer",)]


def test_a_member_s_name_cannot_lead_anywhere() -> None:
    (reading,) = read(winmail({"..\\..\\etc/\x01form\u202e.docx": FILLED}))

    assert reading.files == ("outer/form_.docx",)


def test_every_member_counts_however_it_is_nested() -> None:
    many = {f"f{number}_bin": b"\0\1\2" for number in range(60)}

    readings = read(eml("Both.", a_eml=eml("A.", **many), b_eml=eml("B.", **many)))

    assert [code for reading in readings for code in codes(reading)].count("too_big") == 1
    assert len(readings) < 110


def deep(levels: int) -> bytes:
    data = eml(form_docx=FILLED)
    for _ in range(levels):
        data = eml(in_eml=data)
    return data


def deep_msg(levels: int) -> bytes:
    tree = mail({"form.docx": FILLED})
    for _ in range(levels):
        tree = mail({"in": tree})
    return msg({"in": tree})


def shared_streams() -> bytes:
    """Many attachments that are one and the same megabyte: a small file that unpacks to a large one."""
    data = bytearray(msg({str(number): b"" if number else b"x" * (1 << 20) for number in range(120)}))
    name = "__substg1.0_37010102".encode("utf-16-le")
    found = list(_all(data, name))
    first = data[found[0] + 116 : found[0] + 128]
    for at in found:
        data[at + 116 : at + 128] = first
    return bytes(data)


def _all(data: bytes | bytearray, words: bytes) -> Iterator[int]:
    at = data.find(words)
    while at >= 0:
        yield at
        at = data.find(words, at + 1)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: deep(5), {"too_big"}),
        (lambda: deep_msg(5), {"too_big"}),
        (shared_streams, {"too_big"}),
        (lambda: b"\x78\x9f\x3e\x22" + b"\xff" * 5000, {"damaged", "not_our_form"}),
        (lambda: winmail({"form.docx": FILLED})[:900], {"damaged", "not_our_form"}),
        (lambda: msg({"form.docx": FILLED})[:2000] + b"__properties_version1.0", {"damaged", "not_our_form"}),
        (lambda: b"From: a@b.example\nDate: x\nMIME-Version: 1.0\n" + _nested_parts(3000), {"damaged", "not_our_form"}),
        (lambda: eml() + b"\n" * 100_000, {"not_our_form"}),
    ],
)
def test_a_hostile_container_costs_only_itself(make: Callable[[], bytes], expected: set[str]) -> None:
    readings = parsers.read([File("outer", make())], FORMS, Limits(seconds=20, cpu_seconds=10, unpacked_mb=20))

    assert readings
    assert {code for reading in readings for code in codes(reading)} <= expected
    assert not any(reading.answers for reading in readings)


def _nested_parts(count: int) -> bytes:
    parts = (f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(count))
    return "".join(parts).encode()


@pytest.mark.parametrize("pack", [winmail, msg])
def test_a_container_that_begins_with_a_pdf_is_no_pdf(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    packed_pdf = pack({"referral-form.pdf": PDF})

    assert sniff(packed_pdf) in ("tnef", "msg")
    assert [file.data for file, why in unpack(File("x", packed_pdf), Limits()) if why is None] == [PDF]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"Surname: Whitlock\nDate: 3 November\nSubject: him\n\nHome address: x", "text"),
        (b"Dear team,\nFrom: what we know\nTo: you\n", "text"),
        (b"Received: from mx.example\r\n\tby mx2.example\r\nSubject: x\r\n\r\nx", "mail"),
        (b"\r\nFrom: a@b.example\nTo: b@b.example\n\nx", "mail"),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\nx", "mail"),
        (BLANK_TEXT.encode(), "text"),
    ],
)
def test_a_mail_is_told_from_a_text(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real mails is not beside the repository")
@pytest.mark.parametrize(
    ("path", "kind", "names"),
    [
        ("mimekit/UnitTests/TestData/tnef/two-files.tnef", "tnef", ["AUTHORS", "README"]),
        ("mimekit/UnitTests/TestData/tnef/long-filename.tnef", "tnef", ["allproductsmar2000.dat"]),
        ("**/testWINMAIL.dat", "tnef", ["quick.doc", "quick.html", "quick.pdf", "quick.txt", "quick.xml"]),
        ("**/testMSG_att_msg.msg", "msg", ["smbprn.00009008.KdcPjl.pdf", "mail text"]),
        ("**/test-outlook.msg", "msg", ["mail text"]),
        ("**/mimetools-testmsgs/simple.msg", "mail", ["mail text"]),
    ],
)
def test_real_containers_are_opened(path: str, kind: str, names: list[str]) -> None:
    data = next(CORPUS.glob(path)).read_bytes()

    assert sniff(data) == kind
    assert [file.name.partition("/")[2] for file, why in unpack(File("x", data), Limits()) if why is None] == names


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real mails is not beside the repository")
def test_no_real_container_is_fatal() -> None:
    paths = [*CORPUS.glob("mimekit/**/*.tnef"), *CORPUS.glob("mime4j/core/**/*.msg"), *CORPUS.glob("tika/**/*.msg")]

    for path in paths[:150]:
        assert list(unpack(File("x", path.read_bytes()), Limits(unpacked_mb=20))) is not None
    assert len(paths) > 50
