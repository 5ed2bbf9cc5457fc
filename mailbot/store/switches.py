"""Switches such as `paused`, and the slots that make a job run once however many processes see it due."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mailbot.store.tables import flag, slot

_GET = sa.select(flag.c.value).where(flag.c.name == sa.bindparam("of"))


class Switches:
    """Flags and slots, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert

    def get(self, name: str) -> str | None:
        return self._connection.execute(_GET, {"of": name}).scalar()

    def put(self, name: str, value: str) -> None:
        row = {"name": name, "value": value, "set_at": self._now}
        statement = self._insert(flag).values(row)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "set_at": self._now})
        )

    def remember(self, name: str, value: str) -> str:
        """The value first given for a name: kept now, or long ago."""
        statement = self._insert(flag).values(name=name, value=value, set_at=self._now)
        self._connection.execute(statement.on_conflict_do_nothing())
        return self.get(name) or value

    def claim_slot(self, job: str, slot_name: str) -> bool:
        """Whether this transaction is the one that does the job for this slot."""
        # asked by what it returns: PostgreSQL's driver does not count the rows of an insert
        statement = self._insert(slot).values(job=job, slot=slot_name, claimed_at=self._now).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(slot.c.job)).first() is not None

    def slot_claimed(self, job: str, slot_name: str) -> bool:
        query = sa.select(slot.c.job).where(slot.c.job == job, slot.c.slot == slot_name)
        return self._connection.execute(query).first() is not None
