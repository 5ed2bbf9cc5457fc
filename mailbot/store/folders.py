"""How far each folder has been looked at, and what staff have answered by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mailbot.store.tables import folder, hand_reply

_ROW: dict[str, Any] = {
    name: sa.bindparam(name, type_=folder.c[name].type) for name in ("mailbox", "name", "uidvalidity", "next_uid")
}


def marking(engine: str) -> Any:
    """How far a folder was looked at, put down or corrected in one statement."""
    insert = postgres_insert if engine == "postgresql" else sqlite_insert
    new = insert(folder).values(_ROW)
    corrected = {name: new.excluded[name] for name in ("uidvalidity", "next_uid")}
    return new.on_conflict_do_update(index_elements=["mailbox", "name"], set_=corrected)


_MARK = {engine: marking(engine) for engine in ("sqlite", "postgresql")}


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
        row = {"mailbox": mailbox, "name": name, "uidvalidity": uidvalidity, "next_uid": next_uid}
        self._connection.execute(_MARK[self._connection.dialect.name], row)

    def answered_by_hand(self, message_ids: Collection[str]) -> None:
        """Remember that a person has answered the mails with these Message-IDs."""
        rows = [{"message_id": message_id, "seen_at": self._now} for message_id in set(message_ids)]
        if rows:
            self._connection.execute(self._insert(hand_reply).on_conflict_do_nothing(), rows)
