"""Who is invited to the meeting about a referral, and what they answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from mailbot.referral import State
from mailbot.store.tables import answer, invitation, referral

INVITED, CANCELLED = "invited", "cancelled"
NO_ANSWER = "no_answer"
_LOCK = 7209
#: the newest version of one answer of each referral
_NEWEST = (
    sa.select(answer.c.referral_id, sa.func.max(answer.c.version).label("version"))
    .where(answer.c.key == sa.bindparam("key"))
    .group_by(answer.c.referral_id)
    .subquery()
)
_ASKED = (
    sa.select(referral, answer.c.value, answer.c.confidence)
    .join(_NEWEST, _NEWEST.c.referral_id == referral.c.id)
    .join(
        answer,
        sa.and_(
            answer.c.referral_id == referral.c.id,
            answer.c.version == _NEWEST.c.version,
            answer.c.key == sa.bindparam("key"),
        ),
    )
    .where(referral.c.state.in_(sa.bindparam("states", expanding=True)), referral.c.meeting >= sa.bindparam("day"))
    .order_by(referral.c.id)
)


class Invitations:
    """Invitations, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def alone(self) -> None:
        """Until the end of the transaction nobody else invites: two must not take the same slot."""
        if self._connection.dialect.name == "postgresql":  # SQLite has one writer anyway
            self._connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def asked(self, key: str, states: Collection[State], day: date) -> Sequence[sa.RowMapping]:
        """The referrals in these states for meetings from a day on, each with its newest `value` of an answer."""
        values = {"key": key, "states": list(states), "day": day}
        return self._connection.execute(_ASKED, values).mappings().all()

    def live(self, day: date) -> Sequence[sa.RowMapping]:
        """Everybody invited to a meeting from a day on, oldest first."""
        query = sa.select(invitation).where(invitation.c.state == INVITED, invitation.c.day >= day)
        return self._connection.execute(query.order_by(invitation.c.id)).mappings().all()

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """All of one referral, oldest first."""
        query = sa.select(invitation).where(invitation.c.referral_id == referral_id).order_by(invitation.c.id)
        return self._connection.execute(query).mappings().all()

    def with_uid(self, uid: str) -> sa.RowMapping | None:
        return self._connection.execute(sa.select(invitation).where(invitation.c.uid == uid)).mappings().first()

    def add(self, **values: Any) -> sa.RowMapping:
        """A new event in somebody's calendar."""
        row = {"sequence": 0, "state": INVITED, "answer": NO_ANSWER, **values}
        return self._connection.execute(sa.insert(invitation).values(row).returning(invitation)).mappings().one()

    def change(self, row: sa.RowMapping, **values: Any) -> sa.RowMapping | None:
        """The same event as it is now, one SEQUENCE later; None where somebody else has changed it meanwhile."""
        update = sa.update(invitation).where(invitation.c.id == row["id"], invitation.c.sequence == row["sequence"])
        changed = update.values(sequence=row["sequence"] + 1, **values).returning(invitation)
        return self._connection.execute(changed).mappings().first()

    def answered(self, invitation_id: int, answer: str, by: str, at: datetime, **values: Any) -> None:
        """What somebody answered; it is no change of the event."""
        kept = {"answer": answer, "answered_by": by, "answered_at": at, **values}
        self._connection.execute(sa.update(invitation).where(invitation.c.id == invitation_id).values(kept))
