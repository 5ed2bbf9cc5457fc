"""Mails attached to a mail (message/rfc822) or kept as a file (.eml)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message

from parsers.containers import Budget, Members, safe_name
from parsers.plain import MAIL_TEXT

_NEVER_A_FORM = ("text/calendar", "text/vcard", "text/x-vcard", "text/html")


def members(data: bytes, budget: Budget) -> Members:
    """The words of a mail and its attachments; a mail attached to it is one of them."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
    words: list[str] = []
    for number, part in enumerate(_leaves(message), start=1):
        budget.take_file()
        inner = _bytes(part)
        budget.take(len(inner))
        kind = part.get_content_type()
        if kind == "text/plain" and part.get_content_disposition() != "attachment" and not part.get_filename():
            words.append(_decoded(inner, part.get_content_charset("utf-8")))
        elif inner and kind not in _NEVER_A_FORM and not kind.endswith("-signature"):
            name = part.get_filename() or ("attached.eml" if kind == "message/rfc822" else None)
            yield safe_name(name, number), inner
    if any(words):
        yield MAIL_TEXT, "\n".join(words).encode()


def _leaves(message: Message) -> Iterator[Message]:
    payload = message.get_payload()
    if message.get_content_type() != "message/rfc822" and message.is_multipart() and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _bytes(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        return inner[0].as_bytes() if inner and isinstance(inner[0], Message) else b""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")
