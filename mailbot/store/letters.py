"""The outbox: every letter, fixed when written, sent from here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mailbot.errors import NotFound
from mailbot.letters import Attachment, Letter, mark_of
from mailbot.store.prepared import Prepared
from mailbot.store.states import LetterState, MailState
from mailbot.store.tables import blob, flag, letter, mail
from mailbot.store.waiting import any_of, oldest, spelt

#: of one name, so many are looked through for a mark
_LOOKED_THROUGH = 2_000
_URGENT = "urgent"
_LONGEST_WAIT = timedelta(hours=2)  # deliver tries again after 72 minutes at most


@dataclass(frozen=True)
class ToSend:
    """A letter under our lease."""

    id: int
    name: str
    recipient: str
    message_id: str
    referral_id: int | None
    attempts: int
    skeleton: bytes


class Due(NamedTuple):
    """Whether any letter is due, whether one of those that go before all others is, and whether sending is paused."""

    any: bool
    urgent: bool
    paused: bool


# What every letter needs is built once: building a statement takes longer than running it.
_NEW = {
    one.name: sa.bindparam(one.name, type_=one.type)
    for one in letter.c
    if one.name not in ("id", "lease_owner", "lease_until", "doubt_since", "sent_at", "copy", "note")
}
_PUT = {
    name: Prepared(insert(letter).values(_NEW).on_conflict_do_nothing().returning(letter.c.id))
    for name, insert in (("sqlite", sqlite_insert), ("postgresql", postgres_insert))
}
_THERE = sa.select(blob.c.sha256).where(blob.c.sha256.in_(sa.bindparam("hashes", expanding=True)))
# No letter waits for longer than `far`: one that seems to was put off before the clock was put back.
_DUE = oldest(letter, LetterState.READY).where(
    sa.or_(letter.c.next_try_at <= sa.bindparam("now"), letter.c.next_try_at > sa.bindparam("far"))
)
_URGENTLY_DUE = _DUE.where(letter.c.name == _URGENT)
_PAUSED = sa.exists().where(flag.c.name == "paused", flag.c.value != "")
_IS_DUE = Prepared(sa.select(any_of(_DUE), any_of(_URGENTLY_DUE), _PAUSED))


def _take(letters: sa.Select[tuple[int]], *, begin: bool) -> Any:
    # a CTE: PostgreSQL may run a subquery that skips locks again for each row, and take more than the limit
    due = letters.limit(sa.bindparam("most", type_=sa.Integer)).with_for_update(skip_locked=True).cte("due")
    first = sa.select(sa.func.min(due.c.id)).scalar_subquery()
    state = sa.case((letter.c.id == first, LetterState.SENDING), else_=LetterState.LEASED)
    return (
        sa.update(letter)
        .where(letter.c.id.in_(sa.select(due.c.id)), letter.c.state == LetterState.READY)
        .values(
            state=state if begin else LetterState.LEASED,
            lease_owner=sa.bindparam("owner"),
            lease_until=sa.bindparam("until"),
            attempts=letter.c.attempts + 1,
        )
        .returning(*(letter.c[part.name] for part in fields(ToSend)))
    )


_TAKE = {
    (urgent, begin): Prepared(_take(_URGENTLY_DUE if urgent else _DUE, begin=begin))
    for urgent in (False, True)
    for begin in (False, True)
}
_OURS = sa.and_(letter.c.id == sa.bindparam("this"), letter.c.lease_owner == sa.bindparam("owner"))
_BEGIN = Prepared(
    sa.update(letter)
    .where(_OURS, letter.c.state == LetterState.LEASED)
    .values(state=LetterState.SENDING, lease_until=sa.bindparam("until"))
)
_FINISH = sa.update(letter).where(_OURS, letter.c.state == LetterState.SENDING)
_LEASES_OVER = sa.and_(
    letter.c.state.in_((LetterState.LEASED, LetterState.SENDING)), letter.c.lease_until < sa.bindparam("now")
)
_ANY_LEASE_OVER = sa.select(letter.c.id).where(_LEASES_OVER).limit(1)
_LATELY: Any = (sa.bindparam("since"), sa.bindparam("until"))
_SENT_WITHIN = sa.select(sa.func.count()).where(
    sa.or_(
        letter.c.sent_at.between(*_LATELY),
        letter.c.state.in_((LetterState.LEASED, LetterState.SENDING)),
        sa.and_(letter.c.state == LetterState.IN_DOUBT, letter.c.doubt_since.between(*_LATELY)),
    )
)
_ONE_COUNTS = sa.select(sa.func.pg_advisory_xact_lock(sa.literal(0x6C657474)))  # "lett", a number of our own
_COPIES_DUE = (
    sa.select(letter.c.id, letter.c.message_id, letter.c.skeleton)
    .where(letter.c.copy == spelt("due"))
    .order_by(letter.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_COPIES_DUE_AT_REST = _COPIES_DUE.where(*(~any_of(oldest(mail, state)) for state in (MailState.NEW, MailState.READY)))
_COPIED = sa.update(letter).where(letter.c.id.in_(sa.bindparam("these", expanding=True))).values(copy="done")
_WRITTEN_TO = sa.select(sa.func.count()).where(
    letter.c.recipient == sa.bindparam("to"),
    letter.c.name == sa.bindparam("called"),
    letter.c.written_at >= sa.bindparam("since"),
)
_TAKEN_BACK = {
    "state": LetterState.READY,
    "lease_owner": None,
    "lease_until": None,
    "attempts": letter.c.attempts - 1,
}


class LetterBox:
    """The outbox, through one transaction."""

    def __init__(
        self, connection: sa.Connection, now: datetime, owner: str, kept: AbstractSet[str] = frozenset()
    ) -> None:
        self._connection, self._now, self._owner, self._kept = connection, now, owner, kept
        #: hashes of attachments that are there once this transaction is
        self.attached: set[str] = set()
        self._insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert

    def put(
        self, written: Letter, cause: str, *, mail_id: int | None = None, referral_id: int | None = None
    ) -> int | None:
        """Put a letter into the outbox; None where this cause has already sent this letter to this person."""
        self._keep(written.attachments)
        values = {
            "cause": cause,
            "name": written.name,
            "recipient": written.to.lower(),
            "state": LetterState.READY,
            "message_id": written.message_id,
            "mail_id": mail_id,
            "referral_id": referral_id,
            "written_at": self._now,
            "next_try_at": self._now,
            "attempts": 0,
            "tried_in_doubt": 0,
            "attachments": [attachment.sha256 for attachment in written.attachments],
            "skeleton": written.skeleton,
        }
        put: int | None = _PUT[self._connection.dialect.name].scalar(self._connection, values)
        return put

    def _keep(self, attachments: Sequence[Attachment]) -> None:
        """Each attachment once; they are large and mostly the same, so asking first is quicker than inserting."""
        known = (self._kept, self.attached)
        unknown = {one.sha256: one.data for one in attachments if not any(one.sha256 in hashes for hashes in known)}
        if not unknown:
            return
        there = set(self._connection.execute(_THERE, {"hashes": [*unknown]}).scalars())
        rows = [{"sha256": sha256, "data": data} for sha256, data in unknown.items() if sha256 not in there]
        if rows:
            self._connection.execute(self._insert(blob).on_conflict_do_nothing(), rows)
        self.attached |= unknown.keys()

    def blob(self, sha256: str) -> bytes:
        return bytes(self._connection.execute(sa.select(blob.c.data).where(blob.c.sha256 == sha256)).scalar_one())

    # -- deliver

    def take(self, limit: int, lease: timedelta, *, urgent: bool = False, begin: bool = False) -> list[ToSend]:
        """Lease up to `limit` letters that are due, oldest first, and `begin` the first; or of the `urgent` alone."""
        values = {**self._due(), "most": limit, "owner": self._owner, "until": self._now + lease}
        rows = _TAKE[urgent, begin].rows(self._connection, values)
        return sorted((ToSend(*row) for row in rows), key=lambda to_send: to_send.id)

    def _due(self) -> dict[str, datetime]:
        return {"now": self._now, "far": self._now + _LONGEST_WAIT}

    def begin(self, letter_id: int, lease: timedelta) -> bool:
        """Whether the letter is still ours to hand over; from here on it may have gone."""
        values = {"this": letter_id, "owner": self._owner, "until": self._now + lease}
        return _BEGIN.rowcount(self._connection, values) == 1

    def finish(self, letter_id: int, to: LetterState, **values: Any) -> bool:
        """Whether the letter that we began is now in state `to`."""
        ours = {"this": letter_id, "owner": self._owner}
        done = {**ours, "state": to, "lease_owner": None, "lease_until": None, **values}
        if to == LetterState.SENT:
            done["sent_at"] = self._now
        return self._connection.execute(_FINISH, done).rowcount == 1

    def give_back(self, letter_ids: Collection[int]) -> None:
        """End our lease on letters that were taken and not begun."""
        update = sa.update(letter).where(
            letter.c.id.in_(letter_ids),
            letter.c.state == LetterState.LEASED,
            letter.c.lease_owner == self._owner,
        )
        self._connection.execute(update.values(_TAKEN_BACK))

    def due(self) -> Due:
        """What deliver must know before it takes letters, asked at once."""
        return Due(*_IS_DUE.rows(self._connection, self._due())[0])

    def dead_leases(self) -> bool:
        return self._connection.execute(_ANY_LEASE_OVER, {"now": self._now}).first() is not None

    def end_dead_leases(self) -> int:
        """Whoever held letters ended without a word: how many of them may have gone; the others wait again."""
        over = sa.update(letter).where(letter.c.lease_until < self._now)
        self._connection.execute(over.where(letter.c.state == LetterState.LEASED).values(_TAKEN_BACK))
        values = {
            "state": LetterState.IN_DOUBT,
            "doubt_since": self._now,
            "lease_owner": None,
            "lease_until": None,
            "note": "stopped while it was being sent",
        }
        return self._connection.execute(over.where(letter.c.state == LetterState.SENDING).values(values)).rowcount

    def in_doubt(self) -> Sequence[sa.RowMapping]:
        return self._in_state(LetterState.IN_DOUBT)

    def settle(self, letter_id: int, to: LetterState, was: Collection[LetterState], **values: Any) -> bool:
        """Whether the letter went from one of these states to another."""
        update = sa.update(letter).where(letter.c.id == letter_id, letter.c.state.in_(was))
        return self._connection.execute(update.values(state=to, **values)).rowcount == 1

    def copies_due(self, limit: int, *, at_rest: bool = False) -> Sequence[sa.RowMapping]:
        """Sent letters whose copy we still have to put into Sent; `at_rest`: none while a mail waits to be handled."""
        query = _COPIES_DUE_AT_REST if at_rest else _COPIES_DUE
        return self._connection.execute(query, {"most": limit}).mappings().all()

    def copied(self, letter_ids: Sequence[int]) -> None:
        self._connection.execute(_COPIED, {"these": letter_ids})

    def sent_within(self, time: timedelta) -> int:
        """How many letters have left, or may have, in the time until now.

        What left in a time that is yet to come was sent before the clock was put back, and no longer counts; other
        processes' clocks may go a little ahead of ours.
        """
        values = {"since": self._now - time, "until": self._now + time}
        return int(self._connection.execute(_SENT_WITHIN, values).scalar_one())

    def one_counts(self) -> None:
        """Until this transaction ends no other counts what has left: two must not see the same room and both use it."""
        if self._connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            self._connection.execute(_ONE_COUNTS)

    # -- looking

    def get(self, letter_id: int) -> sa.RowMapping:
        """One letter; raises NotFound."""
        row = self._connection.execute(sa.select(letter).where(letter.c.id == letter_id)).mappings().first()
        if row is None:
            raise NotFound(f"There is no letter number {letter_id}.")
        return row

    def with_message_ids(self, message_ids: Collection[str]) -> Sequence[sa.RowMapping]:
        """Our letters among these Message-IDs, newest first."""
        if not message_ids:
            return []
        query = sa.select(letter).where(letter.c.message_id.in_(message_ids)).order_by(letter.c.id.desc())
        return self._connection.execute(query).mappings().all()

    def with_mark(self, mark: str, recipients: Collection[str]) -> Sequence[sa.RowMapping]:
        """Our letters whose X-Mailbot-Letter reads so, to these recipients if any are named, newest first."""
        name = mark.partition(";")[0].strip()
        query = sa.select(letter).where(letter.c.name == name).order_by(letter.c.id.desc()).limit(_LOOKED_THROUGH)
        if recipients:
            query = query.where(letter.c.recipient.in_(recipients))
        return [row for row in self._connection.execute(query).mappings() if mark_of(name, row["cause"]) == mark]

    def any_to(self, recipient: str, since: datetime) -> bool:
        """Whether any letter was written to an address since a moment."""
        query = sa.select(letter.c.id).where(letter.c.recipient == recipient.lower(), letter.c.written_at >= since)
        return self._connection.execute(query.limit(1)).first() is not None

    def written_to(self, recipient: str, name: str, since: datetime) -> int:
        """How many letters of that name were written to an address since a moment, whatever became of them."""
        values = {"to": recipient.lower(), "called": name, "since": since}
        return int(self._connection.execute(_WRITTEN_TO, values).scalar_one())

    def last_left(self, name: str) -> sa.RowMapping | None:
        """The newest letter of that name."""
        query = sa.select(letter).where(letter.c.name == name).order_by(letter.c.id.desc()).limit(1)
        return self._connection.execute(query).mappings().first()

    def oldest_refused(self) -> sa.RowMapping | None:
        """The oldest letter that was tried, not taken, and waits for another try."""
        query = sa.select(letter).where(letter.c.state == LetterState.READY, letter.c.attempts > 0)
        query = query.where(letter.c.note.is_not(None))
        return self._connection.execute(query.order_by(letter.c.id).limit(1)).mappings().first()

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        query = sa.select(letter).where(letter.c.referral_id == referral_id).order_by(letter.c.id)
        return self._connection.execute(query).mappings().all()

    def thread_with(self, referral_id: int, recipient: str) -> list[str]:
        """The Message-IDs of what somebody was written about a referral, oldest first; an invitation stands alone."""
        rows = [row for row in self.of_referral(referral_id) if row["name"] != "invitation"]
        return [row["message_id"] for row in rows if row["recipient"] == recipient]

    def of_mail(self, mail_id: int) -> Sequence[sa.RowMapping]:
        query = sa.select(letter).where(letter.c.mail_id == mail_id).order_by(letter.c.id)
        return self._connection.execute(query).mappings().all()

    def of_cause(self, cause: str) -> Sequence[sa.RowMapping]:
        query = sa.select(letter).where(letter.c.cause == cause).order_by(letter.c.id)
        return self._connection.execute(query).mappings().all()

    def troubled(self) -> Sequence[sa.RowMapping]:
        """Letters that did not arrive, or may not have."""
        states = [LetterState.FAILED, LetterState.DELIVERED_NOT, LetterState.HELD, LetterState.IN_DOUBT]
        query = sa.select(letter).where(letter.c.state.in_(states)).order_by(letter.c.id)
        return self._connection.execute(query).mappings().all()

    def count_by_state(self) -> dict[str, int]:
        rows = self._connection.execute(sa.select(letter.c.state, sa.func.count()).group_by(letter.c.state))
        return dict(rows.all())

    def _in_state(self, state: LetterState) -> Sequence[sa.RowMapping]:
        query = sa.select(letter).where(letter.c.state == state).order_by(letter.c.id)
        return self._connection.execute(query).mappings().all()
