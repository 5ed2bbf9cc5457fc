"""The held-out mails are complete, are enough, and name nobody real. What mailbot makes of them is measured elsewhere."""

from __future__ import annotations

import csv
import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

HELD_OUT = Path(__file__).parent / "corpus" / "held_out"
SCENARIO = re.compile(r"([A-G][1-9]\d?)?")
HOST = re.compile(r"(?:[\w.+'=-]@|https?://)(\w[\w-]*(?:\.[\w-]+)+)")
PHONE = re.compile(r"(?<![\w.@/-])0\d(?:[ ]?\d){8,9}(?![\w.@/-])")
DRAMA = re.compile(r"01632960\d{3}|07700900\d{3}")
NHS_NUMBER = re.compile(r"(?<!\d)\d{3} \d{3} \d{4}(?!\d)")


@cache
def expected() -> list[dict[str, str]]:
    """The lines of expected.csv, one for each mail."""
    with (HELD_OUT / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def texts(name: str) -> str:
    """Headers and text parts of a mail, decoded, with the headers of what it carries."""
    mail = message_from_bytes((HELD_OUT / name).read_bytes(), policy=policy.default)
    parts: list[str] = []
    for part in mail.walk():
        assert isinstance(part, EmailMessage)
        parts += [f"{header}: {value}" for header, value in part.items()]
        if part.get_content_maintype() == "text":
            parts.append(str(part.get_content()))
    return "\n".join(parts)


def found(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Where a pattern is met: the mail and what was found."""
    return [(line["file"], match) for line in expected() for match in pattern.findall(texts(line["file"]))]


def test_every_mail_is_listed_once_in_order() -> None:
    listed = [line["file"] for line in expected()]
    assert listed == sorted(path.name for path in HELD_OUT.glob("*.eml"))
    assert listed == [f"{number:04}.eml" for number in range(1, len(listed) + 1)]


def test_every_line_is_whole() -> None:
    for line in expected():
        assert line["class"] in ("request", "other"), line
        assert SCENARIO.fullmatch(line["scenario"]), line
        assert line["why"].strip(), line


def test_there_are_enough_of_both() -> None:
    classes = Counter(line["class"] for line in expected())
    assert classes["request"] >= 100
    assert classes["other"] >= 300


def test_the_set_stays_small() -> None:
    assert sum(path.stat().st_size for path in HELD_OUT.iterdir()) < 6_000_000


def test_no_two_mails_are_the_same() -> None:
    whole = {(HELD_OUT / line["file"]).read_bytes() for line in expected()}
    assert len(whole) == len(expected())


def test_every_mail_reads_as_mail() -> None:
    for line in expected():
        mail = message_from_bytes((HELD_OUT / line["file"]).read_bytes(), policy=policy.default)
        assert all(mail[header] for header in ("From", "Date", "Message-ID")), line
        assert not [defect for part in mail.walk() for defect in part.defects], line


def test_every_domain_is_reserved() -> None:
    assert not [(name, host) for name, host in found(HOST) if not host.endswith(".example")]


def test_every_number_is_one_of_nobody() -> None:
    assert not [(name, phone) for name, phone in found(PHONE) if not DRAMA.fullmatch(phone.replace(" ", ""))]
    assert not [(name, number) for name, number in found(NHS_NUMBER) if not number.startswith("999")]
