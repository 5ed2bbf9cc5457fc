"""Bounces, delays and receipts: they change the state of the letter they speak of, and nothing else (rule 6)."""

from __future__ import annotations

from mailbot.actions import Office, delivery, people
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why

_BOUNCERS = ("mailer-daemon@", "postmaster@", "mailerdaemon@")


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """A report part (RFC 3464, RFC 8098), or a mail server's own letter about one of ours."""
    if mail.report is not None:
        return (
            Why(
                "report",
                f"is a delivery report: {mail.report.action or 'action not said'} {mail.report.status}".rstrip(),
            ),
        )
    if mail.sender.address.startswith(_BOUNCERS) and known.our_letters:
        return (Why("mail_server_about_our_letter", "a mail server writes about one of our letters"),)
    return None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """A failure marks our letter and asks a person to telephone; a delay or a receipt is only noted."""
    report = understood.mail.report
    if report is not None and not report.failed:
        tx.audit.add("report_noted", mail_id=understood.mail_id, action=report.action)
        return
    if not understood.known.our_letters:
        people.ask(
            office,
            tx,
            "bounce_unknown",
            "A mail was not delivered, and it is not one of mailbot's letters.",
            understood=understood,
        )
        return
    for letter in understood.known.our_letters:
        delivery.not_delivered(office, tx, letter, understood, report.status if report else "")
