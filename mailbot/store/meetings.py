"""Meetings that staff were asked about, and what they decided; every other meeting is on its usual day."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from mailbot.store.tables import meeting


class Meetings:
    """What is not as usual, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def changes(self) -> dict[date, date | None]:
        """The day each changed meeting would have been on -> the day it is on, or None where there is none."""
        query = sa.select(meeting.c.day, meeting.c.held_on).where(meeting.c.decision.in_(["skip", "move"]))
        return {row.day: row.held_on for row in self._connection.execute(query)}

    def asked(self) -> set[date]:
        """The days that staff have been asked about."""
        return set(self._connection.execute(sa.select(meeting.c.day)).scalars())

    def ask(self, day: date, need_id: int) -> None:
        self._connection.execute(sa.insert(meeting).values(day=day, need_id=need_id))

    def day_of(self, need_id: int) -> date | None:
        """The day that an item of the queue asks about."""
        found: date | None = self._connection.execute(
            sa.select(meeting.c.day).where(meeting.c.need_id == need_id)
        ).scalar()
        return found

    def decide(self, day: date, decision: str, held_on: date | None, by: str) -> None:
        """What staff decided about the meeting of a day, whether they were asked or not."""
        values = {"decision": decision, "held_on": held_on, "decided_by": by, "decided_at": self._now}
        changed = self._connection.execute(sa.update(meeting).where(meeting.c.day == day).values(values))
        if not changed.rowcount:
            self._connection.execute(sa.insert(meeting).values(day=day, **values))

    def were_present(self, day: date, words: str) -> None:
        """Who was at the meeting of a day; said again, the newer words stand."""
        changed = self._connection.execute(sa.update(meeting).where(meeting.c.day == day).values(present=words))
        if not changed.rowcount:
            self._connection.execute(sa.insert(meeting).values(day=day, present=words))

    def present(self, day: date) -> str:
        """Who was at the meeting of a day; nothing where nobody has said."""
        return str(self._connection.execute(sa.select(meeting.c.present).where(meeting.c.day == day)).scalar() or "")
