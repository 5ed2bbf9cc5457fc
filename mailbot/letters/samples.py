"""Facts to try every letter with: the fullest, and the emptiest. The people and places are fictional."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailbot.letters.facts import (
    LETTERS,
    Action,
    AddedFacts,
    AlarmFacts,
    Arrived,
    CanaryFacts,
    CannotOpenFacts,
    Checked,
    DecisionCheckFacts,
    Differing,
    DigestFacts,
    Facts,
    FailedLetter,
    FormFacts,
    HoldingFacts,
    InvitationFacts,
    Listed,
    NeedsAPersonFacts,
    NeutralFacts,
    OutcomeFacts,
    Proposed,
    QuestionFacts,
    ReceiptFacts,
    Received,
    ReminderFacts,
    StatusFacts,
    Waiting,
)
from mailbot.meeting import Meeting, meeting_on
from mailbot.settings import MeetingSettings

_MONDAY = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
_ARRIVED = Arrived("a.example@cmht.example", _MONDAY, "RE: your patient")
_ACTIONS = (
    Action("mailbot do 12 send-form", "Send the referral form", "send-form"),
    Action("mailbot do 12 join HM-2026-0042", "Put it with referral HM-2026-0042", "join HM-2026-0042"),
    Action("mailbot do 12 done", "Nothing to do", "done"),
)


def samples(rules: MeetingSettings) -> Iterator[tuple[str, Facts]]:
    """Every letter, at least once, with facts to write it from."""
    meeting = meeting_on(date(2026, 11, 25), rules)
    yield from (("form", FormFacts(personal, personal)) for personal in (False, True))
    yield from (("receipt", facts) for facts in _receipts(meeting))
    yield from (("reminder", facts) for facts in _reminders(meeting))
    yield "question", QuestionFacts()
    yield "neutral", NeutralFacts(date(2026, 11, 24))
    yield from (("holding", HoldingFacts(why)) for why in ("", "It is encrypted, so a person has to open it."))
    yield "cannot-open", CannotOpenFacts(("It is locked with a password.",))
    yield "cannot-open", CannotOpenFacts(("It is locked with a password.", "It is a link, and we do not open links."))
    yield "cannot-open", CannotOpenFacts(("It is locked with a password.",), secure=False)
    yield "added", AddedFacts("HM-2026-0042")
    yield "added", AddedFacts("HM-2026-0042", "CMHT/1234", meeting)
    for stage in ("queued", "waiting", "decided", "told"):
        yield "status", StatusFacts("HM-2026-0042", stage, meeting, "CMHT/1234", date(2026, 11, 26))
        yield "status", StatusFacts("HM-2026-0042", stage, meeting)
    yield from (("invitation", facts) for facts in _invitations(meeting))
    yield from (("digest", facts) for facts in _digests(meeting))
    for name in ("needs-a-person", "urgent"):
        yield from ((name, facts) for facts in _needs())
    yield from (("decision-check", facts) for facts in _checks())
    yield (
        "alarm",
        AlarmFacts(
            "The mail server has refused our password.",
            _MONDAY,
            "Put the new password in MAILBOT_MAILBOX__PASSWORD.",
        ),
    )
    yield "alarm", AlarmFacts("The mailbox cannot be reached", _MONDAY, "", over=True)
    yield "canary", CanaryFacts()
    for name in LETTERS:
        if name.startswith("outcome-"):
            yield from ((name, facts) for facts in _outcomes())
    yield "outcome-withdrawn", OutcomeFacts("HM-2026-0042", date(2026, 11, 25), "You asked us to.")


def _receipts(meeting: Meeting) -> Iterator[ReceiptFacts]:
    plain = Received("HM-2026-0042", "", meeting)
    gaps = Received(
        "HM-2026-0043", "CMHT/1234", meeting, missed_cut_off=True,
        missing=("Home postcode", "Who holds the case now?"), unclear=("Date of birth",),
    )  # fmt: skip
    yield ReceiptFacts((plain,))
    yield ReceiptFacts((gaps,))
    yield ReceiptFacts((replace(gaps, filled_in=True),))
    yield ReceiptFacts((plain, gaps))


def _reminders(meeting: Meeting) -> Iterator[ReminderFacts]:
    labels = ("Home postcode", "Who holds the case now?")
    yield ReminderFacts("HM-2026-0042", "CMHT/1234", meeting, labels, labels[:1], filled_in=True)
    yield ReminderFacts("HM-2026-0042", "", meeting, labels[:1], labels)
    yield ReminderFacts("HM-2026-0042", "", meeting, questions=("Which service will hold the case?",))


def _invitations(meeting: Meeting) -> Iterator[InvitationFacts]:
    start = meeting.starts_at
    whole = InvitationFacts("HM-2026-0042", start, start + timedelta(hours=1), how="phone_video")
    yield whole
    yield replace(whole, how="in_person", slot=True, ends_at=start + timedelta(minutes=15))
    yield replace(whole, what="changed", was=start - timedelta(days=7))
    yield replace(whole, what="changed", how="")
    yield replace(whole, what="cancelled")


def _digests(meeting: Meeting) -> Iterator[DigestFacts]:
    one = Listed("HM-2026-0042", _MONDAY, timedelta(days=1), "Fareham CMHT")
    old = Listed(
        "HM-2026-0031", _MONDAY - timedelta(days=14), timedelta(days=15), late=True,
        changed=("a corrected form came", "answers were checked"),
    )  # fmt: skip
    yield DigestFacts(meeting, form_version="1", mails=0, accounted_for=0)
    yield DigestFacts(
        meeting, form_version="1", mails=41, accounted_for=40, criteria_dated=date(2026, 9, 1), late=True,
        new=(one,), carried_over=(old,), waiting=(old,), missed_cut_off=(one,),
        put_off=(replace(old, note="put off until 6 January 2027"),), decided=(old,),
        needs_a_person=(Waiting(12, "The form is locked with a password", timedelta(hours=3)),),
        failed_letters=(
            FailedLetter("receipt", "HM-2026-0042", "the address does not exist"),
            FailedLetter("digest", "", "came back: 5.1.1", "clerk@service.example"),
        ),
        old_enquiries=2, oldest_enquiry=timedelta(days=20), filed=9,
    )  # fmt: skip
    yield DigestFacts(meeting, form_version="1", mails=1, accounted_for=1, late=True, meeting_passed=True, new=(one,))


def _needs() -> Iterator[NeedsAPersonFacts]:
    locked = "The form is locked with a password."
    yield NeedsAPersonFacts(12, locked, _ARRIVED, "It is a returned form.", _ACTIONS, code="7KQM-3XWP")
    answer = Proposed("h_holder", "Who holds the case now?", "Fareham CMHT", "Not answered")
    yield NeedsAPersonFacts(12, "Answers came in a mail.", _ARRIVED, actions=_ACTIONS, proposed=(answer,))
    corrected = Differing("p_dob", "Date of birth", "27 March 1985", "27 March 1958")
    yield NeedsAPersonFacts(12, "A corrected form came.", _ARRIVED, actions=_ACTIONS, differing=(corrected,))
    yield NeedsAPersonFacts(
        12, "The receipt could not be delivered.", think="The address is wrong or no longer used.",
        reference="HM-2026-0042", reminder=True, age=timedelta(days=2),
    )  # fmt: skip


def _checks() -> Iterator[DecisionCheckFacts]:
    done = Checked("12 send-form", "Item 12: the form goes to a.example@cmht.example.")
    yield DecisionCheckFacts((done,), code="7KQM-3XWP")
    yield DecisionCheckFacts(
        (done, Checked("HM-2026-0042 consultation", "Recorded.", "Dear colleague\nWe are offering advice.")),
        (Checked("13 jion HM-2026-0042", "This was not understood."),),
        _ACTIONS,
    )


def _outcomes() -> Iterator[OutcomeFacts]:
    everything = OutcomeFacts(
        reference="HM-2026-0042",
        their_reference="CMHT/1234",
        reviewed_on=date(2026, 11, 25),
        reason="The pattern you describe is persistent and fixated.",
        lead="Dr A Example, consultant forensic psychiatrist",
        by=date(2026, 12, 4),
        services=("assessment", "formulation of the stalking behaviour"),
        questions=("Which service will hold the case?", "Is there a hearing date?"),
        service="Fareham Recovery Service, 01632 960000. You make the first contact.",
        until="after the hearing",
    )
    yield everything
    yield replace(
        everything, step="call", corrects=date(2026, 11, 26), correction="We named the wrong date.", secure=True
    )
    yield replace(everything, their_reference="", by="the end of the year", until=date(2027, 1, 6))
