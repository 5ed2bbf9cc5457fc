"""A letter's bytes (RFC 5322, 2045): headers nobody can break into, text beside HTML, attachments by hash."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.header import Header
from functools import cached_property, lru_cache

from mailbot.invitations import CalendarObject

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MARKER = re.compile(rb"\n=_attachment ([0-9a-f]{64})(?=\r)")
_LONGEST_THREAD = 20  # ids in References: enough for every client, and it stays one small header


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; keep the object and its encoding is made once."""

    name: str
    media_type: str
    data: bytes

    def __post_init__(self) -> None:
        if not _FILE_NAME.fullmatch(self.name):
            raise ValueError("an attachment's name may hold letters, digits, spaces, dots, dashes, underscores")
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError("an attachment's media type reads like application/pdf")

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def encoded(self) -> bytes:
        return encode(self.data)


@dataclass(frozen=True)
class Thread:
    """What a letter answers: the Message-ID of the mail and that mail's own References, as they came."""

    in_reply_to: str
    references: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The References of an answer (RFC 5322 3.6.4); what came in and is no Message-ID is left out."""
        ids = (message_id(text) for text in (*self.references, self.in_reply_to))
        return tuple(dict.fromkeys(found for found in ids if found))[-_LONGEST_THREAD:]


class Ready(bytes):
    """A message that may go over the line as it is: known where it was made, and not looked for again."""


def encode(data: bytes) -> bytes:
    """Base64 in lines of 76 characters, without a line end after the last."""
    return b"\r\n".join(re.findall(rb".{1,76}", binascii.b2a_base64(data, newline=False)))


def assemble(skeleton: bytes, encoded: Callable[[str], bytes]) -> bytes:
    """The whole message: each marker line of the skeleton replaced by `encoded(sha256 of the attachment)`."""
    pieces = _MARKER.split(skeleton)
    for index in range(1, len(pieces), 2):
        pieces[index - 1] += b"\n"
        pieces[index] = encoded(pieces[index].decode())
    whole = b"".join(pieces)
    return Ready(whole) if is_ready(skeleton) else whole


def is_ready(raw: bytes) -> bool:
    """Whether every line ends in CRLF, the last too, and none begins with a dot (RFC 5321 2.3.8 and 4.5.2)."""
    if isinstance(raw, Ready):
        return True
    in_lines = raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r") and raw.endswith(b"\r\n")
    return in_lines and b"\n." not in raw and not raw.startswith(b".")


def address(text: str) -> str:
    """The address, if it is a plain one; raises ValueError without repeating it."""
    if not is_address(text):
        raise ValueError("not one plain e-mail address")
    return text


def is_address(text: str) -> bool:
    """Whether a letter can go there."""
    return len(text) <= 254 and bool(_ADDRESS.fullmatch(text))  # RFC 5321 4.5.3.1.3


def message_id(text: str) -> str:
    """The Message-ID in its angle brackets; empty if it is none."""
    bare = text.strip()
    bare = bare if bare.startswith("<") else f"<{bare}>"
    return bare if _MESSAGE_ID.fullmatch(bare) else ""


def mailbox(name: str, plain_address: str) -> str:
    """A display name and an address, as From writes them."""
    if _CONTROL.search(name):
        raise ValueError("a name in a header must stay on its line")
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"' if name.isascii() else Header(name, "utf-8").encode()
    return f"{quoted}\r\n <{address(plain_address)}>"


@lru_cache(maxsize=32)  # the form goes out many times a day in the same words
def subject(text: str) -> str:
    """A subject as its header writes it, folded and encoded where it must be."""
    if _CONTROL.search(text):
        raise ValueError("a subject must stay on its line")
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name="Subject").encode(linesep="\r\n")


def compose(
    headers: Iterable[tuple[str, str]], text: str, html: str, attachments: Iterable[Attachment], seed: str,
    calendar: CalendarObject | None = None,
) -> bytes:  # fmt: skip
    """The skeleton of a message: all but the attachments' bytes. The same arguments give the same bytes.

    A boundary begins with `=_`, as a marker does: that can stand in neither quoted-printable nor base64.
    """
    head = "".join(f"{name}: {_safe(value)}\r\n" for name, value in headers) + "MIME-Version: 1.0\r\n"
    invitation = [_calendar(calendar)] if calendar else []
    words = _multipart("alternative", seed, [_words("plain", text), _words("html", html), *invitation])
    files = [_file(attachment) for attachment in attachments]
    return head.encode("ascii") + (_multipart("mixed", seed, [words, *files]) if files else words)


def _safe(value: str) -> str:
    if _CONTROL.search(value.replace("\r\n ", "")):
        raise ValueError("a header must stay on its line")
    return value


def _multipart(kind: str, seed: str, parts: Iterable[bytes]) -> bytes:
    boundary = f"=_{kind}_{seed}"
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode() + body + _end(boundary)


def _end(boundary: str) -> bytes:
    return f"--{boundary}--\r\n".encode()


@lru_cache(maxsize=32)
def _words(kind: str, text: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    return head.encode() + binascii.b2a_qp(lines.encode(), istext=True)


def _calendar(calendar: CalendarObject) -> bytes:
    """Beside the words and not as a file: so every program shows its own buttons (RFC 6047 2.4)."""
    head = f"Content-Type: text/calendar; charset=utf-8; method={calendar.method}\r\n"
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode() + encode(calendar.data) + b"\r\n"


def _file(attachment: Attachment) -> bytes:
    charset = "; charset=utf-8" if attachment.media_type.startswith("text/") else ""
    head = (
        f"Content-Type: {attachment.media_type}{charset};\r\n"
        f' name="{attachment.name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment;\r\n"
        f' filename="{attachment.name}"\r\n\r\n'
        f"=_attachment {attachment.sha256}\r\n"
    )
    return head.encode()
