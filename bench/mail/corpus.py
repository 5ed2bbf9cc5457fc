"""The corpus of real mails beside the repository; none of it is copied into the project."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parsers.sniff import sniff

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
_MBOX_LINE = re.compile(rb"^From [^\n]*\d{4}\r?\n", re.MULTILINE)
_MAIL_NAMES = (".eml", ".mbox", ".mbox.txt")


@dataclass(frozen=True)
class Example:
    """A mail and what a person has said it is, if one has."""

    name: str
    raw: bytes
    label: str = ""


def mails() -> Iterator[Example]:
    """Every mail of the corpus; an mbox is each of its mails."""
    labels = _labels()
    for path in _files():
        raw, name = path.read_bytes(), str(path.relative_to(CORPUS))
        if name in labels or path.name.endswith(_MAIL_NAMES) or sniff(raw) == "mail":
            for number, one in enumerate(_split(raw) if "mbox" in path.name.lower() else [raw]):
                yield Example(f"{name}#{number}" if number else name, one, labels.get(name, ""))


def others() -> Iterator[Example]:
    """Everything else, and each is parsed as a mail too: any bytes may arrive."""
    known = {one.name for one in mails()}
    for path in _files():
        if (name := str(path.relative_to(CORPUS))) not in known:
            yield Example(name, path.read_bytes())


def _files() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file())


def _labels() -> dict[str, str]:
    with (CORPUS / "labels.csv").open(encoding="utf-8", newline="") as lines:
        return {f"{line['corpus']}/{line['path']}": line["label"] for line in csv.DictReader(lines)}


def _split(raw: bytes) -> list[bytes]:
    starts = [found.start() for found in _MBOX_LINE.finditer(raw)] or [0]
    return [raw[start:end] for start, end in zip(starts, [*starts[1:], len(raw)], strict=True)]
