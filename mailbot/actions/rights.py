"""What the law gives a time for: one month to answer who asks for what is held on them, 72 hours to report a breach."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from mailbot import wording
from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.asking import speaks_of_danger
from mailbot.store import Transaction
from mailbot.understood import Understood

_BREACH = timedelta(hours=72)  # UK GDPR article 33(1), from when it is known


def ask(office: Office, tx: Transaction, understood: Understood, words: str, *, breach: bool) -> None:
    """Staff and information governance are told, with the time that runs; nothing read from a breach is kept (F11)."""
    if breach and understood.known.readings:
        tx.mails.keep_readings(understood.mail_id, [])
        words = f"{words} What its files were read as has been thrown away."
    told = f"{words} {_clock(office, tx, understood, breach=breach)}"
    people.ask(office, tx, "governance", told, understood=understood)
    if danger := speaks_of_danger(understood.mail, understood.known):
        people.ask(office, tx, "danger", f"The mail {danger.words}.", understood=understood)


def _clock(office: Office, tx: Transaction, understood: Understood, *, breach: bool) -> str:
    """From when the time runs and when it ends, in words; both are recorded."""
    zone = office.settings.meeting.zone
    if breach:
        tx.audit.add("breach_clock", mail_id=understood.mail_id, found=tx.now.isoformat())
        return f"Found on {wording.when(tx.now, zone)}; 72 hours end on {wording.when(tx.now + _BREACH, zone)}."
    received: date = understood.came_at.astimezone(zone).date()
    due = _a_month_after(received)  # UK GDPR article 12(3)
    tx.audit.add("request_received", mail_id=understood.mail_id, on=received.isoformat(), due=due.isoformat())
    return f"Received on {wording.plain_date(received)}; one month ends on {wording.plain_date(due)}."


def _a_month_after(day: date) -> date:
    """The same day of the next month, or its last where it has none."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
