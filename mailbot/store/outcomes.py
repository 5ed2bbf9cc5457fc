"""What the meeting recorded for each referral, and who approved telling it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailbot.store.tables import outcome


class RecordedOutcomes:
    """Recorded outcomes, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def record(self, referral_id: int, outcome_id: str, recorded: Mapping[str, Any], by: str) -> int:
        row = {
            "referral_id": referral_id,
            "outcome": outcome_id,
            "recorded": dict(recorded),
            "recorded_by": by,
            "recorded_at": self._now,
        }
        return int(self._connection.execute(sa.insert(outcome).values(row).returning(outcome.c.id)).scalar_one())

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """The outcomes of a referral, oldest first."""
        query = sa.select(outcome).where(outcome.c.referral_id == referral_id).order_by(outcome.c.id)
        return self._connection.execute(query).mappings().all()

    def to_approve(self, referral_id: int) -> sa.RowMapping | None:
        """The newest outcome that nobody has approved or taken back."""
        waiting = [row for row in self.of_referral(referral_id) if not row["approved_at"] and not row["taken_back_by"]]
        return waiting[-1] if waiting else None

    def approve(self, outcome_id: int, by: str, letter_id: int) -> bool:
        """Whether it was not yet approved, and now is."""
        update = sa.update(outcome).where(outcome.c.id == outcome_id, outcome.c.approved_at.is_(None))
        update = update.where(outcome.c.taken_back_by.is_(None))
        values = {"approved_by": by, "approved_at": self._now, "letter_id": letter_id}
        return self._connection.execute(update.values(values)).rowcount == 1

    def take_back(self, outcome_id: int, by: str) -> None:
        self._connection.execute(sa.update(outcome).where(outcome.c.id == outcome_id).values(taken_back_by=by))
