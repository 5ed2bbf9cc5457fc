"""Leases: who may do what only one process may. A lease that is not renewed ends by itself."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from mailbot.store.states import LetterState
from mailbot.store.tables import lease, letter, mail


class Leases:
    """Named leases, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime, owner: str) -> None:
        self._connection, self._now, self._owner = connection, now, owner

    def take(self, name: str, duration: timedelta) -> bool:
        """Whether we hold the lease now: it was free, had ended, or was ours and is renewed."""
        until = self._now + duration
        update = (
            sa.update(lease)
            .where(lease.c.name == name, sa.or_(lease.c.owner == self._owner, lease.c.until < self._now))
            .values(owner=self._owner, until=until)
        )
        if self._connection.execute(update).rowcount == 1:
            return True
        try:
            with self._connection.begin_nested():
                self._connection.execute(sa.insert(lease), {"name": name, "owner": self._owner, "until": until})
        except IntegrityError:
            return False
        return True

    def give_back(self, name: str) -> None:
        self._connection.execute(sa.delete(lease).where(lease.c.name == name, lease.c.owner == self._owner))

    def hand_back(self) -> None:
        """End every lease of ours, at once: mails and letters that were taken wait again, without a strike.

        A letter that was being handed over stays as it is: it may have gone.
        """
        nobody = {"lease_owner": None, "lease_until": None}
        ours = mail.c.lease_owner == self._owner
        self._connection.execute(sa.update(mail).where(ours).values(**nobody, strikes=mail.c.strikes - 1))
        taken = sa.and_(letter.c.lease_owner == self._owner, letter.c.state == LetterState.LEASED)
        waits = {**nobody, "state": LetterState.READY, "attempts": letter.c.attempts - 1}
        self._connection.execute(sa.update(letter).where(taken).values(waits))
        self._connection.execute(sa.delete(lease).where(lease.c.owner == self._owner))

    def end_those_of_the_dead(self) -> int:
        """End at once every lease held by a process of this machine that has ended, and say how many there were.

        After a crash nothing then waits for its lease to run out. Processes of other machines are left to their leases.
        """
        ended = 0
        for table, until in ((mail, "lease_until"), (letter, "lease_until"), (lease, "until")):
            column = table.c["owner" if table is lease else "lease_owner"]
            for owner in self._connection.execute(sa.select(column).distinct().where(column.is_not(None))).scalars():
                if _is_dead(owner, self._owner):
                    past = self._now - timedelta(seconds=1)
                    update = sa.update(table).where(column == owner, table.c[until] >= self._now).values({until: past})
                    ended += self._connection.execute(update).rowcount
        return ended


def _is_dead(owner: str, us: str) -> bool:
    host, process, word = owner.rsplit(":", 2)
    our_host, our_process, our_word = us.rsplit(":", 2)
    if host != our_host or word == our_word:
        return False
    if process == our_process:
        return True  # our own number, from before: in a container every start has the same
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
