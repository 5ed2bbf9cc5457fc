"""What a file is, by its bytes; never by its name or declared type, which mail programs get wrong."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Literal

Kind = Literal[
    "empty", "pdf", "docx", "docm", "zip", "odt", "sheet", "pages", "ole", "doc", "msg",
    "locked_office", "rtf", "tnef", "mail", "html", "picture", "text", "other",
]  # fmt: skip

_START = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
)
# A mail begins with its header (RFC 5322 2.2), which says who and when; a form of "label: value" lines does not.
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_FROM = {b"from", b"received", b"return-path", b"delivered-to"}
_ABOUT = {b"date", b"message-id", b"subject", b"to"}
_HEIC = (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1", b"ftypavif")
# The name of an OLE stream is UTF-16 in its directory (MS-CFB 2.6.1)
_OLE = (("EncryptedPackage", "locked_office"), ("__properties_version1.0", "msg"), ("WordDocument", "doc"))


def sniff(data: bytes) -> Kind:
    """The kind of these bytes; of a zip, by what stands in it."""
    if not data.strip(b"\0\r\n\t "):
        return "empty"
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(data)
    if data[4:12].startswith(_HEIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "picture"
    for start, kind in _START:
        if data.startswith(start):
            return _ole_kind(data) if kind == "ole" else kind  # type: ignore[return-value]  # the table's own words
    # junk before the header is common and allowed by every viewer; containers may begin with one inside
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return _text_kind(data)


def _zip_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            media = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError):
        return "zip"
    if "word/document.xml" in names:
        return "docm" if "word/vbaProject.bin" in names else "docx"
    if "content.xml" in names and media:
        return "odt" if b"opendocument.text" in media else "sheet"
    if "xl/workbook.xml" in names:
        return "sheet"
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        return "pages"
    return "zip"


def _ole_kind(data: bytes) -> Kind:
    for name, kind in _OLE:
        if name.encode("utf-16-le") in data:
            return kind  # type: ignore[return-value]  # as above
    return "ole"


def _text_kind(data: bytes) -> Kind:
    head = data[:4096]
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "other"
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    if _is_mail(data[:16384]):
        return "mail"
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return "text" if odd * 100 < len(head) or head.startswith((b"\xff\xfe", b"\xfe\xff")) else "other"


def _is_mail(head: bytes) -> bool:
    names = set()
    for number, line in enumerate(head.lstrip().splitlines()):
        field = _FIELD.match(line)
        if field:
            names.add(field[1].lower())
        elif not line.strip():
            break
        elif not (line[:1] in b" \t" or (number == 0 and line.startswith(b"From "))):
            return False
    return b"mime-version" in names or bool(names & _FROM and names & _ABOUT)
