"""Needs a person: the queue of what staff must look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from mailbot.errors import NotFound
from mailbot.store.tables import need

_WAITING = sa.select(need).where(need.c.closed_at.is_(None)).order_by(need.c.opened_at, need.c.id)
_WAITING_OF_MAIL = _WAITING.where(need.c.mail_id == sa.bindparam("mail"))


class Needs:
    """The queue of what staff must look at, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def open(
        self,
        why: str,
        words: str,
        *,
        mail_id: int | None = None,
        letter_id: int | None = None,
        referral_id: int | None = None,
        again: bool = False,
        proposed: Mapping[str, str] | None = None,
    ) -> int | None:
        """A new thing to look at; None where the same thing about the same subject waits already, unless `again`."""
        same = sa.select(need.c.id).where(
            need.c.why == why,
            need.c.closed_at.is_(None),
            need.c.mail_id.is_not_distinct_from(mail_id),
            need.c.letter_id.is_not_distinct_from(letter_id),
            need.c.referral_id.is_not_distinct_from(referral_id),
        )
        if not again and self._connection.execute(same).first():
            return None
        row = {
            "why": why,
            "words": words,
            "mail_id": mail_id,
            "letter_id": letter_id,
            "referral_id": referral_id,
            "opened_at": self._now,
            "proposed": dict(proposed) if proposed else None,
        }
        return int(self._connection.execute(sa.insert(need).values(row).returning(need.c.id)).scalar_one())

    def get(self, need_id: int) -> sa.RowMapping:
        """One of them; raises NotFound."""
        row = self._connection.execute(sa.select(need).where(need.c.id == need_id)).mappings().first()
        if row is None:
            raise NotFound(f"Nothing that needs a person has the number {need_id}; `mailbot list` shows what does.")
        return row

    def waiting(self, mail_id: int | None = None) -> Sequence[sa.RowMapping]:
        """What nobody has dealt with yet, oldest first; of one mail where it is given."""
        query, values = (_WAITING, {}) if mail_id is None else (_WAITING_OF_MAIL, {"mail": mail_id})
        return self._connection.execute(query, values).mappings().all()

    def close(self, need_id: int, by: str, action: str) -> bool:
        """Whether it was still open, and now is not."""
        update = sa.update(need).where(need.c.id == need_id, need.c.closed_at.is_(None))
        return self._connection.execute(update.values(closed_at=self._now, closed_by=by, action=action)).rowcount == 1

    def about(self, need_id: int, referral_id: int) -> None:
        """Name the referral it turned out to be about."""
        self._connection.execute(sa.update(need).where(need.c.id == need_id).values(referral_id=referral_id))

    def to_remind(self, before: datetime) -> Sequence[sa.RowMapping]:
        """Those opened before a moment and not reminded of since then."""
        stale = sa.or_(need.c.reminded_at.is_(None), need.c.reminded_at < before)
        query = sa.select(need).where(need.c.closed_at.is_(None), need.c.opened_at < before, stale).order_by(need.c.id)
        return self._connection.execute(query).mappings().all()

    def reminded(self, need_id: int) -> None:
        self._connection.execute(sa.update(need).where(need.c.id == need_id).values(reminded_at=self._now))
