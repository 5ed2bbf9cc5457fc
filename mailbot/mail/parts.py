"""The parts of a mail: its words, its files by what their bytes are, the parts of a report; none dropped or mixed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import errors
from email.message import Message

from mailbot.hypertext import html_to_text
from mailbot.mail.model import DOCUMENTS, AttachedFile
from mailbot.mail.text import decoded, unflowed

_PARTS, _TEXT, _HTML = 500, 200_000, 1_000_000
#: parts that speak of a mail: a report's own, and what it speaks of
REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
)
MAILS = ("message/rfc822", "message/global")
HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
_ONE_LEAF = frozenset((*REPORTS, *MAILS, *HEADERS))
#: what files begin with, whatever type a program gives them
_FILES = (*DOCUMENTS, b"\x89PNG", b"\xff\xd8\xff")
#: Exchange makes files of the words that Apple Mail puts after a picture
_WORDS_AS_FILE = re.compile(r"ATT\d{3,6}\.(?:txt|html?)$", re.IGNORECASE)
_NOT_SHOWN = ("text/x-amp-html", "text/watch-html")
_UNSAFE = re.compile(r"[^\w.()\[\] -]+")


@dataclass
class Parts:
    """What a walk through a mail has found."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[AttachedFile] = field(default_factory=list)
    reports: list[Message] = field(default_factory=list)
    returned: list[Message] = field(default_factory=list)  # mails, or their headers, that it carries
    problems: list[str] = field(default_factory=list)

    @property
    def hypertext(self) -> str:
        return "\n".join(self.html)[:_HTML]

    @property
    def text(self) -> str:
        """The plain words; those of the HTML where there are none."""
        plain = "\n".join(self.plain)
        return (plain if plain.strip() else html_to_text(self.hypertext))[:_TEXT]


def walk(message: Message) -> Parts:
    """Every leaf, in the order it comes; an attached mail is one leaf, so that its words are never the sender's."""
    found = Parts()
    for count, (part, kind) in enumerate(_leaves(message)):
        if count >= _PARTS:
            found.problems.append(f"has more than {_PARTS} parts; the rest was not looked at")
            break
        _take(part, kind, found)
    if found.files and _is_cut_short(message):
        found.problems.append("was cut short on its way: its last file may not be whole")
    return found


def _take(part: Message, kind: str, found: Parts) -> None:
    if kind in REPORTS:
        found.reports.append(part)
    elif kind in MAILS or kind in HEADERS:
        found.returned.append(part)
    elif kind not in _NOT_SHOWN:
        _take_leaf(part, kind, found)


def _take_leaf(part: Message, kind: str, found: Parts) -> None:
    data, name = content(part), _name(part)
    if _is_words(part, kind, name, data):
        (found.html if kind == "text/html" else found.plain).append(words(part, data))
    else:
        found.files.append(_file(part, kind, name, data, len(found.files) + 1))


def _leaves(message: Message) -> Iterator[tuple[Message, str]]:
    """Each leaf with its type."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        kind = part.get_content_type()
        if part.is_multipart() and kind not in _ONE_LEAF:
            inner = part.get_payload()
            waiting.extend(one for one in reversed(list(inner)) if isinstance(one, Message))
        else:
            yield part, kind


def _is_words(part: Message, kind: str, name: str, data: bytes) -> bool:
    if data.startswith(_FILES):
        return False
    if kind.startswith("multipart/"):
        return True  # its boundary is missing, so nobody can tell its parts
    if kind not in ("text/plain", "text/html"):
        return False
    return bool(_WORDS_AS_FILE.match(name)) or (part.get_content_disposition() != "attachment" and not name)


def content(part: Message) -> bytes:
    """The bytes of a leaf; of what cannot be decoded, as they came."""
    try:
        data: object = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):  # a charset with a NUL in its name, among others
        part.del_param("charset")
        data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def words(part: Message, data: bytes) -> str:
    """The text of a leaf."""
    charset, flows, delete_space = "utf-8", False, False
    with contextlib.suppress(ValueError, LookupError):
        charset = str(part.get_content_charset() or "utf-8")
        flows = "flowed" in str(part["content-type"]).lower()
        delete_space = flows and str(part.get_param("delsp", "")).lower() == "yes"
    text = decoded(data[: _HTML * 4], charset)[:_HTML]
    return unflowed(text, delete_space=delete_space) if flows else text


def _name(part: Message) -> str:
    if "name" not in f"{part['content-type']}{part['content-disposition']}".lower():
        return ""  # most parts: the parameters need not be taken apart
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
        return str(part.get_filename() or "")
    return ""


def _file(part: Message, kind: str, name: str, data: bytes, number: int) -> AttachedFile:
    safe = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2])[:120]
    # Apple Mail gives every picture a Content-ID, so this never keeps one from being read
    shown = kind.startswith("image/") and "content-id" in part and part.get_content_disposition() != "attachment"
    return AttachedFile(safe or f"file-{number}", kind, data, shown)


def attached_mail(part: Message) -> bytes:
    """The bytes of a mail that is a part; some programs encode it although they must not (RFC 2046 5.2.1)."""
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    if not isinstance(first, Message):
        return content(part)
    if str(part.get("content-transfer-encoding", "")).strip().lower() in ("base64", "quoted-printable"):
        coded = Message()
        coded.set_payload(first.as_string() if first.keys() else first.get_payload())
        coded["Content-Transfer-Encoding"] = str(part["content-transfer-encoding"]).strip()
        return content(coded)
    try:
        return first.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError):
        return str(first.get_payload()).encode("utf-8", "replace")


def _is_cut_short(message: Message) -> bool:
    """Whether a multipart is never closed (RFC 2046 5.1.1)."""
    return any(isinstance(one, errors.CloseBoundaryNotFoundDefect) for one in message.defects)
