"""The canary: a letter to ourselves that proves the whole road, from the outbox through both servers to the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.actions.office import Office
from mailbot.letters import CanaryFacts
from mailbot.store import LetterState, Transaction

NAME = "canary"
_BACK = "canary_back"  # the number of the last one that came back


def is_due(office: Office, tx: Transaction) -> bool:
    """Only where letters really leave, and none is on its way."""
    hours = office.settings.alarms.canary_hours
    if office.settings.mode != "send" or not hours or tx.switches.get("paused"):
        return False
    last = tx.letters.last_left(NAME)
    return last is None or abs(tx.now - last["written_at"]) >= timedelta(hours=hours)


def send(office: Office, tx: Transaction) -> bool:
    """Put one into the outbox; False where another process did so in this minute."""
    cause, address = f"canary:{tx.now:%Y-%m-%dT%H:%M}", office.settings.mailbox.address
    return (
        tx.letters.put(office.letters.write(NAME, address, CanaryFacts(), cause=cause, now=tx.now), cause) is not None
    )


def came_back(office: Office, tx: Transaction, mark: str) -> None:
    """One of our letters stands in the mailbox; where it is a canary, its road is whole."""
    for row in tx.letters.with_mark(mark, [office.settings.mailbox.address.lower()]):
        if row["name"] == NAME and row["id"] > int(tx.switches.get(_BACK) or 0):
            tx.switches.put(_BACK, str(row["id"]))


def missing_since(office: Office, tx: Transaction) -> datetime | None:
    """When the last canary left, if it should be back by now and none since it is."""
    last = tx.letters.last_left(NAME)
    if last is None or last["state"] != LetterState.SENT or last["id"] <= int(tx.switches.get(_BACK) or 0):
        return None
    late = timedelta(minutes=office.settings.alarms.canary_minutes)
    sent_at: datetime = last["sent_at"]
    return sent_at if tx.now - sent_at >= late else None
