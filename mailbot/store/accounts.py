"""What the ledger has of each folder, to be compared with what the mailbox holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa

from mailbot.store.states import MailState
from mailbot.store.tables import mail

Value = TypeVar("Value")

_AT_ONCE = 500  # values in one query: every database takes as many

_UIDS = sa.select(mail.c.uid).where(
    mail.c.mailbox == sa.bindparam("box"),
    mail.c.folder == sa.bindparam("in"),
    mail.c.uidvalidity == sa.bindparam("valid"),
)


class Accounts:
    """The ledger as a list of what should be there, through one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Every message of a folder that is in the ledger, in whatever state."""
        values = {"box": mailbox, "in": folder, "valid": uidvalidity}
        return set(self._connection.execute(_UIDS, values).scalars())

    def numbers(self, mailbox: str, folder: str, uidvalidity: int, uids: Collection[int]) -> list[int]:
        """The mails' own numbers of those of these messages that are in the ledger."""
        found: list[int] = []
        for some in _parts(sorted(uids)):
            query = sa.select(mail.c.id).where(
                mail.c.mailbox == mailbox,
                mail.c.folder == folder,
                mail.c.uidvalidity == uidvalidity,
                mail.c.uid.in_(some),
            )
            found += self._connection.execute(query).scalars()
        return sorted(found)

    def came(self, mailbox: str, moments: Collection[datetime]) -> set[tuple[datetime, int]]:
        """When mails came and their sizes, of those that came at one of these moments: both survive a move."""
        found: set[tuple[datetime, int]] = set()
        for some in _parts(sorted(moments)):
            query = sa.select(mail.c.came_at, mail.c.size).where(mail.c.mailbox == mailbox, mail.c.came_at.in_(some))
            found.update((came_at, size) for came_at, size in self._connection.execute(query))
        return found

    def oldest_kept(self) -> datetime | None:
        """When the mail was kept that has waited longest to be handled."""
        waiting = mail.c.state.in_([MailState.NEW, MailState.READING, MailState.READY])
        found: datetime | None = self._connection.execute(
            sa.select(sa.func.min(mail.c.kept_at)).where(waiting)
        ).scalar()
        return found

    def has_bytes(self, sha256: str) -> bool:
        """Whether a mail with these bytes is in the ledger."""
        query = sa.select(mail.c.id).where(mail.c.sha256 == sha256)
        return self._connection.execute(query.limit(1)).first() is not None


def _parts(values: Sequence[Value]) -> Iterator[list[Value]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
