"""Bytes -> Mail: who, about what, in which thread, the new words, the files, what a report says. Never raises."""

from __future__ import annotations

import email
import email.policy
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import getaddresses
from functools import cached_property

from mailparser.core import MailParser

from mailbot.newwords import bare_subject, html_to_text, linked_hosts, new_words

logging.getLogger("mailparser").setLevel(
    logging.CRITICAL
)  # it logs the headers it cannot decode, people's names among them

#: caps before any heavy call: a header block, a body and a number of parts that no person sends
_HEADER_BYTES, _BODY_CHARACTERS, _HTML_CHARACTERS, _PARTS = 256 * 1024, 200_000, 1_000_000, 500
#: pictures below this size are the logos of signatures; no page of a form is so small
_LOGO_BYTES = 30_000
_NEVER_A_FORM = (
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
    "application/pkcs7-signature",
    "application/pgp-signature",
)
_ID = re.compile(r"<[^<>\s]{1,900}>")
_ID_LINE = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_MAIL_SERVER = re.compile(r"mailer-?daemon|postmaster|mail delivery (?:sub)?system", re.IGNORECASE)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_NOT_YET = re.compile(
    r"\bdelayed\b|\bwarning\b|has not (?:yet )?been delivered|still (?:being )?(?:retr|try)", re.IGNORECASE
)


@dataclass(frozen=True)
class Address:
    """A name and an address as a header gives them; the address in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


NOBODY = Address("", "")


@dataclass(frozen=True)
class AttachedFile:
    """A part that is not the body, found by what it is, whatever its disposition says."""

    name: str
    media_type: str
    data: bytes
    in_the_text: bool = False  # a picture shown among the words, such as a logo

    @property
    def may_hold_form(self) -> bool:
        """Whether it is worth reading: not empty, not the logo of a signature, not a calendar object."""
        if not self.data or self.media_type in _NEVER_A_FORM:
            return False
        return not (self.media_type.startswith("image/") and len(self.data) < _LOGO_BYTES)


@dataclass(frozen=True)
class Report:
    """A delivery report (RFC 3464) or receipt (RFC 8098): what became of which letter."""

    action: str  # failed, delayed, delivered, relayed, expanded, displayed ...; "" where the report does not say
    status: str  # RFC 3463, such as 5.1.1
    message_ids: tuple[str, ...]  # of the mail it speaks of


@dataclass(frozen=True)
class Mail:
    """A mail, understood as far as its bytes allow."""

    sha256: str
    message_id: str = ""
    sender: Address = NOBODY
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    words: str = ""
    links: tuple[str, ...] = ()  # hosts that the new words link to; never followed
    thread: tuple[str, ...] = ()  # Message-IDs of References and In-Reply-To, the oldest first (RFC 5322 3.6.4)
    files: tuple[AttachedFile, ...] = ()
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by lower-case name, topmost first
    report: Report | None = None
    problems: tuple[str, ...] = ()

    @cached_property
    def about(self) -> str:
        """The subject without reply prefixes and gateway tags."""
        return bare_subject(self.subject)

    @property
    def content(self) -> str:
        """A hash of the new words and the files: with the Message-ID, the sign of a repeat."""
        digest = hashlib.sha256(self.words.encode())
        for one in self.files:
            digest.update(hashlib.sha256(one.data).digest())
        return digest.hexdigest()

    @property
    def readable(self) -> tuple[AttachedFile, ...]:
        """The files that may be, or hold, a form."""
        return tuple(one for one in self.files if one.may_hold_form)

    def header(self, name: str) -> str:
        """The topmost header of that name, or nothing."""
        return self.headers.get(name.lower(), ("",))[0]


def parse(raw: bytes) -> Mail:
    """The mail in these bytes; what cannot be made out is left empty and named in `problems`."""
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        return _parse(raw, sha256)
    except Exception as error:  # any bytes may arrive; RecursionError and UnicodeError among what they cause
        return Mail(sha256, problems=(f"could not be read: {type(error).__name__}",))


def _parse(raw: bytes, sha256: str) -> Mail:
    message = email.message_from_bytes(_with_capped_header(raw), policy=email.policy.compat32)
    headers = _headers(message)
    parsed = MailParser(_headers_of_people(message))  # which parses at once
    body, html, files, report, problems = _walk(message)
    words = new_words(body)
    if report is None and _MAIL_SERVER.search(" ".join(headers.get("from", ()))):
        report = _report_in_prose(message, body)
    return Mail(
        sha256=sha256,
        message_id=_first_id(headers, "message-id"),
        sender=_first(parsed.from_),
        reply_to=_addresses(parsed.reply_to),
        to=_addresses(parsed.to),
        cc=_addresses(parsed.cc),
        subject=" ".join(str(parsed.subject or "").split()),
        text=body,
        words=words,
        links=linked_hosts(words, html),
        thread=_ids(headers, "references", "in-reply-to"),
        files=tuple(files),
        headers=headers,
        report=report,
        problems=tuple(problems),
    )


def _with_capped_header(raw: bytes) -> bytes:
    end = re.search(rb"\r?\n\r?\n", raw[: _HEADER_BYTES + 2])
    if end or len(raw) <= _HEADER_BYTES:
        return raw
    real_end = raw.find(b"\n\r\n", _HEADER_BYTES) + 1 or raw.find(b"\n\n", _HEADER_BYTES) + 1 or len(raw)
    return raw[:_HEADER_BYTES].rpartition(b"\n")[0] + b"\n" + raw[real_end:]


def _headers(message: Message) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in message.items():
        key = name.strip().lower()
        found[key] = (*found.get(key, ()), " ".join(str(value).split()))
    return found


def _headers_of_people(message: Message) -> Message:
    """Only what mail-parser decodes well, over an empty body: it flattens and drops parts (we walk)."""
    shell = Message()
    for name, value in message.raw_items():
        if name.lower() in ("from", "reply-to", "to", "cc", "subject"):
            shell.set_raw(name, value)
    shell.set_payload("")
    return shell


def _addresses(pairs: object) -> tuple[Address, ...]:
    if not isinstance(pairs, list):
        return ()
    return tuple(
        Address(str(name), str(address).strip().lower()) for name, address in pairs[:200] if "@" in str(address)
    )


def _first(pairs: object) -> Address:
    return next(iter(_addresses(pairs)), NOBODY)


def _first_id(headers: dict[str, tuple[str, ...]], name: str) -> str:
    return next(iter(_ids(headers, name)), "")


def _ids(headers: dict[str, tuple[str, ...]], *names: str) -> tuple[str, ...]:
    text = " ".join(value for name in names for value in headers.get(name, ()))
    return tuple(dict.fromkeys(_ID.findall(text[:20_000])))


def _walk(message: Message) -> tuple[str, str, list[AttachedFile], Report | None, list[str]]:
    plain: list[str] = []
    html: list[str] = []
    files: list[AttachedFile] = []
    report: Report | None = None
    problems: list[str] = []
    for count, part in enumerate(_parts(message)):
        if count >= _PARTS:
            problems.append(f"has more than {_PARTS} parts; the rest was not looked at")
            break
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/disposition-notification"):
            report = _report(part, message)
        elif kind in ("message/rfc822", "text/rfc822-headers") and message.get_content_type() == "multipart/report":
            continue  # the mail that the report speaks of
        elif kind == "message/rfc822":
            files.append(AttachedFile("attached.eml", kind, _attached_mail(part)))
        elif _is_body(part):
            (html if kind == "text/html" else plain).append(_text(part))
        else:
            files.append(_file(part, len(files) + 1))
    hypertext = "\n".join(html)[:_HTML_CHARACTERS]
    text = "\n".join(plain) if any(one.strip() for one in plain) else html_to_text(hypertext)
    return text[:_BODY_CHARACTERS], hypertext, files, report, problems


def _parts(message: Message) -> Iterator[Message]:
    """The leaves of a mail; an attached mail is one leaf, so that its words are never taken for the sender's."""
    if message.get_content_type() in (
        "message/rfc822",
        "message/delivery-status",
        "message/disposition-notification",
    ):
        yield message
        return
    if not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _is_body(part: Message) -> bool:
    return (
        part.get_content_type() in ("text/plain", "text/html")
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def _bytes(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except ValueError:  # a charset with a NUL in its name
        part.del_param("charset")
        data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    data = _bytes(part)
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return data.decode(charset, "strict")[:_HTML_CHARACTERS]
    except (LookupError, UnicodeDecodeError, ValueError):
        return data.decode("utf-8" if _is_utf8(data) else "windows-1252", "replace")[:_HTML_CHARACTERS]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _file(part: Message, number: int) -> AttachedFile:
    name = part.get_filename() or f"file-{number}"
    safe = re.sub(r"[^\w.()\[\] -]+", "_", str(name).replace("\\", "/").rpartition("/")[2])[:120]
    kind = part.get_content_type()
    # Apple Mail gives every picture a Content-ID, so this never keeps one from being read
    shown = kind.startswith("image/") and "content-id" in part and part.get_content_disposition() != "attachment"
    return AttachedFile(safe or f"file-{number}", kind, _bytes(part), shown)


def _attached_mail(part: Message) -> bytes:
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    return first.as_bytes() if isinstance(first, Message) else b""


def _report(part: Message, whole: Message) -> Report:
    """The fields of the report itself, never its prose (RFC 3464 2.3, RFC 8098 3.2)."""
    blocks = part.get_payload()
    fields: dict[str, str] = {}
    for block in blocks if isinstance(blocks, list) else [part]:
        if isinstance(block, Message):
            for name, value in block.items():
                fields.setdefault(name.lower(), str(value))
    action = fields.get("action", "").strip().lower()
    if "disposition" in fields:
        action = fields["disposition"].rpartition(";")[2].strip().lower()
    ids = _ID.findall(fields.get("original-message-id", ""))
    return Report(action, fields.get("status", "").split(" ")[0], tuple(dict.fromkeys([*ids, *_reported_ids(whole)])))


def _report_in_prose(whole: Message, body: str) -> Report | None:
    """What a mail server says without a report part, as qmail and old Exim do; if it shows whose mail it was."""
    ids = [*_reported_ids(whole), *_ID_LINE.findall(body)]
    if not ids:
        return None
    status = _STATUS.search(body)
    action = "delayed" if _NOT_YET.search(f"{whole.get('subject', '')} {body[:1000]}") else "failed"
    return Report(action, status[0] if status else "", tuple(dict.fromkeys(ids)))


def _reported_ids(whole: Message) -> list[str]:
    """The Message-ID of the mail that came back, whole or as its headers (RFC 6522)."""
    for part in whole.walk():
        if part.get_content_type() == "text/rfc822-headers":
            return _ID.findall(str(email.message_from_string(_text(part)).get("message-id", "")))
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return _ID.findall(str(inner[0].get("message-id", "")))
    return []


def addresses_in(header: str) -> frozenset[str]:
    """The addresses of an address header, in lower case."""
    return frozenset(address.lower() for _, address in getaddresses([header]) if address)
