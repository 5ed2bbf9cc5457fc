"""What the kinds and the steps say to each other: what was known, what a mail is, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.encoder import Encoder
from mailbot.mail import Mail
from mailbot.signs import automatic_sign, bulk_sign, passed_on_by_rule, spam_sign
from mailbot.wordlists import WordList
from parsers import Answer, Reading
from parsers.calendars import CALENDAR
from parsers.readers.filled_list import LIST


@dataclass(frozen=True)
class Why:
    """A rule that spoke, and what it saw, in words for staff."""

    rule: str
    words: str

    def to_json(self) -> dict[str, str]:
        return {"rule": self.rule, "words": self.words}


#: kinds that no person's words are looked into for: machines' mail, what is known already, what staff decide
SETTLED = frozenset({"own", "repeat", "delivery_report", "calendar_reply", "automatic", "bulk", "decision"})
#: the rule that speaks when staff say what a mail is
A_PERSON_SAID_SO = "a_person_said_so"


def a_person_said_so(kept: Sequence[Mapping[str, str]] | None) -> bool:
    """Whether the reasons kept with a mail are a person's word."""
    return any(why.get("rule") == A_PERSON_SAID_SO for why in kept or ())


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
    cause: str = ""

    @property
    def item(self) -> int | None:
        """The number of what needs a person, where the letter tells of that."""
        what, _, number = self.cause.partition(":")
        number = number.partition(":")[0]
        return int(number) if what == "need" and number.isdecimal() else None


@dataclass(frozen=True)
class IssuedCode:
    """A code of ours that stands in a mail: the letter it went out with, and the one address it counts from."""

    recipient: str
    letter: OurLetter
    over: bool = False  # it went with the digest of a meeting that a later digest has followed


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
    wrote_lately: bool = False  # a letter of ours went, or goes, to its sender in the last 24 hours
    own_lists: frozenset[str] = frozenset()  # mail that comes through these is a person's
    staff: frozenset[str] = frozenset()  # addresses whose decisions count
    codes: tuple[IssuedCode, ...] = ()  # looked up where staff write, or a letter to staff is answered
    words: Mapping[str, WordList] = field(default_factory=dict)  # by the name of their file
    encoder: Encoder | None = None  # a second opinion of what reads like a request; without it the table's stands alone

    @property
    def forms(self) -> tuple[Reading, ...]:
        """The readings that are our form, filled in or empty."""
        return tuple(reading for reading in self.readings if reading.is_form)

    @property
    def filled_lists(self) -> tuple[Mapping[str, Answer], ...]:
        """What stands in the controls of each review list that came back, by tag."""
        return tuple(one.answers for one in self.readings if LIST in one.answers)

    @property
    def calendar(self) -> str:
        """The calendar object that came in winmail.dat; nothing where none did."""
        return next((str(one.answers[CALENDAR].raw) for one in self.readings if CALENDAR in one.answers), "")

    @property
    def filled(self) -> tuple[Reading, ...]:
        """The forms in which something is answered."""
        return tuple(form for form in self.forms if any(answer.raw for answer in form.answers.values()))


#: by these rules a subject may hold a password, or the name of another service's patient (B16, F11)
_SUBJECT_IS_SECRET = frozenset({"password", "password_by_phone", "misdirected"})
_NOT_SHOWN = "(not kept)"


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

    @property
    def subject(self) -> str:
        """The mail's subject, for the ledger and letters to staff; not where it may hold what nobody may keep."""
        secret = any(why.rule in _SUBJECT_IS_SECRET for why in self.why)
        return _NOT_SHOWN if secret and self.mail.subject else self.mail.subject

    @property
    def decision(self) -> Decision:
        """Who decides, in answer to what."""
        answered = (*self.known.our_letters, *(one.letter for one in self.known.codes))
        return Decision(self.mail.sender.address, tuple(dict.fromkeys(answered)))


@dataclass(frozen=True)
class Decision:
    """A mail of staff that decides: by whom, and which of our letters to staff it answers, the newest first."""

    by: str
    letters: tuple[OurLetter, ...]

    @property
    def item(self) -> int | None:
        """The one thing that needs a person which these letters are about; None where there is none, or several."""
        items = {one.item for one in self.letters if one.item is not None}
        return items.pop() if len(items) == 1 else None


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
            ("automatic", f"a machine sent it: {automatic_sign(mail)}", _by_machine(mail, known)),
            (
                "bulk",
                f"it was sent to many: {bulk_sign(mail, known.own_lists)}",
                bool(bulk_sign(mail, known.own_lists)),
            ),
            ("spam", "it was marked as spam on its way", bool(spam_sign(mail))),
        )
        if holds
    )


def _by_machine(mail: Mail, known: Known) -> bool:
    """A person's mail that a rule passed on is answered, if nothing of ours went to its sender lately (R16)."""
    if passed_on_by_rule(mail):
        return known.wrote_lately or bool(known.our_letters)
    return bool(automatic_sign(mail))


def _to_us(mail: Mail, known: Known) -> bool:
    return any(one.address in known.our_addresses for one in mail.to)


def _replies_elsewhere(mail: Mail) -> bool:
    ours = mail.sender
    return any(one.address != ours.address and not same_organisation(one.domain, ours.domain) for one in mail.reply_to)


#: mail providers whose addresses are people's own (A6)
PERSONAL = frozenset(
    {"gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "live.com", "live.co.uk", "msn.com",
     "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "btinternet.com", "sky.com", "aol.com", "proton.me",
     "protonmail.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "gmx.com", "personal.example"}
)  # fmt: skip


def same_organisation(one: str, other: str) -> bool:
    """Whether one of two domains is, or lies within, the other; two people with one mail provider are strangers."""
    within = one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
    return within and one not in PERSONAL


def joined(known: Known) -> Sequence[KnownReferral]:
    """The referrals that two signs tie this mail to (rule 8)."""
    return [one for one in known.referrals if len(one.signs) >= 2]
