"""Events in people's calendars: made, changed and cancelled, each time with the one letter that says so."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from mailbot.actions.office import Office
from mailbot.invitations import Event, written
from mailbot.letters import InvitationFacts
from mailbot.meeting import meeting_on
from mailbot.store import LetterState, Transaction
from mailbot.store.invitations import CANCELLED, NO_ANSWER

_PARTSTAT = {"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE"}
_NEVER_SEEN = (LetterState.CANCELLED, LetterState.FAILED)
_OWN_TIME = 15  # minutes, where a person gives somebody a time and the settings know no slots


@dataclass(frozen=True)
class Times:
    """When and where somebody is expected: what an invitation says."""

    day: date
    slot: int | None
    starts_at: datetime
    ends_at: datetime
    place: str


def times_of(office: Office, day: date, slot: int | None) -> Times:
    """For the meeting of a day; `slot` in minutes after its start, or None for all of it."""
    rules = office.settings.meeting
    starts_at = meeting_on(day, rules).starts_at + timedelta(minutes=slot or 0)
    minutes = rules.length_minutes if slot is None else rules.slot_minutes or _OWN_TIME
    place = f"{rules.place}; or dial in: {rules.dial_in}" if rules.dial_in else rules.place
    return Times(day, slot, starts_at, starts_at + timedelta(minutes=minutes), place)


def said(row: sa.RowMapping) -> Times:
    """What was last said to somebody."""
    return Times(row["day"], row["slot"], row["starts_at"], row["ends_at"], row["place"])


def make(
    office: Office, tx: Transaction, referral_id: int, recipient: str, times: Times, **more: object
) -> sa.RowMapping:
    """A new event in somebody's calendar. Its UID cannot be guessed: whoever answers it has seen it."""
    domain = office.settings.mailbox.address.rpartition("@")[2]
    uid = f"{secrets.token_hex(16)}@{domain}"
    row = tx.invitations.add(referral_id=referral_id, recipient=recipient, uid=uid, **vars(times), **more)
    _write(office, tx, row, "new")
    _note(tx, "invited", row)
    return row


def change(office: Office, tx: Transaction, row: sa.RowMapping, times: Times, **more: object) -> bool:
    """The same event at other times or elsewhere; an answer holds for the time it was given for, and no other."""
    moved = (times.starts_at, times.ends_at) != (row["starts_at"], row["ends_at"])
    forgotten = {"answer": NO_ANSWER, "answered_at": None, "answered_by": None, "comment": None, "mail_id": None}
    now = tx.invitations.change(row, **vars(times), **(forgotten if moved else {}), **more)
    if now is None:
        return False
    if _seen(tx, row):
        _write(office, tx, now, "changed", row["starts_at"] if times.starts_at != row["starts_at"] else None)
    else:
        _write(office, tx, now, "new")
    _note(tx, "invitation_changed", now)
    return True


def cancel(office: Office, tx: Transaction, row: sa.RowMapping) -> bool:
    """The event is off; what never left needs no taking back."""
    now = tx.invitations.change(row, state=CANCELLED)
    if now is None:
        return False
    if _seen(tx, row):
        _write(office, tx, now, "cancelled")
    _note(tx, "invitation_cancelled", now)
    return True


def _note(tx: Transaction, what: str, row: sa.RowMapping) -> None:
    tx.audit.add(what, referral_id=row["referral_id"], event=row["id"], day=row["day"].isoformat())


def _seen(tx: Transaction, row: sa.RowMapping) -> bool:
    """Whether anything of the event may have left; what still waits to be sent is overtaken, and stays here."""
    causes = [_cause(row["id"], sequence) for sequence in range(row["sequence"] + 1)]
    letters = [letter["id"] for cause in causes for letter in tx.letters.of_cause(cause)]
    for letter_id in letters:
        tx.letters.settle(letter_id, LetterState.CANCELLED, [LetterState.READY], note="overtaken by a change")
    return any(tx.letters.get(letter_id)["state"] not in _NEVER_SEEN for letter_id in letters)


def _cause(event: int, sequence: int) -> str:
    return f"invitation:{event}:{sequence}"


def _write(office: Office, tx: Transaction, row: sa.RowMapping, what: str, was: datetime | None = None) -> None:
    """The letter with its event, once for each SEQUENCE (rule 5)."""
    referral = tx.referrals.by_id(row["referral_id"])
    facts = InvitationFacts(
        referral["reference"], row["starts_at"], row["ends_at"], what, was, row["slot"] is not None, row["how"]
    )
    cause = _cause(row["id"], row["sequence"])
    write = partial(office.letters.write, "invitation", row["recipient"], facts, cause=cause, now=tx.now)
    event = _event(office, row, referral["reference"], write().text)
    tx.letters.put(write(calendar=written(event, tx.now)), cause, referral_id=referral["id"])


def _event(office: Office, row: sa.RowMapping, reference: str, words: str) -> Event:
    settings = office.settings
    return Event(
        uid=row["uid"],
        sequence=row["sequence"],
        title=f"Referral meeting, {reference}",
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        zone=settings.meeting.zone,
        place=row["place"],
        words=words,
        organiser=settings.mailbox.address,
        organiser_name=f"{settings.service.name} team",
        attendee=row["recipient"],
        answer=_PARTSTAT.get(row["answer"], "NEEDS-ACTION"),
        cancelled=row["state"] == CANCELLED,
    )
