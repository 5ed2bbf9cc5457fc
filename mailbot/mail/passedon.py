"""Whose mail somebody passes on, as far as it says: a suggestion to a person, and never a reason to write there."""

from __future__ import annotations

import email
import email.policy
import re

from mailbot.mail.model import Mail
from mailbot.mail.parts import MAILS
from mailbot.mail.people import sender_of
from mailbot.newwords import is_passed_on, writer_of_history, writers_line

_HEAD = 50_000  # bytes
_WORD = re.compile(r"[^\W_]+")


def passed_on_from(mail: Mail) -> str:
    """The address of who wrote the mail that is passed on, as a file or below the words; "" where none is."""
    if not is_passed_on(mail.subject):
        return ""
    for one in mail.files:
        if one.media_type in MAILS:
            head = one.data[:_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
            return sender_of(email.message_from_bytes(head + b"\n\n", policy=email.policy.compat32)).address
    return writer_of_history(mail.text)


def passes_on_own(mail: Mail) -> bool:
    """Whether it passes on what its sender wrote before: by their address or, where none is named, by their name."""
    writer = passed_on_from(mail)
    if writer:
        return writer == mail.sender.address
    named, sender = _words(writers_line(mail.text)), _words(mail.sender.name)
    both = named & sender
    return both in (named, sender) and (len(both) > 1 or (bool(both) and named == sender))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
