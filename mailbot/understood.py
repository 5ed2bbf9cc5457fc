"""What the kinds and the steps say to each other: what was known, what a mail is, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.mail import Mail
from mailbot.wordlists import WordList
from parsers import Reading


@dataclass(frozen=True)
class Why:
    """A rule that spoke, and what it saw, in words for staff."""

    rule: str
    words: str

    def to_json(self) -> dict[str, str]:
        return {"rule": self.rule, "words": self.words}


#: the rule that speaks when staff say what a mail is
A_PERSON_SAID_SO = "a_person_said_so"


class Authenticity(StrEnum):
    """What our own server's Authentication-Results say of the sender (RFC 8601); others' count for nothing."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OurLetter:
    """A letter of ours that a mail speaks of or answers."""

    id: int
    name: str
    recipient: str
    state: str
    referral_id: int | None


@dataclass(frozen=True)
class KnownReferral:
    """A referral that a mail may be about, with the signs that say so (rule 8: two of them join)."""

    id: int
    reference: str
    signs: frozenset[str]  # "reference", "thread", "referrer"


@dataclass(frozen=True)
class Known:
    """What we knew before this mail: looked up once, so that recognising needs no database."""

    now: datetime
    our_addresses: frozenset[str]
    role: str = "inbox"  # of the folder it came to
    authenticity: Authenticity = Authenticity.UNKNOWN
    same_as: int | None = None
    our_letters: tuple[OurLetter, ...] = ()
    referrals: tuple[KnownReferral, ...] = ()
    readings: tuple[Reading, ...] = ()
    answered_by_hand: bool = False
    words: Mapping[str, WordList] = field(default_factory=dict)  # by the name of their file

    @property
    def forms(self) -> tuple[Reading, ...]:
        """The readings that are our form, filled in or empty."""
        return tuple(reading for reading in self.readings if reading.is_form)

    @property
    def filled(self) -> tuple[Reading, ...]:
        """The forms in which something is answered."""
        return tuple(form for form in self.forms if any(answer.raw for answer in form.answers.values()))


@dataclass(frozen=True)
class Understood:
    """What a mail is, and why; nothing has been changed yet."""

    mail_id: int
    mail: Mail
    known: Known
    kind: str
    why: tuple[Why, ...]
    came_at: datetime

    @property
    def by_person(self) -> bool:
        """Whether a person said what this mail is: limits on what goes by itself do not hold then."""
        return any(why.rule == A_PERSON_SAID_SO for why in self.why)


def no_automatic_reply(mail: Mail, known: Known) -> tuple[Why, ...]:
    """Why mailbot must not answer this mail by itself; empty where it may (RFC 3834 2, rules 6 and 9, A9, E9)."""
    return tuple(
        Why(rule, words)
        for rule, words, holds in (
            ("no_sender", "it has no sender's address", not mail.sender.address),
            (
                "authentication_failed",
                "our server says that it is not from whom it claims",
                known.authenticity == "fail",
            ),
            ("in_junk", "it came to the junk folder", known.role == "junk"),
            ("from_us", "it comes from the team's own address", mail.sender.address in known.our_addresses),
            (
                "not_addressed_to_us",
                "it was not addressed to us, only copied or passed on",
                not _to_us(mail, known),
            ),
            ("reply_elsewhere", "it asks for replies to another organisation", _replies_elsewhere(mail)),
            ("automatic", f"a machine sent it: {automatic_sign(mail)}", bool(automatic_sign(mail))),
            ("bulk", f"it was sent to many: {bulk_sign(mail)}", bool(bulk_sign(mail))),
        )
        if holds
    )


def _to_us(mail: Mail, known: Known) -> bool:
    return any(one.address in known.our_addresses for one in mail.to)


def _replies_elsewhere(mail: Mail) -> bool:
    ours = mail.sender.domain
    return any(not same_organisation(one.domain, ours) for one in mail.reply_to)


def same_organisation(one: str, other: str) -> bool:
    """Whether one of two domains is, or lies within, the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


_OUT_OF_OFFICE = re.compile(
    r"(?:auto(?:matic)?[ -]?(?:reply|response|answer)|out[ -]of[ -](?:the[ -])?office(?:[ -]auto[ -]?reply)?"
    r"|automatische antwort|r[ée]ponse automatique)\s*(?::|-|$)",
    re.IGNORECASE,
)


def automatic_sign(mail: Mail) -> str:
    """The header that says a machine sent this mail by itself (RFC 3834 5); nothing where none does.

    X-Auto-Response-Suppress alone is no sign: people's Exchange mail carries it.
    """
    if _OUT_OF_OFFICE.match(mail.about):
        return "the subject of an automatic reply"
    submitted = mail.header("auto-submitted").lower().split(";")[0].strip()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"):
        if mail.header(name).lower() not in ("", "no"):
            return name
    if mail.header("precedence").lower() in ("auto_reply", "auto-reply"):
        return "Precedence: auto_reply"
    if mail.header("return-path").replace(" ", "") == "<>" and mail.report is None:
        return "an empty Return-Path"
    return ""


_MACHINES = (
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "notifications",
    "mailer-daemon",
    "postmaster",
)


def bulk_sign(mail: Mail) -> str:
    """The header that says this mail went to many, or nobody reads its answers (RFC 2919, RFC 2369)."""
    for name in (
        "list-id",
        "list-unsubscribe",
        "list-post",
        "feedback-id",
        "x-campaign-id",
        "x-mailer-campaign",
    ):
        if mail.header(name):
            return {"list-id": "List-Id", "list-unsubscribe": "List-Unsubscribe"}.get(name, name)
    if mail.header("precedence").lower() in ("bulk", "list", "junk"):
        return f"Precedence: {mail.header('precedence').lower()}"
    local = mail.sender.address.partition("@")[0]
    if local.startswith(_MACHINES):
        return "an address that nobody reads"
    return ""


def joined(known: Known) -> Sequence[KnownReferral]:
    """The referrals that two signs tie this mail to (rule 8)."""
    return [one for one in known.referrals if len(one.signs) >= 2]
