"""How far each folder has been looked at, and what staff have answered by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mailbot.store.tables import folder, hand_reply


class Folders:
    """Folder marks and hand replies, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert

    def marks(self, mailbox: str) -> Mapping[str, tuple[int, int]]:
        """Each folder's (UIDVALIDITY, first UID not yet looked at)."""
        query = sa.select(folder.c.name, folder.c.uidvalidity, folder.c.next_uid).where(folder.c.mailbox == mailbox)
        return {name: (uidvalidity, next_uid) for name, uidvalidity, next_uid in self._connection.execute(query)}

    def mark(self, mailbox: str, name: str, uidvalidity: int, next_uid: int) -> None:
        values = {"uidvalidity": uidvalidity, "next_uid": next_uid}
        statement = self._insert(folder).values(mailbox=mailbox, name=name, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["mailbox", "name"], set_=values))

    def answered_by_hand(self, message_ids: Collection[str]) -> None:
        """Remember that a person has answered the mails with these Message-IDs."""
        rows = [{"message_id": message_id, "seen_at": self._now} for message_id in set(message_ids)]
        if rows:
            self._connection.execute(self._insert(hand_reply).on_conflict_do_nothing(), rows)
