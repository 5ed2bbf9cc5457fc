"""Requests for the form as they come: a few new words among trace headers, a signature, a disclaimer, and HTML."""

from __future__ import annotations

import email.policy
import random
from email.message import EmailMessage
from email.utils import format_datetime, localtime

SIZE = 5_000

_WORDS = """Hello,

Please could you send me the referral form for your service?

Many thanks,
Jo Example
--{space}
Jo Example, Community Team, Surgery {number}, 1 High Street, Exampleton
Telephone 01632 960{extension:03}
"""
_DISCLAIMER = (
    "This message is intended only for the person it is addressed to and may be confidential. If it has reached you by "
    "mistake please tell the sender and delete it. Views in it are those of the sender and not of the organisation. "
)


def sender(number: int) -> str:
    """Every request comes from an address of its own."""
    return f"jo.example{number}@surgery{number % 50}.example"


def request(number: int, to: str) -> bytes:
    """One request of about SIZE bytes; no two are the same."""
    chance = random.Random(number)
    mail = EmailMessage(policy=email.policy.SMTP)
    for hop in range(3):
        mail["Received"] = (
            f"from relay{hop}.surgery.example by mx{hop}.example with ESMTPS id {chance.getrandbits(96):x}"
        )
    mail["From"] = f"Jo Example {number} <{sender(number)}>"
    mail["To"] = f"Team <{to}>"
    mail["Subject"] = f"Referral form – request {number}"
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<{number}.{chance.getrandbits(64):x}@surgery.example>"
    words = _WORDS.format(number=number, extension=number % 1000, space=" ")  # RFC 3676 4.3: "-- "
    mail.set_content(words + _DISCLAIMER)
    paragraphs = (f"<p class='MsoNormal'>{line}</p>" for line in words.splitlines())
    html = "\n".join(["<html><body>", *paragraphs, f"<p>{_DISCLAIMER}</p>", "</body></html>"])
    mail.add_alternative(html + _padding(SIZE - len(mail.as_bytes()) - len(html)), subtype="html")
    return mail.as_bytes()


def _padding(missing: int) -> str:
    """The rules of style that mail programs send along."""
    rule = "<!-- p.MsoNormal { margin: 0cm; font-size: 11.0pt; font-family: sans-serif } -->\n"
    return "\n" + rule * max(0, (missing - 300) // len(rule))
