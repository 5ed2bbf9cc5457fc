"""Reminders to staff of what has needed a person for long."""

from __future__ import annotations

from datetime import timedelta

from mailbot.actions import Office, people
from mailbot.store import Transaction


def send(office: Office, tx: Transaction) -> int:
    """Remind of everything older than the setting, at most once in that time; says how many there were."""
    before = tx.now - timedelta(hours=office.settings.staff.remind_after_hours)
    old = tx.needs.to_remind(before)
    for need in old:
        people.remind(office, tx, need)
    return len(old)
