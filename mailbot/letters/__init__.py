"""Letter + facts -> a complete message, every byte fixed here; nothing is sent, stored or looked up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from mailbot import wording
from mailbot.invitations import CalendarObject
from mailbot.letters import mime
from mailbot.letters.facts import LETTERS as LETTERS
from mailbot.letters.facts import Action as Action
from mailbot.letters.facts import AddedFacts as AddedFacts
from mailbot.letters.facts import AlarmFacts as AlarmFacts
from mailbot.letters.facts import Arrived as Arrived
from mailbot.letters.facts import CanaryFacts as CanaryFacts
from mailbot.letters.facts import CannotOpenFacts as CannotOpenFacts
from mailbot.letters.facts import Checked as Checked
from mailbot.letters.facts import DecisionCheckFacts as DecisionCheckFacts
from mailbot.letters.facts import Differing as Differing
from mailbot.letters.facts import DigestFacts as DigestFacts
from mailbot.letters.facts import Facts as Facts
from mailbot.letters.facts import FailedLetter as FailedLetter
from mailbot.letters.facts import FormFacts as FormFacts
from mailbot.letters.facts import HoldingFacts as HoldingFacts
from mailbot.letters.facts import InvitationFacts as InvitationFacts
from mailbot.letters.facts import Listed as Listed
from mailbot.letters.facts import NeedsAPersonFacts as NeedsAPersonFacts
from mailbot.letters.facts import NeutralFacts as NeutralFacts
from mailbot.letters.facts import OutcomeFacts as OutcomeFacts
from mailbot.letters.facts import Proposed as Proposed
from mailbot.letters.facts import QuestionFacts as QuestionFacts
from mailbot.letters.facts import ReceiptFacts as ReceiptFacts
from mailbot.letters.facts import Received as Received
from mailbot.letters.facts import ReminderFacts as ReminderFacts
from mailbot.letters.facts import StatusFacts as StatusFacts
from mailbot.letters.facts import ToStaff as ToStaff
from mailbot.letters.facts import Waiting as Waiting
from mailbot.letters.mime import Attachment as Attachment
from mailbot.letters.mime import Thread as Thread
from mailbot.letters.mime import assemble as assemble
from mailbot.letters.mime import encode as encode
from mailbot.letters.mime import is_address as is_address
from mailbot.letters.mime import is_ready as is_ready
from mailbot.letters.samples import samples
from mailbot.letters.templates import Templates, Words
from mailbot.settings import Settings

#: Letters to staff; all others go outside, and carry the 999 line and the telephone number.
TO_STAFF = frozenset({"digest", "needs-a-person", "urgent", "decision-check", "alarm", "canary"})
# RFC 3834: what answers a mail by itself is auto-replied, everything else we begin ourselves
_ANSWERS = frozenset(
    {"form", "receipt", "added", "question", "neutral", "holding", "cannot-open", "status", "decision-check"}
)
# What Exchange shall not send back: receipts and autoreplies; never bounces, which we need
_SUPPRESS = "DR, RN, NRN, AutoReply"
_NO_OUT_OF_OFFICE = frozenset({"form", "receipt"})
_KINDS_OF_FILE = {".pdf": "PDF", ".docx": "Word", ".odt": "OpenDocument", ".txt": "Plain text"}


@dataclass(frozen=True)
class Letter:
    """A finished letter: `skeleton` is the message with a marker line where each attachment's base64 goes."""

    name: str
    to: str
    subject: str
    message_id: str
    skeleton: bytes
    attachments: tuple[Attachment, ...]

    @property
    def text(self) -> str:
        """Its words, as the plain text part has them."""
        message = message_from_bytes(self.skeleton, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""

    @property
    def raw(self) -> bytes:
        """The whole message."""
        encoded = {attachment.sha256: attachment.encoded for attachment in self.attachments}
        return assemble(self.skeleton, encoded.__getitem__)


def mark_of(name: str, cause: str) -> str:
    """What X-Mailbot-Letter says of a letter: servers that rewrite Message-IDs leave it as it is."""
    return f"{name}; {hashlib.sha256(cause.encode()).hexdigest()[:16]}"


class Letters:
    """Writes every letter; the templates are loaded once. Raises UserError where they cannot be used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.folder / "letters"
        self._templates = Templates(self._folder, LETTERS, settings.meeting.zone, _known(settings))
        # The form goes out many times a day with the same few facts: its words are made once
        self._words = lru_cache(maxsize=32)(self._make_words)

    def words(self, name: str, facts: Facts, file_names: tuple[str, ...] = ()) -> Words:
        """A letter's subject, text and HTML alone, for a preview."""
        if not isinstance(facts, LETTERS[name]):
            raise TypeError(f"the letter {name} is written from {LETTERS[name].__name__}")
        return self._words(name, facts, file_names)

    def write(
        self, name: str, to: str, facts: Facts, *, cause: str, now: datetime,
        thread: Thread | None = None, attachments: Sequence[Attachment] = (), calendar: CalendarObject | None = None,
    ) -> Letter:  # fmt: skip
        """The letter, to one address, because of `cause`; the same arguments give the same bytes.

        Raises ValueError, without repeating it, for an address, subject or name that could break a header.
        """
        recipient = mime.address(to)
        words = self.words(name, facts, tuple(attachment.name for attachment in attachments))
        # The time too: a new database counts its mails from 1 again, and a Message-ID seen before is dropped as a copy.
        seed = hashlib.sha256(f"{cause}|{name}|{to}|{now.isoformat()}".encode()).hexdigest()[:32]
        message_id = f"<{seed}@{self._settings.mailbox.address.rpartition('@')[2]}>"
        headers = [
            ("From", mime.mailbox(f"{self._settings.service.name} team", self._settings.mailbox.address)),
            ("To", recipient),
            ("Subject", mime.subject(words.subject)),
            ("Date", format_datetime(wording.local(now, UTC))),
            ("Message-ID", message_id),
            *_thread(thread),
            *_automatic(name),
            ("X-Mailbot-Letter", mark_of(name, cause)),
            ("Content-Language", "en-GB"),
            *([("Content-Class", "urn:content-classes:calendarmessage")] if calendar else []),  # Outlook's own
        ]
        skeleton = mime.compose(headers, words.text, words.html, attachments, seed, calendar)
        return Letter(name, recipient, words.subject, message_id, skeleton, tuple(attachments))

    def check(self) -> list[str]:
        """Every problem of the templates, found by writing each letter with sample facts."""
        problems: list[str] = []
        for name, facts in samples(self._settings.meeting):
            path = self._folder / f"{name}.md"
            try:
                words = self._make_words(name, facts, ("referral-form.pdf",))
                mime.subject(words.subject)
            except Exception as error:  # a template can fail in any way, and check tells them all
                problems.append(f"{path}: cannot be written: {error}")
            else:
                problems += [f"{path}: {problem}" for problem in self._lacks(name, words)]
        return list(dict.fromkeys(problems))

    def _lacks(self, name: str, words: Words) -> list[str]:
        needed = () if name in TO_STAFF else ("999", self._settings.service.phone)
        return [f"does not say {what}; every letter to a referrer must" for what in needed if what not in words.text]

    def _make_words(self, name: str, facts: Facts, file_names: tuple[str, ...]) -> Words:
        told = {field.name: getattr(facts, field.name) for field in fields(facts)}  # type: ignore[arg-type]  # each is one
        return self._templates.words(name, {**told, "attached": [_file(file_name) for file_name in file_names]})


def _known(settings: Settings) -> Mapping[str, Any]:
    """What every template may name, beside its own facts."""
    meeting = settings.meeting
    return {
        "team": settings.service,
        "address": settings.mailbox.address,
        "place": meeting.place,
        "dial_in": meeting.dial_in,
        "meeting_day": meeting.day,
        "meeting_time": wording.wall_time(meeting.time),
    }


def _file(name: str) -> Mapping[str, str]:
    kind = PurePath(name).suffix.lower()
    return {"name": name, "kind": _KINDS_OF_FILE.get(kind, kind.lstrip(".").upper())}


def _thread(thread: Thread | None) -> list[tuple[str, str]]:
    ids = thread.ids if thread else ()
    answered = mime.message_id(thread.in_reply_to) if thread else ""
    headers = [("In-Reply-To", answered)] if answered else []
    return [*headers, ("References", "\r\n ".join(ids))] if ids else headers


def _automatic(name: str) -> list[tuple[str, str]]:
    return [
        *([("Importance", "high")] if name == "urgent" else []),  # RFC 2156 5.3.6: Outlook shows a red mark
        ("Auto-Submitted", "auto-replied" if name in _ANSWERS else "auto-generated"),
        ("X-Auto-Response-Suppress", f"{_SUPPRESS}, OOF" if name in _NO_OUT_OF_OFFICE else _SUPPRESS),
    ]
