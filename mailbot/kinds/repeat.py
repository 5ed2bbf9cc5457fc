"""The same mail once more: the same bytes, or the same Message-ID with the same new words and files (B31)."""

from __future__ import annotations

from mailbot.actions import Office
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Seen before; asking again in a new mail is not a repeat."""
    del mail
    if known.same_as is None:
        return None
    return (Why("same_as_before", f"is the same as mail {known.same_as}"),)


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing: the first one was, or will be, handled."""
    del office, tx, understood
