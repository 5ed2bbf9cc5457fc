"""Answers that a calendar sends: who accepts, declines or proposes another time (RFC 5546); never answered."""

from __future__ import annotations

from mailbot.actions import Office, attendance
from mailbot.invitations import answer_in
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """A calendar object that answers an invitation, or Exchange's notice that one was forwarded."""
    answer = answer_in(mail, known.calendar)
    return (Why("calendar_answer", f"answers an invitation: {answer.what}"),) if answer else None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Attendance, where it answers an invitation of ours and is plain; another time or another person is for staff."""
    attendance.take(office, tx, understood)
