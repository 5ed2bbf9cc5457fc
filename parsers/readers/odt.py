"""An OpenDocument text (ISO 26300), as LibreOffice, Google Docs and Word save the form: by the words of its rows."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from parsers.containers import Budget
from parsers.containers.zipped import zip_member
from parsers.found import Found
from parsers.readers import Source, rows
from parsers.reading import Unreadable

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE = f"{_OASIS}text:1.0}}", f"{_OASIS}table:1.0}}", f"{_OASIS}office:1.0}}"
_SUBJECT = "{http://purl.org/dc/elements/1.1/}subject"
_MOST_XML = 50 << 20  # far more than any form; a document of this size takes its memory limit to parse
_MOST_SPACES = 100  # in one element, which may claim any number

# What was deleted, what is said about the text, and what stands outside it.
_SKIPPED = {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_OFFICE}forms"}
_SPACE = re.compile(r"[ \t\r\n]+")


def read(source: Source) -> Found | None:
    """The form in an OpenDocument text; None if it holds none."""
    body, subject = _parts(source.data, min(source.limits.unpacked_bytes, _MOST_XML))
    return rows.read(source, "odt", _rows(body), _words(body), subject)


def _parts(data: bytes, most: int) -> tuple[Any, str]:
    budget = Budget(most)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            manifest = "META-INF/manifest.xml"
            if manifest in names and b"encryption-data" in zip_member(archive, manifest, budget):
                raise Unreadable("encrypted", "This document is locked with a password.")
            body = _parsed(zip_member(archive, "content.xml", budget))
            about = _parsed(zip_member(archive, "meta.xml", budget)) if "meta.xml" in names else None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, etree.XMLSyntaxError):
        raise Unreadable("damaged", "This OpenDocument file is damaged. Please send it again.") from None
    subject = about.find(f".//{_SUBJECT}") if about is not None else None
    return body, (subject.text or "") if subject is not None else ""


def _rows(body: Any) -> Iterator[rows.Row]:
    for row in body.iter(f"{_TABLE}table-row"):
        cells = [_words(cell) for cell in row if cell.tag == f"{_TABLE}table-cell"]
        if len(cells) > 1:
            yield cells[0].strip().partition("\n")[0], "\n".join(cells[1:]).strip("\n")


def _words(element: Any) -> str:
    """The words a reader sees, a line for each paragraph."""
    return "".join(_pieces(element)).rstrip("\n")


def _pieces(element: Any) -> Iterator[str]:
    tag = element.tag
    if tag in _SKIPPED or not isinstance(tag, str):
        return
    if tag == f"{_TEXT}s":
        yield " " * min(_number(element.get(f"{_TEXT}c", "1")), _MOST_SPACES)
    elif tag == f"{_TEXT}tab":
        yield "\t"
    elif tag == f"{_TEXT}line-break":
        yield "\n"
    in_line = tag not in (f"{_OFFICE}text", f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-cell")
    if in_line:
        yield _SPACE.sub(" ", element.text or "")
    for child in element:
        yield from _pieces(child)
        if in_line:
            yield _SPACE.sub(" ", child.tail or "")  # what follows even a comment or something skipped
    if tag in (f"{_TEXT}p", f"{_TEXT}h"):
        yield "\n"


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 1


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
