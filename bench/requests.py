"""Requests for the form as they come: a few new words among trace headers, a signature, a disclaimer, and HTML."""

from __future__ import annotations

import email.policy
import random
from email.message import EmailMessage
from email.utils import format_datetime, localtime

from bench.wording import wording

SIZE, _SPREAD = 5_000, 600  # bytes, and how much more or less it may be

_STYLES = (
    "margin: {}cm", "font-size: {}.0pt", "line-height: {}pt", "padding: {}px", "border-width: {}px",
    "text-indent: {}mm", "letter-spacing: {}px", "width: {}em",
)  # fmt: skip


def sender(number: int) -> str:
    """Every request comes from an address of its own."""
    return f"person{number}@surgery{number % 50}.example"


def request(number: int, to: str) -> bytes:
    """One request of about SIZE bytes, the same each time for the same number; no two are alike."""
    chance = random.Random(number)
    words = wording(chance)
    mail = EmailMessage(policy=email.policy.SMTP)
    for hop in range(3):
        mail["Received"] = (
            f"from relay{hop}.surgery.example by mx{hop}.example with ESMTPS id {chance.getrandbits(96):x}"
        )
    mail["From"] = f"{words.name} <{sender(number)}>"
    mail["To"] = f"Team <{to}>"
    mail["Subject"] = words.subject
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<{number}.{chance.getrandbits(64):x}@surgery.example>"
    mail.set_content("\n".join(words.lines))
    paragraphs = (f"<p class='MsoNormal'>{line}</p>" for line in words.lines)
    html = "\n".join(["<html><body>", *paragraphs, "</body></html>"])
    missing = SIZE + chance.randrange(-_SPREAD, _SPREAD) - len(mail.as_bytes()) - len(html)
    mail.add_alternative(html + _padding(chance, missing), subtype="html")
    return mail.as_bytes()


def _padding(chance: random.Random, missing: int) -> str:
    """The rules of style that mail programs send along."""
    rules = "\n"
    while len(rules) < missing - 500:
        style = "; ".join(one.format(chance.randrange(20)) for one in chance.sample(_STYLES, 4))
        rules += f"<!-- p.Mso{chance.getrandbits(32):08x} {{ {style} }} -->\n"
    return rules
