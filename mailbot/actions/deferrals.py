"""Deferred referrals come back by themselves on their day; without a day they stay on every list (C10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.deferral import comes_back_on
from mailbot.errors import UserError
from mailbot.referral import State
from mailbot.store import Transaction

WHY = "put_off_without_date"


def day_of(office: Office, outcomes: Iterable[sa.RowMapping]) -> date | None:
    """The first day that the words of deferrals name, read on the day each was recorded."""
    zone = office.settings.meeting.zone
    days = (comes_back_on(_words(row), row["recorded_at"].astimezone(zone).date()) for row in outcomes)
    return min((day for day in days if day), default=None)


def settle(office: Office, tx: Transaction, referral_id: int) -> None:
    """Ask staff for the day where a deferral has none; what was asked of one that has moved on is closed."""
    referral = tx.referrals.by_id(referral_id)
    if is_without_day(referral):
        words = f"{referral['reference']} was put off until “{waits_for(tx, referral)}”, which is no single day."
        words += " On which day should it come back? Until you say, it stays on every review list."
        people.ask(office, tx, WHY, words, referral_id=referral_id)
    else:
        _close(tx, referral_id)


def is_without_day(referral: sa.RowMapping) -> bool:
    """Whether it was put off until something that has no date."""
    return referral["state"] == State.DEFERRED and referral["until"] is None


def waits_for(tx: Transaction, referral: sa.RowMapping) -> str:
    """What the meeting put it off until, in its words; nothing where it is not put off."""
    if referral["state"] != State.DEFERRED:
        return ""
    told = [row for row in tx.outcomes.of_referral(referral["id"]) if row["outcome"] == "defer" and row["approved_at"]]
    return _words(told[-1]) if told else ""


def set_day(office: Office, tx: Transaction, referral: sa.RowMapping, words: str, by: str) -> str:
    """A person says on which day a deferred referral comes back; says what was done. Raises UserError."""
    if referral["state"] != State.DEFERRED:
        raise UserError(
            f"{referral['reference']} is {referral['state']}, not put off: there is no day to set. To put it off, "
            f"write “{referral['reference']}: defer until {words}, who leads, reason: ...”."
        )
    day = comes_back_on(words, tx.now.astimezone(office.settings.meeting.zone).date())
    if day is None:
        raise UserError(f"“{words}” is no single day to come: write it as in “until 14 January 2027”.")
    tx.referrals.change(referral["id"], until=day)
    tx.audit.add("comes_back_on", actor=by, referral_id=referral["id"], day=day.isoformat())
    _close(tx, referral["id"])
    return f"{referral['reference']} comes back on {wording.plain_date(day)}."


def any_due(tx: Transaction, meeting: date) -> bool:
    """Whether anything is to be brought back by then, or to be asked about."""
    put_off = tx.referrals.in_states([State.DEFERRED])
    return any(row["until"] is None or row["until"] <= meeting for row in put_off)


def bring_back(office: Office, tx: Transaction, meeting: date) -> None:
    """Put what is due by then on the list of this meeting; ask for the days that are still missing."""
    for row in tx.referrals.in_states([State.DEFERRED]):
        if row["until"] is None:
            settle(office, tx, row["id"])
        elif row["until"] <= meeting:
            tx.referrals.move(row["id"], State.DEFERRED, State.QUEUED, meeting=meeting, until=None)
            tx.audit.add("came_back", referral_id=row["id"])


def _words(outcome: sa.RowMapping) -> str:
    return str(outcome["recorded"].get("until", ""))


def _close(tx: Transaction, referral_id: int) -> None:
    for need in tx.needs.waiting():
        if need["why"] == WHY and need["referral_id"] == referral_id:
            tx.needs.close(need["id"], "mailbot", "no longer put off without a day")
