"""Forms that come back, of people unlike each other: filled in as a PDF, or by pen and scanned."""

from __future__ import annotations

import random
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from bench.forms.made import kept
from bench.requests import request
from bench.wording import name
from parsers.write.fill import fill_pdf
from tests.parsers.kit import PDF
from tests.parsers.people import PLAIN
from tests.parsers.scanning import as_pdf, by_pen, seen

SCANS = 2  # pens and scanners are slow: there are so many scans, and each comes back again and again


def pdf(number: int) -> bytes:
    """The form as a program fills it in; each number is another person's."""
    return fill_pdf(PDF, _answers(number))


def scan(number: int) -> bytes:
    """Seven pages filled in by pen and scanned; made once and kept in build/."""
    of = number % SCANS
    return kept(lambda: as_pdf(seen(by_pen(_answers(of), of), "200 dpi", of)), "bench", of, _answers(of))


def mail(number: int, to: str, sender: str, form: bytes) -> bytes:
    """The mail that brings it."""
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Subject"] = sender, to, "Referral"
    raw["Message-ID"] = f"<returned.{number}@surgery.example>"
    raw.set_content("Dear team,\n\nPlease find the form attached.\n\nKind regards\n")
    raw.add_attachment(form, maintype="application", subtype="pdf", filename="form.pdf")
    return raw.as_bytes().replace(b"\n", b"\r\n")


def large(number: int, to: str) -> bytes:
    """A request of 412 kB: a file that cannot be squeezed hangs on it."""
    missing = 412_000 - len(request(number, to))
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Subject"] = f"person{number}@surgery.example", to, "Papers"
    raw["Message-ID"] = f"<large.{number}@surgery.example>"
    raw.set_content("The papers are attached.")
    raw.add_attachment(
        random.Random(number).randbytes(missing * 3 // 4), maintype="application", subtype="octet-stream"
    )
    return raw.as_bytes().replace(b"\n", b"\r\n")


def _answers(number: int) -> Mapping[str, Any]:
    """Nothing in it is urgent, and nobody is like somebody else."""
    chance = random.Random(f"returned {number}")
    forenames, surname = name(chance).split()
    calm = {"q_urgent": {"choice": "no", "text": ""}, "q_attend": {"choice": "no", "text": ""}}
    who = {
        "p_surname": f"{surname}{_letters(number)}",
        "p_forenames": forenames,
        "p_aliases": "",
        "p_dob": f"{1 + number % 28} {1 + number // 28 % 12} {1950 + number % 50}",
        "p_nhs": "",
        "p_postcode": "",
        "p_contact": {"choice": "phone", "text": f"07700 900{number % 1000:03}"},
        "r_name": name(chance),
        "r_email": f"referrer{number}@nhs.example",
    }
    return {**PLAIN, **calm, **who}


def _letters(number: int) -> str:
    """A number as the end of a name."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))
