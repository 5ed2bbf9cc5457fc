"""Enquiries: who asked for the form and has not yet returned one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from mailbot.store.prepared import Prepared
from mailbot.store.tables import enquiry

_OPEN = sa.select(enquiry.c.id).where(enquiry.c.address == sa.bindparam("who"), enquiry.c.closed_at.is_(None))
_NEW = {name: sa.bindparam(name, type_=enquiry.c[name].type) for name in ("mail_id", "address", "asked_at")}
_IS_OPEN = sa.exists().where(enquiry.c.address == _NEW["address"], enquiry.c.closed_at.is_(None))
_ADD = Prepared(
    sa.insert(enquiry).from_select([*_NEW], sa.select(*_NEW.values()).where(~_IS_OPEN)).returning(enquiry.c.id)
)


class Enquiries:
    """Enquiries, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def open(self, mail_id: int, address: str, asked_at: datetime) -> int:
        """A new enquiry; asking again while one is open is the same enquiry."""
        row = {"mail_id": mail_id, "address": address, "asked_at": asked_at}
        added = _ADD.scalar(self._connection, row)  # most people ask once: one question instead of two
        return int(added or self._connection.execute(_OPEN, {"who": address}).scalar_one())

    def close(self, addresses: Sequence[str], referral_id: int) -> None:
        """The form these people asked for has come back."""
        update = (
            sa.update(enquiry)
            .where(enquiry.c.address.in_(addresses), enquiry.c.closed_at.is_(None))
            .values(closed_at=self._now, referral_id=referral_id)
        )
        self._connection.execute(update)

    def waiting(self) -> Sequence[sa.RowMapping]:
        """Enquiries whose form has not come back, oldest first."""
        query = sa.select(enquiry).where(enquiry.c.closed_at.is_(None)).order_by(enquiry.c.asked_at)
        return self._connection.execute(query).mappings().all()

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """Enquiries that a referral answered, oldest first."""
        query = sa.select(enquiry).where(enquiry.c.referral_id == referral_id).order_by(enquiry.c.asked_at)
        return self._connection.execute(query).mappings().all()
