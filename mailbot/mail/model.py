"""What a mail is once it has been read: people, words, files, what a report says."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from mailbot.newwords import answered, bare_subject
from parsers import Form, may_hold_form

#: pictures below this size are the logos of signatures; no page of a form is so small
_LOGO_BYTES = 30_000
#: what documents and containers begin with: PDF, zip and Office, OLE, RTF, TNEF
DOCUMENTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"\x78\x9f\x3e\x22")
#: of one mail, so many files are read
MOST_READ = 20
_NEVER_A_FORM = (
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
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
    def is_document(self) -> bool:
        """Whether its bytes are those of a document or a container, whatever type a program gives it."""
        return self.data.startswith(DOCUMENTS)

    @property
    def may_hold_form(self) -> bool:
        """Whether it is worth reading: not empty, not the logo of a signature, not a calendar object."""
        if self.is_document:
            return True
        if not self.data or self.media_type in _NEVER_A_FORM:
            return False
        return not (self.media_type.startswith("image/") and len(self.data) < _LOGO_BYTES)


@dataclass(frozen=True)
class Report:
    """A delivery report (RFC 3464), a receipt (RFC 8098) or a complaint (RFC 5965): what became of which letter."""

    action: str  # failed, delayed, delivered, relayed, expanded, displayed, complaint ...; "" where it does not say
    status: str = ""  # RFC 3463, such as 5.1.1
    message_ids: tuple[str, ...] = ()  # of the mail it speaks of
    marks: tuple[str, ...] = ()  # what our own header said in that mail: servers rewrite Message-IDs
    recipients: tuple[str, ...] = ()  # whom it did or did not reach
    subject: str = ""  # of the mail it speaks of

    @property
    def failed(self) -> bool:
        """Whether it says, or does not deny, that the letter will never arrive."""
        if self.action in ("failed", ""):
            return self.action == "failed" or not self.status.startswith(("2", "4"))
        return False


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
        digest = hashlib.sha256(self.words.encode("utf-8", "surrogatepass"))
        for one in self.files:
            digest.update(hashlib.sha256(one.data).digest())
        return digest.hexdigest()

    @property
    def readable(self) -> tuple[AttachedFile, ...]:
        """The files that may be, or hold, a form."""
        return tuple(one for one in self.files if one.may_hold_form)

    @property
    def to_read(self) -> tuple[AttachedFile, ...]:
        """Those that are read, documents before pictures; the order is otherwise as they came."""
        return tuple(sorted(self.readable, key=lambda one: not one.is_document)[:MOST_READ])

    def words_of_form(self, forms: Iterable[Form], ours: Collection[str]) -> str:
        """The words that may be a form: the new ones, or ours that were answered where they are quoted (B5)."""
        known = list(forms)
        for words in (self.words, answered(self.text, ours)):
            if may_hold_form(words, known):
                return words
        return ""

    def header(self, name: str) -> str:
        """The topmost header of that name, or nothing."""
        return self.headers.get(name.lower(), ("",))[0]
