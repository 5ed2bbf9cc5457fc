"""One referral as the digest and the review list have it: where it stands, what is new about it, what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import Office, attendance, deferrals, standing
from mailbot.actions.advice import checks_of
from mailbot.actions.referrals import gaps_of
from mailbot.letters import Listed
from mailbot.meeting import Meeting
from mailbot.referral import State
from mailbot.reviewlist import Entry
from mailbot.sight import is_restricted, may_see
from mailbot.store import Transaction

#: what the audit trail calls it -> what the meeting is told
_CHANGES = {
    "form_corrected": "a corrected form came",
    "information_added": "more information came",
    "joined": "a mail was put with it",
    "answer_confirmed": "answers were checked",
    "answers_confirmed": "answers were checked",
    "withdrawal_asked": "its withdrawal was asked for",
    "referrer_confirmed": "the referrer's address was confirmed",
}
#: what a mail brought, by its kind
_BROUGHT = {"returned_form": "form", "more_information": "more information", "withdrawal": "withdrawal",
            "calendar_reply": "answer to the invitation"}  # fmt: skip


@dataclass(frozen=True)
class Lists:
    """The referrals of one digest, by where they stand."""

    new: Sequence[sa.RowMapping]
    carried_over: Sequence[sa.RowMapping]
    waiting: Sequence[sa.RowMapping]
    missed_cut_off: Sequence[sa.RowMapping]
    put_off: Sequence[sa.RowMapping]  # until a day that is later than this meeting
    decided: Sequence[sa.RowMapping]  # the referrer has not been told yet
    last: datetime | None = None  # when the list before this one was written

    @property
    def for_review(self) -> list[sa.RowMapping]:
        """What the meeting looks at, in the order it came."""
        return sorted([*self.new, *self.carried_over, *self.waiting], key=lambda row: row["id"])

    def seen_by(self, office: Office, address: str) -> Lists:
        """What of it this member of staff may see (F5, G8)."""
        return replace(
            self,
            new=_seen(self.new, office, address),
            carried_over=_seen(self.carried_over, office, address),
            waiting=_seen(self.waiting, office, address),
            missed_cut_off=_seen(self.missed_cut_off, office, address),
            put_off=_seen(self.put_off, office, address),
            decided=_seen(self.decided, office, address),
        )


def _seen(rows: Sequence[sa.RowMapping], office: Office, address: str) -> list[sa.RowMapping]:
    return [row for row in rows if may_see(office.settings.staff, row, address)]


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
        last=before["written_at"] if (before := tx.letters.last_left("digest")) else None,
    )


def listed(tx: Transaction, rows: Sequence[sa.RowMapping], since: datetime | None = None) -> tuple[Listed, ...]:
    """Lines of the digest; with `since`, each says what has changed."""
    return tuple(
        Listed(
            row["reference"],
            row["received_at"],
            tx.now - (row["waiting_since"] or row["received_at"]),
            _organisation(tx, row["id"]),
            "; ".join(words for words in (standing.in_short(tx, row), attendance.in_short(tx, row)) if words),
            late=row["missed_cut_off"],
            changed=tuple(dict.fromkeys(words for _, words in _changes(tx, row["id"], since))) if since else (),
        )
        for row in rows
    )


def entry(office: Office, tx: Transaction, row: sa.RowMapping, lists: Lists) -> Entry:
    """A page of the review list."""
    missing, unclear = gaps_of(office, tx, row["id"])
    is_new = row["state"] == State.QUEUED
    status = {State.QUEUED: "New", State.ON_LIST: "Carried over"}.get(row["state"]) or standing.waits(tx, row)
    return Entry(
        reference=row["reference"],
        received_at=row["received_at"],
        status=status,
        late=row["missed_cut_off"],
        answers=tx.referrals.answers(row["id"]),
        missing=missing,
        unclear=unclear,
        waiting_since=row["waiting_since"],
        waited=_waited(tx, row, is_new=is_new),
        checks=checks_of(office, tx, row),
        attendance="\n".join(attendance.lines(office, tx, row)),
        papers=tuple(_papers(office, tx, row)),
        contact=tuple(_contact(office, tx, row)),
        notes=(
            *standing.notes(office, tx, row),
            *_notes(office, tx, row, None if is_new else lists.last),
        ),
    )


def _waited(tx: Transaction, row: sa.RowMapping, *, is_new: bool) -> timedelta | None:
    return None if is_new else tx.now - (row["waiting_since"] or row["received_at"])


def _organisation(tx: Transaction, referral_id: int) -> str:
    answer = tx.referrals.answer(referral_id, "r_org")
    return str(answer.value or "") if answer else ""


def _changes(tx: Transaction, referral_id: int, since: datetime | None) -> Iterator[tuple[datetime, str]]:
    """What came or was done since a moment, oldest first."""
    for event in tx.audit.of_referral(referral_id):
        if since and event["at"] > since and event["what"] in _CHANGES:
            yield event["at"], _CHANGES[event["what"]]


def _notes(office: Office, tx: Transaction, row: sa.RowMapping, since: datetime | None) -> Iterator[str]:
    zone = office.settings.meeting.zone
    if changes := dict.fromkeys(
        f"{words} on {wording.short_date(at, zone)}" for at, words in _changes(tx, row["id"], since)
    ):
        yield f"Changed since the last list: {'; '.join(changes)}."
    if is_restricted(row):
        yield f"Restricted: seen only by {', '.join(row['only_for']) or 'the lead'}. Do not pass this page on."
    if row["not_for"]:
        yield f"Kept from: {', '.join(row['not_for'])}."


def _papers(office: Office, tx: Transaction, row: sa.RowMapping) -> Iterator[str]:
    """What came for it by mail: when, and what of, without the words of a subject."""
    for mail in tx.mails.of_referral(row["id"]):
        what = _BROUGHT.get(mail["kind"] or "", "mail")
        yield f"{what}, {wording.short_date(mail['came_at'], office.settings.meeting.zone)}"


def _contact(office: Office, tx: Transaction, row: sa.RowMapping) -> Iterator[str]:
    """What came before: the form asked for, and outcomes already told."""
    zone = office.settings.meeting.zone
    for asked in tx.enquiries.of_referral(row["id"]):
        yield f"asked for the form on {wording.short_date(asked['asked_at'], zone)}"
    for told in tx.outcomes.of_referral(row["id"]):
        if told["approved_at"] and told["outcome"] in office.outcomes:
            name = office.outcomes[told["outcome"]].name
            yield f"{name}, told on {wording.short_date(told['approved_at'], zone)}"
