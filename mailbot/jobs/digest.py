"""The digest: once for each meeting, to all staff, with the review list attached; also when nothing is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from mailbot import reviewlist
from mailbot.actions import Office, deferrals, staff, standing
from mailbot.actions.advice import checks_of
from mailbot.actions.referrals import gaps_of
from mailbot.letters import Attachment, DigestFacts, FailedLetter, Letter, Listed, Waiting
from mailbot.meeting import Meeting
from mailbot.referral import State
from mailbot.reviewlist import Entry
from mailbot.store import LetterState, MailState, Transaction

#: later than this after its time, a digest says that it is late
_LATE = timedelta(hours=1)
_WORD_FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILED = ("automatic", "bulk", "delivery_report", "own", "repeat")
_UNACCOUNTED = (MailState.NEW, MailState.READING, MailState.READY)


@dataclass(frozen=True)
class Lists:
    """The referrals of one digest, by where they stand."""

    new: Sequence[sa.RowMapping]
    carried_over: Sequence[sa.RowMapping]
    waiting: Sequence[sa.RowMapping]
    missed_cut_off: Sequence[sa.RowMapping]
    put_off: Sequence[sa.RowMapping]  # until a day that is later than this meeting
    decided: Sequence[sa.RowMapping]  # the referrer has not been told yet

    @property
    def for_review(self) -> list[sa.RowMapping]:
        """What the meeting looks at, in the order it came."""
        return sorted([*self.new, *self.carried_over, *self.waiting], key=lambda row: row["id"])


def send(office: Office, tx: Transaction, meeting: Meeting) -> None:
    """Write the digest of one meeting into the outbox and put its referrals on the list."""
    deferrals.bring_back(office, tx, meeting.date)
    lists = lists_for(tx, meeting)
    facts, review_list = facts_of(office, tx, meeting, lists), _attached(office, tx, meeting, lists)
    for address in office.settings.staff.addresses:
        staff.write(office, tx, "digest", address, facts, cause=cause(meeting), attachments=[review_list])
    for row in lists.new:
        tx.referrals.move(row["id"], State.QUEUED, State.ON_LIST)
    for row in lists.carried_over:
        tx.referrals.change(row["id"], meeting=meeting.date)
    tx.audit.add("digest_written", meeting=meeting.date.isoformat(), new=len(lists.new), listed=len(lists.for_review))


def cause(meeting: Meeting) -> str:
    return f"meeting:{meeting.date.isoformat()}"


def write(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> list[Letter]:
    """The digest as it goes to each member of staff, but for the code that proves their answer; changes nothing."""
    review_list = _attached(office, tx, meeting, lists)
    facts = facts_of(office, tx, meeting, lists)
    return [
        office.letters.write("digest", address, facts, cause=cause(meeting), now=tx.now, attachments=[review_list])
        for address in office.settings.staff.addresses
    ]


def _attached(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> Attachment:
    name = f"review-list-{meeting.date.isoformat()}.docx"
    return Attachment(name, _WORD_FILE, review_list_of(office, tx, meeting, lists))


def lists_for(tx: Transaction, meeting: Meeting) -> Lists:
    """Which referrals stand where for this meeting."""
    queued = tx.referrals.in_states([State.QUEUED])
    put_off = tx.referrals.in_states([State.DEFERRED])
    without_day = [row for row in put_off if deferrals.is_without_day(row)]
    return Lists(
        new=[row for row in queued if row["meeting"] <= meeting.date],
        carried_over=tx.referrals.in_states([State.ON_LIST]),
        waiting=[*tx.referrals.in_states([State.WAITING]), *without_day],
        missed_cut_off=[row for row in queued if row["meeting"] > meeting.date],
        put_off=[row for row in put_off if not deferrals.is_without_day(row)],
        decided=tx.referrals.in_states([State.DECIDED]),
    )


def facts_of(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> DigestFacts:
    """What the digest says, without a name in it."""
    enquiries = tx.enquiries.waiting()
    old = [
        row
        for row in enquiries
        if tx.now - row["asked_at"] > timedelta(days=office.settings.referrals.old_enquiry_days)
    ]
    counts = tx.mails.count_by_state()
    ours = {state: count for state, count in counts.items() if state != MailState.BEFORE_US}
    kinds = tx.mails.count_by_kind(meeting.digest_at - timedelta(days=7))
    return DigestFacts(
        meeting=meeting,
        form_version=office.form.version,
        criteria_dated=office.published.dated,
        mails=sum(ours.values()),
        accounted_for=sum(count for state, count in ours.items() if state not in _UNACCOUNTED),
        late=tx.now - meeting.digest_at > _LATE,
        meeting_passed=tx.now >= meeting.starts_at,
        new=_listed(tx, lists.new),
        carried_over=_listed(tx, lists.carried_over),
        waiting=_listed(tx, lists.waiting),
        missed_cut_off=_listed(tx, lists.missed_cut_off),
        put_off=_listed(tx, lists.put_off),
        decided=_listed(tx, lists.decided),
        needs_a_person=tuple(Waiting(row["id"], row["words"], tx.now - row["opened_at"]) for row in tx.needs.waiting()),
        failed_letters=tuple(_failed(tx, row) for row in tx.letters.troubled() if not _is_draft(row)),
        old_enquiries=len(old),
        oldest_enquiry=tx.now - old[0]["asked_at"] if old else timedelta(),
        filed=sum(kinds.get(kind, 0) for kind in _FILED),
    )


def _listed(tx: Transaction, rows: Sequence[sa.RowMapping]) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            row["reference"],
            row["received_at"],
            _waited(tx.now, row),
            _organisation(tx, row["id"]),
            standing.in_short(tx, row),
        )
        for row in rows
    )


def _waited(now: datetime, row: sa.RowMapping) -> timedelta:
    since: datetime = row["waiting_since"] or row["received_at"]
    return now - since


def _organisation(tx: Transaction, referral_id: int) -> str:
    answer = tx.referrals.answers(referral_id).get("r_org")
    return str(answer.value or "") if answer else ""


def _failed(tx: Transaction, row: sa.RowMapping) -> FailedLetter:
    reference = tx.referrals.by_id(row["referral_id"])["reference"] if row["referral_id"] else ""
    words = {LetterState.IN_DOUBT: "may not have gone", LetterState.HELD: "held for a person"}
    return FailedLetter(row["name"], reference, row["note"] or words.get(row["state"], "not delivered"))


def _is_draft(row: sa.RowMapping) -> bool:
    return row["state"] == LetterState.HELD and "Drafts" in (row["note"] or "")


def review_list_of(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> bytes:
    """The review list as a Word document: a front page, then a page a referral."""
    entries = [_entry(office, tx, row, lists) for row in lists.for_review]
    return reviewlist.write(meeting, entries, office.form, office.settings, made_at=tx.now, published=office.published)


def _entry(office: Office, tx: Transaction, row: sa.RowMapping, lists: Lists) -> Entry:
    missing, unclear = gaps_of(office, tx, row["id"])
    status = "New" if row in lists.new else standing.waits(tx, row) if row in lists.waiting else "Carried over"
    return Entry(
        reference=row["reference"],
        received_at=row["received_at"],
        status=status,
        late=row["missed_cut_off"],
        answers=tx.referrals.answers(row["id"]),
        missing=missing,
        unclear=unclear,
        waiting_since=row["waiting_since"],
        checks=checks_of(office, tx, row),
        notes=standing.notes(office, tx, row),
    )
