"""A meeting that is not as usual: skipped, moved or kept by a person, and what that does to its referrals (D7)."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.meeting import following, meeting_on
from mailbot.referral import OPEN
from mailbot.store import Transaction
from parsers import dates

_WEEK = timedelta(days=7)


def decide(office: Office, tx: Transaction, need: sa.RowMapping, decision: str, said: str, by: str) -> str:
    """What a person answers about a meeting on a bank holiday; says what follows. Raises UserError."""
    day = tx.meetings.day_of(need["id"])
    if day is None:
        raise UserError(f"Item {need['id']} is not about a meeting.")
    return change(office, tx, day, decision, said, by)


def change(office: Office, tx: Transaction, day: date, decision: str, said: str, by: str) -> str:
    """Skip, move or keep the meeting of its usual day; its referrals go where it goes. Raises UserError."""
    zone = office.settings.meeting.zone
    was = tx.meetings.changes().get(day, day)
    held = {"skip": None, "keep": day}[decision] if decision != "move" else _moved(office, tx, day, said)
    if was is not None and meeting_on(was, office.settings.meeting).starts_at <= tx.now:
        raise UserError(f"The meeting on {wording.full_date(was, zone)} has begun; it can no longer be changed.")
    tx.meetings.decide(day, decision, held, by)
    tx.audit.add("meeting_decided", actor=by, day=day.isoformat(), decision=decision)
    target = held or following(day, office.settings.meeting, tx.meetings.changes())
    _take_along(tx, was or day, target)
    if held is None:
        return (
            f"there is no meeting on {wording.full_date(day, zone)}; the next is on {wording.full_date(target, zone)}."
        )
    return f"the meeting is on {wording.full_date(held, zone)}."


def _take_along(tx: Transaction, was: date, target: date) -> None:
    for row in tx.referrals.in_states(OPEN):
        if row["meeting"] == was != target:
            tx.referrals.change(row["id"], meeting=target)


def _moved(office: Office, tx: Transaction, day: date, said: str) -> date:
    """The day a meeting is moved to: between the meetings before and after it, and still to come."""
    zone = office.settings.meeting.zone
    found = dates.day(said).value
    if not isinstance(found, str):
        raise UserError(f"Say which day, as in `move {wording.plain_date(day + timedelta(days=1))}`.")
    to = date.fromisoformat(found)
    if not day - _WEEK < to < day + _WEEK or to == day:
        raise UserError(f"{wording.full_date(to, zone)} is not within a week of {wording.full_date(day, zone)}.")
    if meeting_on(to, office.settings.meeting).starts_at <= tx.now:
        raise UserError(f"{wording.full_date(to, zone)} has passed.")
    if name := office.bank_holidays.name_of(to):
        raise UserError(f"{wording.full_date(to, zone)} is a bank holiday too ({name}).")
    return to
