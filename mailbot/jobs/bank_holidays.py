"""Meetings that fall on a bank holiday: staff are asked in time whether to skip, move or keep them (D7)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import takewhile

from mailbot import wording
from mailbot.actions import Office, people
from mailbot.meeting import regular_days
from mailbot.store import Transaction


def to_ask(office: Office, tx: Transaction) -> list[date]:
    """The days of coming meetings that are bank holidays and that nobody has been asked about."""
    rules = office.settings.meeting
    today = tx.now.astimezone(rules.zone).date()
    last = today + timedelta(days=rules.bank_holiday_notice_days)
    days = takewhile(lambda day: day <= last, regular_days(today + timedelta(days=1), rules))
    holidays = [day for day in days if office.bank_holidays.name_of(day)]
    return [day for day in holidays if day not in tx.meetings.asked()] if holidays else []


def ask(office: Office, tx: Transaction) -> int:
    """Ask staff about each of them, once; says how many there were. Unanswered, the meeting stays where it is."""
    days = to_ask(office, tx)
    for day in days:
        words = (
            f"The meeting on {wording.full_date(day, office.settings.meeting.zone)} falls on a bank holiday "
            f"({office.bank_holidays.name_of(day)}). Skip it, move it or keep it? If nobody says, it is kept."
        )
        need_id = people.ask(office, tx, "bank_holiday", words, again=True)
        assert need_id is not None
        tx.meetings.ask(day, need_id)
    return len(days)
