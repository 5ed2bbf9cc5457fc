"""What the meeting recorded for each referral, and who approved telling it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailbot.store.tables import outcome

_WAITS = sa.and_(outcome.c.approved_at.is_(None), outcome.c.taken_back_by.is_(None))


class RecordedOutcomes:
    """Recorded outcomes, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def record(
        self, referral_id: int, outcome_id: str, recorded: Mapping[str, Any], by: str, corrects: int | None = None
    ) -> int:
        """Keep what was decided; `corrects` is the outcome that was told and is wrong, which is kept too."""
        row = {
            "referral_id": referral_id,
            "outcome": outcome_id,
            "recorded": dict(recorded),
            "recorded_by": by,
            "recorded_at": self._now,
            "corrects": corrects,
        }
        return int(self._connection.execute(sa.insert(outcome).values(row).returning(outcome.c.id)).scalar_one())

    def get(self, outcome_id: int) -> sa.RowMapping:
        return self._connection.execute(sa.select(outcome).where(outcome.c.id == outcome_id)).mappings().one()

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """The outcomes of a referral, oldest first."""
        query = sa.select(outcome).where(outcome.c.referral_id == referral_id).order_by(outcome.c.id)
        return self._connection.execute(query).mappings().all()

    def waiting(self, referral_id: int | None = None) -> Sequence[sa.RowMapping]:
        """Those that nobody has approved or taken back, oldest first; of one referral where it is given."""
        query = sa.select(outcome).where(_WAITS).order_by(outcome.c.id)
        if referral_id is not None:
            query = query.where(outcome.c.referral_id == referral_id)
        return self._connection.execute(query).mappings().all()

    def to_approve(self, referral_id: int) -> sa.RowMapping | None:
        """The oldest outcome that nobody has approved or taken back."""
        return next(iter(self.waiting(referral_id)), None)

    def told(self, referral_id: int) -> sa.RowMapping | None:
        """The newest outcome that was approved, so that a letter went or somebody telephoned."""
        return next((row for row in reversed(self.of_referral(referral_id)) if row["approved_at"]), None)

    def saw(self, outcome_id: int, who: str, letter: str) -> None:
        """Somebody was shown the letter of this outcome; `letter` is the mark of its exact text."""
        seen = {**(self.get(outcome_id)["seen"] or {}), who: letter}
        self._connection.execute(sa.update(outcome).where(outcome.c.id == outcome_id).values(seen=seen))

    def change(self, outcome_id: int, recorded: Mapping[str, Any]) -> None:
        """How it is told, such as `secure`; what was decided is never changed, but recorded anew."""
        self._connection.execute(sa.update(outcome).where(outcome.c.id == outcome_id).values(recorded=dict(recorded)))

    def approve(self, outcome_id: int, by: str, letter_id: int | None) -> bool:
        """Whether it was not yet approved, and now is; without a letter where somebody tells it by telephone."""
        update = sa.update(outcome).where(outcome.c.id == outcome_id, _WAITS)
        values = {"approved_by": by, "approved_at": self._now, "letter_id": letter_id}
        return self._connection.execute(update.values(values)).rowcount == 1

    def take_back(self, outcome_id: int, by: str) -> None:
        self._connection.execute(sa.update(outcome).where(outcome.c.id == outcome_id).values(taken_back_by=by))
