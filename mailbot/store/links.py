"""Links between referrals that are about one person: for staff, never for referrers (B30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from mailbot.store.tables import link


class Links:
    """Links, through one transaction; each stands once, whichever of the two is named first."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def add(self, one: int, other: int, why: str, by: str) -> bool:
        """Whether it is new: what a person has undone is not made again."""
        if self._connection.execute(sa.select(link.c.why).where(_between(one, other))).first():
            return False
        row = {"referral_id": max(one, other), "other_id": min(one, other), "why": why, "made_by": by}
        self._connection.execute(sa.insert(link).values({**row, "made_at": self._now}))
        return True

    def undo(self, one: int, other: int, by: str) -> bool:
        """Whether there was a link, which counts no more."""
        update = sa.update(link).where(_between(one, other), link.c.undone_by.is_(None))
        return self._connection.execute(update.values(undone_by=by)).rowcount == 1

    def of(self, referral_id: int) -> Sequence[tuple[int, str]]:
        """The referrals linked with one, oldest first, each with why."""
        either = sa.or_(link.c.referral_id == referral_id, link.c.other_id == referral_id)
        rows = self._connection.execute(sa.select(link).where(either, link.c.undone_by.is_(None))).mappings()
        return sorted(
            (row["other_id"] if row["referral_id"] == referral_id else row["referral_id"], row["why"]) for row in rows
        )


def _between(one: int, other: int) -> sa.ColumnElement[bool]:
    return sa.and_(link.c.referral_id == max(one, other), link.c.other_id == min(one, other))
