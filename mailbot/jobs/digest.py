"""The digest: once for each meeting, to all staff, with the review list attached; also when nothing is new.

Each member of staff has their own: what their agency may not see is on neither their digest nor their list (F5, G8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from mailbot import reviewlist
from mailbot.actions import Office, ledger, restricting, staff
from mailbot.jobs.listed import Lists as Lists
from mailbot.jobs.listed import entry, listed
from mailbot.jobs.listed import lists_for as lists_for
from mailbot.letters import Attachment, DigestFacts, FailedLetter, Letter, Waiting
from mailbot.meeting import Meeting
from mailbot.referral import State
from mailbot.reviewlist import rows
from mailbot.sight import may_see
from mailbot.store import LetterState, Transaction

#: later than this after its time, a digest says that it is late
_LATE = timedelta(hours=1)
_WORD_FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILED = ("automatic", "bulk", "delivery_report", "own", "repeat")


@dataclass(frozen=True)
class Mine:
    """What one member of staff is given."""

    address: str
    lists: Lists
    facts: DigestFacts
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True)
class Prepared:
    """The digest of one meeting as it was read and built, before it is in the outbox."""

    meeting: Meeting
    lists: Lists
    letters: tuple[tuple[staff.Composed, list[str]], ...]  # each with the references that its list has
    changes: Mapping[date, date | None]
    kept_apart: Sequence[sa.RowMapping]


def prepare(office: Office, tx: Transaction, meeting: Meeting) -> Prepared:
    """Read and build everything; changes nothing, and with many referrals takes minutes."""
    lists = lists_for(tx, meeting)
    letters = tuple(_composed(office, tx, meeting, mine) for mine in digests(office, tx, meeting, lists))
    return Prepared(meeting, lists, letters, tx.meetings.changes(), tx.referrals.kept_apart())


def _composed(office: Office, tx: Transaction, meeting: Meeting, mine: Mine) -> tuple[staff.Composed, list[str]]:
    letter = staff.compose(
        office, tx, "digest", mine.address, mine.facts, cause=cause(meeting), attachments=mine.attachments
    )
    return letter, [row["reference"] for row in mine.lists.for_review]


def still_holds(tx: Transaction, prepared: Prepared) -> bool:
    """Whether the same referrals are for review as they stood then, and nobody may see less or more.

    What came meanwhile is news for the next list, as if the mail had come just after the digest.
    """
    return (
        lists_for(tx, prepared.meeting).for_review == prepared.lists.for_review
        and tx.meetings.changes() == prepared.changes
        and tx.referrals.kept_apart() == prepared.kept_apart
    )


def send(tx: Transaction, prepared: Prepared) -> None:
    """Write the digest of one meeting into the outbox, for each of staff, and put its referrals on the list."""
    meeting, lists = prepared.meeting, prepared.lists
    for letter, given in prepared.letters:
        letter_id = staff.put(tx, letter)
        # who had what before them, for the record
        tx.audit.add("digest_written", letter_id=letter_id, meeting=meeting.date.isoformat(), listed=given)
    for row in lists.new:
        tx.referrals.move(row["id"], State.QUEUED, State.ON_LIST)
    for row in lists.carried_over:
        tx.referrals.change(row["id"], meeting=meeting.date)


def cause(meeting: Meeting) -> str:
    return f"meeting:{meeting.date.isoformat()}"


def write(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> Iterator[Letter]:
    """The digest as it goes to each member of staff, but for the code that proves their answer; changes nothing."""
    for mine in digests(office, tx, meeting, lists):
        yield office.letters.write(
            "digest", mine.address, mine.facts, cause=cause(meeting), now=tx.now, attachments=mine.attachments
        )


def digests(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> Iterator[Mine]:
    """What each of staff is given; those who may see the same are given the same list, which is made once."""
    made: dict[tuple[int, ...], Attachment] = {}
    in_rows: dict[tuple[int, ...], Attachment] = {}
    want_rows = {address.lower() for address in office.settings.staff.rows}
    for address in office.settings.staff.addresses:
        seen = lists.seen_by(office, address)
        key = tuple(row["id"] for row in seen.for_review)
        if key not in made:
            made[key] = _attached(meeting, "docx", _WORD_FILE, review_list_of(office, tx, meeting, seen))
        if address.lower() in want_rows and key not in in_rows:
            in_rows[key] = _attached(meeting, "xlsx", rows.MEDIA_TYPE, rows_of(office, tx, meeting, seen))
        also = (in_rows[key],) if address.lower() in want_rows else ()
        yield Mine(address, seen, facts_of(office, tx, meeting, seen, address), (made[key], *also))


def _attached(meeting: Meeting, ending: str, media_type: str, data: bytes) -> Attachment:
    return Attachment(f"review-list-{meeting.date.isoformat()}.{ending}", media_type, data)


def facts_of(office: Office, tx: Transaction, meeting: Meeting, lists: Lists, address: str | None) -> DigestFacts:
    """What the digest says to one member of staff, without the name of anybody referred; None: with everything."""
    account = ledger.of(tx)
    kinds = tx.mails.count_by_kind(meeting.digest_at - timedelta(days=7))
    old, oldest = _old_enquiries(office, tx)
    return DigestFacts(
        meeting=meeting,
        form_version=office.form.version,
        criteria_dated=office.published.dated,
        mails=account.mails,
        accounted_for=account.accounted_for,
        late=tx.now - meeting.digest_at > _LATE,
        meeting_passed=tx.now >= meeting.starts_at,
        new=listed(tx, lists.new),
        carried_over=listed(tx, lists.carried_over, lists.last),
        waiting=listed(tx, lists.waiting, lists.last),
        missed_cut_off=listed(tx, lists.missed_cut_off),
        put_off=listed(tx, lists.put_off),
        decided=listed(tx, lists.decided),
        needs_a_person=tuple(_needs(office, tx, address)),
        failed_letters=tuple(_failed(office, tx, address)),
        old_enquiries=old,
        oldest_enquiry=oldest,
        filed=sum(kinds.get(kind, 0) for kind in _FILED),
    )


def _old_enquiries(office: Office, tx: Transaction) -> tuple[int, timedelta]:
    """How many forms were asked for and have not come back in long, and how long the oldest."""
    limit = timedelta(days=office.settings.referrals.old_enquiry_days)
    ages = [tx.now - row["asked_at"] for row in tx.enquiries.waiting()]
    old = [age for age in ages if age > limit]
    return len(old), max(old, default=timedelta())


def _needs(office: Office, tx: Transaction, address: str | None) -> Iterator[Waiting]:
    """What needs a person, but for what is about a referral that this one may not see."""
    nobodys = not office.settings.staff.lead
    for row in tx.needs.waiting():
        unassigned = row["why"] == restricting.WHY and nobodys
        if unassigned or _may_see(office, tx, row["referral_id"], address):
            yield Waiting(row["id"], row["words"], tx.now - row["opened_at"])


def _failed(office: Office, tx: Transaction, address: str | None) -> Iterator[FailedLetter]:
    """Letters in trouble, but for drafts and for what is about a referral that this one may not see."""
    words = {LetterState.IN_DOUBT: "may not have gone", LetterState.HELD: "held for a person"}
    for row in tx.letters.troubled():
        if _is_draft(row) or not _may_see(office, tx, row["referral_id"], address):
            continue
        reference = tx.referrals.by_id(row["referral_id"])["reference"] if row["referral_id"] else ""
        to = row["recipient"] if row["name"] == "digest" else ""
        yield FailedLetter(row["name"], reference, row["note"] or words.get(row["state"], "not delivered"), to)


def _may_see(office: Office, tx: Transaction, referral_id: int | None, address: str | None) -> bool:
    if referral_id is None or address is None:
        return True
    return may_see(office.settings.staff, tx.referrals.by_id(referral_id), address)


def _is_draft(row: sa.RowMapping) -> bool:
    return row["state"] == LetterState.HELD and "Drafts" in (row["note"] or "")


def review_list_of(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> bytes:
    """The review list as a Word document: a front page, then a page a referral."""
    entries = (entry(office, tx, row, lists) for row in lists.for_review)
    return reviewlist.write(meeting, entries, office.form, office.settings, made_at=tx.now, published=office.published)


def rows_of(office: Office, tx: Transaction, meeting: Meeting, lists: Lists) -> bytes:
    """The same as a spreadsheet."""
    entries = (entry(office, tx, row, lists) for row in lists.for_review)
    return rows.write(meeting, entries, office.form, office.settings, made_at=tx.now)
