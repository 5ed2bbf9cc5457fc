"""What mail programs do to a form in the words of a mail: whole mails, as they arrive."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable
from email.message import EmailMessage

from parsers.plain import plain


def pasted(text: str) -> bytes:
    """The form in an answer that says something first."""
    return _mail(f"Dear team,\n\nplease find it below.\n\n{text}")


def quoted(text: str) -> bytes:
    """Answers typed into the quoted form, each line with its mark."""
    return _mail("On 3 November 2026 the team wrote:\n" + "\n".join(f"> {line}".rstrip() for line in text.split("\n")))


def flowed(text: str) -> bytes:
    """Soft line breaks end in a space (RFC 3676), and what begins with one is stuffed."""
    lines = [line for long in text.split("\n") for line in _flowed(long)]
    return _mail("\n".join(lines), flowed=True)


def _flowed(long: str) -> list[str]:
    pieces = textwrap.wrap(long, 71, break_long_words=False, break_on_hyphens=False) or [""]
    stuffed = [f" {piece}" if piece.startswith((" ", ">", "From ")) else piece for piece in pieces]
    return [f"{piece} " for piece in stuffed[:-1]] + [stuffed[-1].rstrip()]


def wrapped(text: str) -> bytes:
    """Lines broken hard at 76, as older programs send them."""
    lines = (line for long in text.split("\n") for line in textwrap.wrap(long, 76, break_on_hyphens=False) or [""])
    return _mail("\n".join(lines))


def as_html(text: str) -> bytes:
    """Outlook's: each line a paragraph, and no plain text beside it."""
    body = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}</p>\n' for line in text.split("\n"))
    return _mail(f"<html><body><div>{body}</div></body></html>", kind="html")


def as_html_breaks(text: str) -> bytes:
    """Gmail's: one block with breaks."""
    return _mail(f'<div dir="ltr">{"<br>".join(map(html.escape, text.split(chr(10))))}</div>', kind="html")


def in_line(text: str, blank: str) -> bytes:
    """The blank quoted, and each answer on a line of its own below its question."""
    rows, at = list[str](), 0
    asked = blank.split("\n")
    for line in text.split("\n"):
        question = asked[at] if at < len(asked) else ""
        if line == question:
            rows.append(f"> {line}".rstrip())
            at += 1
        elif question and plain(line).startswith(plain(question)) and line.startswith(question):
            rows += [f"> {question}", line[len(question) :].strip()]
            at += 1
        elif question.startswith("[ ] ") and line.endswith(question[4:]):
            rows.append(f"> {line}")
            at += 1
        else:
            rows.append(line)
    return _mail("The team wrote:\n\n" + "\n".join(rows))


MAILS: dict[str, Callable[[str], bytes]] = {
    "pasted": pasted,
    "quoted": quoted,
    "format=flowed": flowed,
    "wrapped": wrapped,
    "HTML, paragraphs": as_html,
    "HTML, breaks": as_html_breaks,
}


def _mail(words: str, kind: str = "plain", *, flowed: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Priya Nair <priya.nair@nhs.example>", "stalking.team@hampshire.example"
    message["Subject"], message["Message-ID"] = "Referral", "<form@nhs.example>"
    message.set_content(words, subtype=kind, cte="quoted-printable")
    if flowed:
        message.set_param("format", "flowed")
    return message.as_bytes()
