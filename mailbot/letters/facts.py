"""What each letter is told: one small dataclass a letter, so the type check finds a fact left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.meeting import Meeting


class Facts:
    """The facts of one letter. Any may come from outside: none can format, link or break a header."""


@dataclass(frozen=True, kw_only=True)
class ToStaff(Facts):
    """The facts of a letter that staff may answer: the code proves that the answer is theirs."""

    code: str = ""


@dataclass(frozen=True)
class FormFacts(Facts):
    """`form`: the blank form is attached."""

    personal_address: bool = False  # asked from what looks like somebody's own address
    urgent: bool = False  # the request speaks of danger: 999 comes first


@dataclass(frozen=True)
class Received:
    """One referral of a receipt. Labels are the form's own words."""

    reference: str
    their_reference: str
    meeting: Meeting
    missed_cut_off: bool = False
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    filled_in: bool = False  # the form goes back with what was read and its gaps marked


@dataclass(frozen=True)
class ReceiptFacts(Facts):
    """`receipt`: one for each mail, whatever it held."""

    references: tuple[Received, ...]


@dataclass(frozen=True)
class ReminderFacts(Facts):
    """`reminder`: the one reminder of what was asked; `questions` are the meeting's, the others the form's."""

    reference: str
    their_reference: str
    meeting: Meeting
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    filled_in: bool = False


@dataclass(frozen=True)
class QuestionFacts(Facts):
    """`question`: the form arrived empty."""


@dataclass(frozen=True)
class NeutralFacts(Facts):
    """`neutral`: the agreed safe text, which confirms nothing."""

    read_by: date  # the next working day: a person reads what was written


@dataclass(frozen=True)
class HoldingFacts(Facts):
    """`holding`: received, and a person deals with it."""

    why: str = ""  # a sentence, such as that a person has to open it


@dataclass(frozen=True)
class CannotOpenFacts(Facts):
    """`cannot-open`: what was wrong with each file, in plain words."""

    problems: tuple[str, ...]
    secure: bool = True  # the sender's domain is on the secure list: an unlocked copy may be asked for


@dataclass(frozen=True)
class AddedFacts(Facts):
    """`added`: something was put with a referral."""

    reference: str
    their_reference: str = ""
    meeting: Meeting | None = None


@dataclass(frozen=True)
class StatusFacts(Facts):
    """`status`: reference and stage, and nothing else; only to the confirmed referrer."""

    reference: str
    stage: str  # queued, waiting, decided or told
    meeting: Meeting
    their_reference: str = ""
    told_on: date | None = None


@dataclass(frozen=True)
class InvitationFacts(Facts):
    """`invitation`: an event for a calendar goes with it. Nothing of the case, for calendars are often shared."""

    reference: str
    starts_at: datetime
    ends_at: datetime
    what: str = "new"  # new, changed or cancelled
    was: datetime | None = None  # the start before a change; None where it is the same
    slot: bool = False  # it is their own part of the meeting
    how: str = ""  # in_person or phone_video, as they said


@dataclass(frozen=True)
class Listed:
    """One line of the digest: a referral, never a name."""

    reference: str
    received: datetime
    waiting: timedelta
    organisation: str = ""
    note: str = ""  # what else to know, in a few words
    late: bool = False  # it missed the cut-off of the meeting before
    changed: tuple[str, ...] = ()  # what came or was done since the last list


@dataclass(frozen=True)
class FailedLetter:
    """A letter that could not be delivered; `why` without an address or a name, `to` only where it is staff's."""

    letter: str
    reference: str
    why: str
    to: str = ""


@dataclass(frozen=True)
class Waiting:
    """One thing that needs a person."""

    id: int
    why: str
    age: timedelta


@dataclass(frozen=True)
class DigestFacts(ToStaff):
    """`digest`: goes with the review list, with nothing on it too."""

    meeting: Meeting
    form_version: str
    mails: int  # the ledger: what arrived, and what is accounted for
    accounted_for: int
    criteria_dated: date | None = None
    late: bool = False  # the digest goes out after its time
    meeting_passed: bool = False
    new: tuple[Listed, ...] = ()
    carried_over: tuple[Listed, ...] = ()
    waiting: tuple[Listed, ...] = ()  # for the referrer's answers
    missed_cut_off: tuple[Listed, ...] = ()  # on the next list
    put_off: tuple[Listed, ...] = ()  # until a later day
    decided: tuple[Listed, ...] = ()  # an outcome is recorded, and the referrer has not been told
    needs_a_person: tuple[Waiting, ...] = ()
    failed_letters: tuple[FailedLetter, ...] = ()
    old_enquiries: int = 0  # forms sent and not returned
    oldest_enquiry: timedelta = timedelta()
    filed: int = 0  # automatic and bulk mail, filed unanswered


@dataclass(frozen=True)
class Arrived:
    """The mail a person should look at."""

    from_address: str
    received: datetime
    subject: str


@dataclass(frozen=True)
class Action:
    """Something a person can answer: `mailbot do 12 send-form`, "send the referral form", and `send-form` by mail."""

    command: str
    words: str
    reply: str


@dataclass(frozen=True)
class Proposed:
    """An answer that a mail gives in its words, beside its question: `now` is what stands there."""

    key: str
    label: str
    text: str
    now: str


@dataclass(frozen=True)
class Differing:
    """An answer that a corrected form changed; `was` and `now` in words."""

    key: str
    label: str
    was: str
    now: str


@dataclass(frozen=True)
class NeedsAPersonFacts(ToStaff):
    """`needs-a-person`, and `urgent` in its place."""

    id: int
    why: str
    what_arrived: Arrived | None = None  # None: nothing did, a letter failed
    think: str = ""
    actions: tuple[Action, ...] = ()
    reference: str = ""
    reminder: bool = False
    age: timedelta = timedelta()
    proposed: tuple[Proposed, ...] = ()
    differing: tuple[Differing, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A line of a decision and what came of it; `shown` is a text to look at, such as a letter to be approved."""

    line: str
    words: str
    shown: str = ""


@dataclass(frozen=True)
class DecisionCheckFacts(ToStaff):
    """`decision-check`: what was done of what a member of staff decided by mail, and what was not."""

    done: tuple[Checked, ...] = ()
    not_done: tuple[Checked, ...] = ()
    help: tuple[Action, ...] = ()  # what can be answered, where something was not understood


@dataclass(frozen=True)
class AlarmFacts(Facts):
    """`alarm`: mailbot itself needs help."""

    what: str
    since: datetime
    fix: str
    over: bool = False  # it has been mended


@dataclass(frozen=True)
class CanaryFacts(Facts):
    """`canary`: a letter to ourselves, to see that mail goes round."""


@dataclass(frozen=True)
class OutcomeFacts(Facts):
    """`outcome-*`: what the meeting recorded. Dates may be words, such as "after the hearing"."""

    reference: str
    reviewed_on: date
    reason: str
    their_reference: str = ""
    lead: str = ""
    by: date | str = ""
    services: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    service: str = ""
    until: date | str = ""
    step: str = ""  # the first step
    corrects: date | None = None  # the day the outcome that this one puts right was approved
    correction: str = ""  # what was wrong with it
    secure: bool = False  # [secure] in the subject makes our mail service encrypt it


#: Every letter with the facts it is written from.
LETTERS: Mapping[str, type[Facts]] = {
    "form": FormFacts,
    "receipt": ReceiptFacts,
    "reminder": ReminderFacts,
    "question": QuestionFacts,
    "neutral": NeutralFacts,
    "holding": HoldingFacts,
    "cannot-open": CannotOpenFacts,
    "added": AddedFacts,
    "status": StatusFacts,
    "invitation": InvitationFacts,
    "digest": DigestFacts,
    "needs-a-person": NeedsAPersonFacts,
    "urgent": NeedsAPersonFacts,
    "decision-check": DecisionCheckFacts,
    "alarm": AlarmFacts,
    "canary": CanaryFacts,
    "outcome-accept": OutcomeFacts,
    "outcome-consultation": OutcomeFacts,
    "outcome-ask": OutcomeFacts,
    "outcome-signpost": OutcomeFacts,
    "outcome-decline": OutcomeFacts,
    "outcome-defer": OutcomeFacts,
    "outcome-withdrawn": OutcomeFacts,
}
