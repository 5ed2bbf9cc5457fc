"""Bytes -> Mail: who, about what, in which thread, the new words, the files, what a report says. Never raises.

mail-parser reads the people and the subject, as it does well; a walk of our own takes the parts, because it drops those
without a name and mixes what a person passes on with what they write. Headers and nesting are capped before either.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import logging
import re
from email.message import Message
from functools import lru_cache

from mailbot.links import linked_hosts, unwrapped
from mailbot.mail.built import built
from mailbot.mail.head import mended
from mailbot.mail.model import MOST_READ as MOST_READ
from mailbot.mail.model import NOBODY as NOBODY
from mailbot.mail.model import Address as Address
from mailbot.mail.model import AttachedFile as AttachedFile
from mailbot.mail.model import Mail as Mail
from mailbot.mail.model import Report as Report
from mailbot.mail.parts import MAILS, Parts, attached_mail, walk
from mailbot.mail.passedon import passed_on_from as passed_on_from
from mailbot.mail.passedon import passes_on_own as passes_on_own
from mailbot.mail.people import addresses_in as addresses_in
from mailbot.mail.people import people, sender_of, subject_of
from mailbot.mail.reports import report_of
from mailbot.mail.text import decoded
from mailbot.newwords import new_words

logging.getLogger("mailparser").setLevel(
    logging.CRITICAL
)  # it logs the headers it cannot decode, people's names among them

_ID = re.compile(r"<[^<>\s]{1,900}>")
#: lines times containers: beyond it the standard library's parser takes minutes
_WORK = 20_000_000
#: bytes of a mail that is remembered: smaller are parsed at once, larger would take memory for long
_LARGE, _HUGE = 100_000, 8_000_000
_CONTENT = re.compile(rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*\n?", re.IGNORECASE | re.MULTILINE)
_TOO_DEEP = "is packed so deep that only its beginning was read"
_NOT_BUILT_SO = "is not built as mails are, so that only its beginning was read"


def parse(raw: bytes) -> Mail:
    """The mail in these bytes; what cannot be made out is left empty and named in `problems`."""
    return _remembered(raw) if _LARGE <= len(raw) <= _HUGE else _made_out(raw)


@lru_cache(maxsize=1)
def _remembered(raw: bytes) -> Mail:
    """A mail that brings a form is parsed to see that, to read it, and to act on it, each soon after the other."""
    return _made_out(raw)


def _made_out(raw: bytes) -> Mail:
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        whole = mended(raw)
        if _is_too_deep(whole):
            return _parse(_flat(whole), sha256, (_TOO_DEEP,))
        try:
            return _parse(built(whole), sha256)
        except Exception as error:  # the standard library's parser raises too; who wrote about what is known still
            return _parse(_flat(whole), sha256, (_TOO_DEEP if isinstance(error, RecursionError) else _NOT_BUILT_SO,))
    except Exception as error:  # any bytes may arrive
        return Mail(sha256, problems=(f"could not be read: {type(error).__name__}",))


def _is_too_deep(raw: bytes) -> bool:
    lower = raw.lower()
    containers = lower.count(b"multipart/") + lower.count(b"message/")
    return containers > 5 and containers * raw.count(b"\n") > _WORK


def _flat(raw: bytes) -> Message:
    """The header, and the beginning of the body as if it were plain text."""
    head, _, body = raw.partition(b"\n\n") if b"\n\n" in raw[:1_000_000] else raw.partition(b"\r\n\r\n")
    message = email.message_from_bytes(_CONTENT.sub(b"", head) + b"\n\n", policy=email.policy.compat32)
    message.set_payload(decoded(body[:50_000], "utf-8"))
    return message


def _parse(message: Message, sha256: str, problems: tuple[str, ...] = ()) -> Mail:
    headers = _headers(message)
    subject = subject_of(message)
    parts = walk(message)
    text = parts.text
    words = unwrapped(new_words(text))
    report = report_of(message, headers, subject, parts, text)
    return Mail(
        sha256=sha256,
        message_id=_first_id(headers, "message-id"),
        sender=sender_of(message),
        reply_to=people(message, "reply-to"),
        to=people(message, "to"),
        cc=people(message, "cc"),
        subject=subject,
        text=text,
        words=words,
        links=linked_hosts(words, parts.hypertext),
        thread=_ids(headers, "references", "in-reply-to"),
        files=_files(parts, report),
        headers=headers,
        report=report,
        problems=(*problems, *parts.problems),
    )


def _files(parts: Parts, report: Report | None) -> tuple[AttachedFile, ...]:
    """The files; the mail that a report speaks of is none."""
    mails = [one for one in parts.returned if one.get_content_type() in MAILS] if report is None else []
    return (*parts.files, *(AttachedFile("attached.eml", "message/rfc822", attached_mail(one)) for one in mails))


def _headers(message: Message) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in message.items():
        key = name.strip().lower()
        found[key] = (*found.get(key, ()), " ".join(str(value).split()))
    return found


def _first_id(headers: dict[str, tuple[str, ...]], name: str) -> str:
    return next(iter(_ids(headers, name)), "")


def _ids(headers: dict[str, tuple[str, ...]], *names: str) -> tuple[str, ...]:
    text = " ".join(value for name in names for value in headers.get(name, ()))
    return tuple(dict.fromkeys(_ID.findall(text[:20_000])))
