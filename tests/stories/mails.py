"""Mails as people's programs write them, and the letters that come back; all people are invented."""

from __future__ import annotations

import email
import email.policy
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from parsers.write.fill import fill_docx, fill_pdf
from tests.parsers.people import PLAIN

JO = "Jo Smith <jo.smith@probation.example>"
PRIYA = "Priya Nair <priya.nair@nhs.example>"  # whose address stands on the forms
SAM = "Sam Okafor <sam.okafor@council.example>"
CHAIR, CLERK = "chair@desk.example", "clerk@desk.example"

#: of a form: would like to be at the meeting
BY_PHONE = {"q_attend": {"choice": "phone_video", "text": ""}}
ASKS = "Please can you send me a referral form?"

_FORM = Path(__file__).parents[2] / "config" / "forms" / "1"
_number = itertools.count(1)


@dataclass(frozen=True)
class Letter:
    """What the SMTP server was given."""

    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        message = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def __getitem__(self, header: str) -> str:
        return " ".join(str(self.message[header] or "").split())

    @property
    def name(self) -> str:
        return self["X-Mailbot-Letter"].partition(";")[0]

    @property
    def to(self) -> str:
        return self["To"]

    @property
    def subject(self) -> str:
        return self["Subject"]

    @property
    def message_id(self) -> str:
        return self["Message-ID"]

    @property
    def references(self) -> list[str]:
        return self["References"].split()

    @property
    def text(self) -> str:
        """The words of the plain text part, as one line breaks nowhere."""
        body = self.message.get_body(("plain",))
        return " ".join(str(body.get_content()).split()) if body else ""

    @property
    def files(self) -> dict[str, bytes]:
        return {str(part.get_filename()): part.get_content() for part in self.message.iter_attachments()}


class Answered(Protocol):
    """What a reply goes to: a letter, or another mail."""

    @property
    def message_id(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def references(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Mail:
    """One that somebody wrote."""

    sender: str
    subject: str
    message_id: str
    references: Sequence[str]
    raw: bytes

    @property
    def address(self) -> str:
        return parseaddr(self.sender)[1]


def mail(
    to: str,
    sender: str = JO,
    subject: str = "Referral form",
    words: str = ASKS,
    *,
    when: datetime,
    files: Mapping[str, bytes] | None = None,
    answers: Answered | None = None,
    message_id: str = "",
    **headers: str,
) -> Mail:
    """As Outlook writes it: text and HTML, a signature below, and the mail it answers quoted under that."""
    message = EmailMessage(policy=email.policy.SMTP)
    if answers:
        subject = f"RE: {answers.subject}"
    message_id = message_id or f"<{next(_number):06}.{when:%H%M%S}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    references = [*answers.references, answers.message_id] if answers else []
    given = {"From": sender, "To": to, "Subject": subject, "Date": format_datetime(when), "Message-ID": message_id}
    if answers:
        given |= {"In-Reply-To": answers.message_id, "References": " ".join(references)}
    given |= {"Thread-Topic": subject, "Accept-Language": "en-GB, en-US", "X-MS-Has-Attach": "yes" if files else ""}
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    text = "\n\n".join(part for part in (words, _signature(sender) if words else "", _history(answers, to)) if part)
    message.set_content(text)
    message.add_alternative("<html><body><p>" + text.replace("\n", "<br>") + "</p></body></html>", subtype="html")
    for name, data in (files or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return Mail(sender, subject, message_id, references, message.as_bytes())


def _signature(sender: str) -> str:
    return f"Kind regards\n{parseaddr(sender)[0]}"


def _history(answers: Answered | None, to: str) -> str:
    if answers is None:
        return ""
    return f"{'_' * 32}\nFrom: {to}\nSent: 23 November 2026 09:00\nSubject: {answers.subject}\n\nThe form is attached."


def pdf_form(**answers: Any) -> bytes:
    """The PDF form with every question answered, but for what is said otherwise; None leaves one out."""
    return fill_pdf((_FORM / "referral-form.pdf").read_bytes(), _given(answers))


def word_form(**answers: Any) -> bytes:
    """The same as a Word document."""
    return fill_docx((_FORM / "referral-form.docx").read_bytes(), _given(answers))


def _given(answers: Mapping[str, Any]) -> dict[str, Any]:
    # staff are told at once of what cannot wait, and who would like to come is invited: stories of their own
    calm = {**PLAIN, "q_urgent": {"choice": "no", "text": ""}, "q_attend": {"choice": "no", "text": ""}}
    return {key: value for key, value in {**calm, **answers}.items() if value is not None}


def report(to: str, letter: Letter, *, when: datetime, status: str = "5.1.1", action: str = "failed") -> Mail:
    """What a mail server says of a letter of ours (RFC 3464)."""
    boundary, message_id = "=_report", f"<{next(_number):06}.dsn@mx.nhs.example>"
    head = "\r\n".join(f"{name}: {letter[name]}" for name in ("From", "To", "Subject", "Message-ID"))
    raw = (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.nhs.example>\r\nTo: {to}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nDate: {format_datetime(when)}\r\n"
        f"Message-ID: {message_id}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nI could not deliver your message.\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.nhs.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--{boundary}--\r\n"
    )
    return Mail("", "Undelivered Mail", message_id, (), raw.encode())
