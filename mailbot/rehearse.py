"""A rehearsal: mails handled for real in a store that lives in memory, so that what would be done can be said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mailbot.act import Actor
from mailbot.actions import Office, people
from mailbot.clock import Clock, SystemClock
from mailbot.read import Reader
from mailbot.store import LetterState, MailState, Store
from mailbot.store.mails import Arrived
from parsers import Reading


class Rehearsal:
    """A fresh mailbox in memory; each mail that is explained is known when the next one comes."""

    def __init__(self, office: Office, clock: Clock | None = None) -> None:
        self._office = office
        self._clock = clock or SystemClock()
        self._store = Store("sqlite://")
        self._store.upgrade()
        self._actor = Actor(office, self._store, self._clock, _nobody, _nobody)
        self._reader = Reader(office.settings, self._store, self._clock, _nobody)
        self._count = 0

    def explain(self, raw: bytes) -> dict[str, Any]:
        """The object of `mailbot explain --json`, without the file's name."""
        self._count += 1
        mailbox = self._office.settings.mailbox.address
        with self._store.transaction(self._clock.now()) as tx:
            arrived = Arrived(self._count, self._clock.now(), len(raw), MailState.NEW, raw)
            tx.mails.keep(mailbox, "INBOX", "inbox", 1, [arrived])
        while self._actor.step() or self._reader.step():
            pass
        found = self._found(self._count)
        self._send()
        return found

    def _send(self) -> None:
        """What has been written counts as sent when the next mail comes, so that a bounce of it is understood."""
        with self._store.transaction(self._clock.now()) as tx:
            for letter in tx.letters.take(100, timedelta(minutes=1)):
                tx.letters.begin(letter.id, timedelta(minutes=1))
                tx.letters.finish(letter.id, LetterState.SENT)

    def _found(self, mail_id: int) -> dict[str, Any]:
        with self._store.look(self._clock.now()) as tx:
            row = tx.mails.get(mail_id)
            why = [why["words"] for why in row["why"] or ()]
            if row["state"] == MailState.SET_ASIDE:
                why = [
                    f"would be set aside, and staff told: a fault of mailbot's own ({people.fault_in(row['error'])})"
                ]
            needs = tx.needs.waiting(mail_id)
            letters: dict[str, list[str]] = {}
            for letter in tx.letters.of_mail(mail_id):
                letters.setdefault(letter["name"], []).append(letter["recipient"])
            return {
                "kind": row["kind"] or row["state"],
                "why": why,
                "needs_person": row["state"] in (MailState.NEEDS_PERSON, MailState.SET_ASIDE),
                "urgent": any(need["why"] in people.URGENT for need in needs),
                "letters": [{"letter": name, "to": to} for name, to in letters.items()],
                "references": list(tx.mails.references_of(mail_id)),
                "forms": [Reading.from_json(one).shown() for one in tx.mails.readings(mail_id) or ()],
            }


def _nobody() -> None:
    """Nobody waits for a bell in a rehearsal."""
