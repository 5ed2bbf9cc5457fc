"""Thanks, and nothing else: filed, never answered (C8)."""

from __future__ import annotations

from mailbot.actions import Office
from mailbot.asking import only_thanks
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Every line is thanks, above at most a signature; any sentence more, and a person reads it."""
    return (Why("only_thanks", "says thank you and nothing else"),) if only_thanks(mail, known) else None


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing: it is kept and filed."""
    del office, tx, understood
