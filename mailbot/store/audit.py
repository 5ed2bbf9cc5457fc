"""The audit trail: who did what, when, to what; appended to, never changed, and free of personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailbot.store.tables import event

#: the actor of what mailbot does by itself
MAILBOT = "mailbot"


_ADD = sa.insert(event)


class Audit:
    """Events, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._waiting: list[dict[str, Any]] = []

    def add(
        self,
        what: str,
        *,
        actor: str = MAILBOT,
        mail_id: int | None = None,
        letter_id: int | None = None,
        referral_id: int | None = None,
        **detail: Any,
    ) -> None:
        """Append one event, when this transaction ends; `detail` must hold no personal data."""
        self._waiting.append(
            {
                "at": self._now,
                "actor": actor,
                "what": what,
                "mail_id": mail_id,
                "letter_id": letter_id,
                "referral_id": referral_id,
                "detail": detail,
            }
        )

    def write(self) -> None:
        """Append what was added until now: all of it at once costs one question to the database."""
        if self._waiting:
            self._connection.execute(_ADD, self._waiting)
            self.forget()

    def forget(self) -> None:
        """Leave out what was added since: it has not happened."""
        self._waiting = []

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """The events of one referral, oldest first."""
        self.write()
        query = sa.select(event).where(event.c.referral_id == referral_id).order_by(event.c.id)
        return self._connection.execute(query).mappings().all()

    def of_letter(self, letter_id: int) -> Sequence[sa.RowMapping]:
        """The events of one letter, oldest first."""
        self.write()
        query = sa.select(event).where(event.c.letter_id == letter_id).order_by(event.c.id)
        return self._connection.execute(query).mappings().all()

    def newest(self, most: int) -> Sequence[sa.RowMapping]:
        """The newest events of all, oldest first."""
        self.write()
        query = sa.select(event).order_by(event.c.id.desc()).limit(most)
        return list(reversed(self._connection.execute(query).mappings().all()))
