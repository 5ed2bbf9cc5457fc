"""The ledger of what arrived: every message of every watched folder, once, in exactly one visible state."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from mailbot.errors import NotFound
from mailbot.store.folders import Folders, marking
from mailbot.store.prepared import Prepared
from mailbot.store.states import MailState
from mailbot.store.tables import event, hand_reply, mail, mail_referral, need, raw, reading, referral
from mailbot.store.waiting import any_of, oldest, spelt

#: A mail that was being worked on this often when its process ended is set aside (DESIGN, act).
STRIKES = 3


@dataclass(frozen=True)
class Arrived:
    """A message as it stands in the mailbox; `raw` is None for what is only counted."""

    uid: int
    came_at: datetime
    size: int
    state: MailState
    raw: bytes | None = None
    error: str | None = None


@dataclass(frozen=True)
class Taken:
    """A mail under our lease, with its bytes."""

    id: int
    state: MailState
    role: str
    came_at: datetime
    kept_at: datetime
    sha256: str
    strikes: int
    kind: str | None  # what it was taken for before, where it is handled again
    why: Sequence[Mapping[str, str]] | None
    raw: bytes


class Marks(NamedTuple):
    """What the ledger keeps of a mail once it is understood; each is a column of its name."""

    kind: str
    why: Sequence[Mapping[str, str]]
    message_id: str | None
    content: str
    sender: str
    subject: str


class Before(NamedTuple):
    """What was there before a mail."""

    earlier: int | None  # the first with the same bytes, or the same Message-ID, new words and attachments
    answered_by_hand: bool  # by staff, in their own mail program
    from_referrer: bool  # who sent it is named as the referrer of a referral


# What every mail needs is built once: building a statement takes longer than running it.
_KNOWN = sa.select(mail.c.uid).where(
    mail.c.mailbox == sa.bindparam("box"),
    mail.c.folder == sa.bindparam("in"),
    mail.c.uidvalidity == sa.bindparam("valid"),
    mail.c.uid >= sa.bindparam("first"),  # else PostgreSQL may look through the whole folder
    mail.c.uid.in_(sa.bindparam("uids", expanding=True)),
)
_KEEP = sa.insert(mail).returning(mail.c.uid, mail.c.id)
_KEEP_RAW = sa.insert(raw)
_ONE = {
    name: sa.bindparam(name, type_=mail.c[name].type)
    for name in (
        *("mailbox", "folder", "role", "uidvalidity", "uid"),
        *("state", "came_at", "kept_at", "size", "sha256", "error"),
    )
}
_KEPT = sa.insert(mail).values({**_ONE, "strikes": 0}).returning(mail.c.id).cte("kept")
#: on PostgreSQL, a mail, its bytes and the mark of its folder
_KEEP_ONE = Prepared(
    sa.insert(raw)
    .from_select(["mail_id", "data"], sa.select(_KEPT.c.id, sa.bindparam("data", type_=raw.c.data.type)))
    .add_cte(marking("postgresql").cte("marked"))
    .returning(raw.c.mail_id)
)
_RAW = sa.select(raw.c.data).where(raw.c.mail_id == mail.c.id).scalar_subquery()
_UNFILED = (
    sa.select(mail.c.id, mail.c.uidvalidity, mail.c.uid, mail.c.state)
    .where(
        mail.c.mailbox == sa.bindparam("box"),
        mail.c.folder == sa.bindparam("in"),
        mail.c.filed_at.is_(None),
        mail.c.state.not_in([spelt(MailState.BEFORE_US), spelt(MailState.GONE)]),
    )
    .order_by(mail.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_TO_FILE = _UNFILED.where(mail.c.state.in_([MailState.HANDLED, MailState.NEEDS_PERSON, MailState.SET_ASIDE]))
_FREE = sa.or_(mail.c.lease_until.is_(None), mail.c.lease_until < sa.bindparam("now"))
_WAITING = {state: oldest(mail, state) for state in (MailState.NEW, MailState.READING, MailState.READY)}
_ANY = {state: sa.select(any_of(rows)) for state, rows in _WAITING.items()}


def _take(rows: sa.Select[tuple[int]]) -> Any:
    free = rows.where(_FREE).limit(sa.bindparam("most", type_=sa.Integer)).with_for_update(skip_locked=True)
    return (
        sa.update(mail)
        # a CTE: PostgreSQL may run a subquery that skips locks again for each row, and take more than the limit
        .where(mail.c.id.in_(sa.select(free.cte("due").c.id)), _FREE)
        .values(lease_owner=sa.bindparam("owner"), lease_until=sa.bindparam("until"), strikes=mail.c.strikes + 1)
        .returning(*(_RAW if part.name == "raw" else mail.c[part.name] for part in fields(Taken)))
    )


_TAKE = {state: Prepared(_take(rows)) for state, rows in _WAITING.items()}
_MOVE = sa.update(mail).where(mail.c.id == sa.bindparam("this"), mail.c.lease_owner == sa.bindparam("owner"))
_READINGS = sa.select(reading.c.readings).where(reading.c.mail_id == sa.bindparam("this"))
_SAME_WORDS = sa.and_(mail.c.message_id == sa.bindparam("told_id"), mail.c.content == sa.bindparam("words"))
# two questions and no "or", for which PostgreSQL may look through the whole table
_SAME = sa.union_all(
    *(sa.select(mail.c.id).where(same) for same in (mail.c.sha256 == sa.bindparam("bytes"), _SAME_WORDS))
).subquery()
_EARLIER = sa.select(sa.func.min(_SAME.c.id)).where(_SAME.c.id < sa.bindparam("this"))
_BEFORE = Prepared(
    sa.select(
        _EARLIER.scalar_subquery(),
        sa.exists().where(hand_reply.c.message_id == sa.bindparam("told_id")),
        sa.exists().where(referral.c.referrer == sa.bindparam("from")),
    )
)
_WAITS = sa.exists().where(need.c.mail_id == mail.c.id, need.c.closed_at.is_(None))
_FINISH = _MOVE.values(
    state=sa.case((_WAITS, MailState.NEEDS_PERSON), else_=MailState.HANDLED),
    lease_owner=None,
    lease_until=None,
    strikes=0,
    handled_at=sa.bindparam("now"),
    **{one: sa.bindparam(one, type_=mail.c[one].type) for one in Marks._fields},
).returning(mail.c.state)
_FINISH_ONE, _FINISHED = Prepared(_FINISH), _FINISH.cte("finished")
#: on PostgreSQL, a mail and the event that says so, in whose detail its state is
_FINISH_SAYING = Prepared(
    sa.insert(event)
    .from_select(
        ["at", "actor", "what", "mail_id", "detail"],
        sa.select(
            sa.bindparam("now", type_=event.c.at.type),
            sa.bindparam("actor", type_=sa.Text),
            sa.bindparam("what", type_=sa.Text),
            sa.bindparam("this", type_=sa.BigInteger),
            sa.cast(
                sa.cast(sa.bindparam("detail", type_=sa.JSON), JSONB).concat(
                    sa.func.jsonb_build_object("state", _FINISHED.c.state)
                ),
                sa.JSON,
            ),
        ),
    )
    .returning(event.c.detail["state"].as_string())
)

_TOLD = sa.exists().where(need.c.mail_id == mail.c.id, need.c.why == "set_aside", need.c.closed_at.is_(None))
_UNANNOUNCED = sa.select(mail.c.id).where(mail.c.state == MailState.SET_ASIDE, ~_TOLD).order_by(mail.c.id).limit(20)


class Mails:
    """The ledger, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime, owner: str) -> None:
        self._connection, self._now, self._owner = connection, now, owner

    # -- receive

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        """Which of these UIDs the ledger has."""
        values = {"box": mailbox, "in": folder, "valid": uidvalidity, "uids": uids, "first": min(uids, default=0)}
        return set(self._connection.execute(_KNOWN, values).scalars())

    def keep(self, mailbox: str, folder: str, role: str, uidvalidity: int, arrived: Sequence[Arrived]) -> Sequence[int]:
        """Add messages to the ledger, and say their numbers there; they must not be in it yet."""
        rows = [self._row(mailbox, folder, role, uidvalidity, one) for one in arrived]
        if not rows:
            return []
        ids = {row.uid: row.id for row in self._connection.execute(_KEEP, rows)}
        raws = [{"mail_id": ids[one.uid], "data": one.raw} for one in arrived if one.raw is not None]
        if raws:
            self._connection.execute(_KEEP_RAW, raws)
        return [ids[one.uid] for one in arrived]

    def keep_one(self, mailbox: str, folder: str, role: str, uidvalidity: int, arrived: Arrived, next_uid: int) -> int:
        """The same for one with its bytes, and mark how far its folder was looked at: on PostgreSQL one statement."""
        if self._connection.dialect.name == "postgresql":
            row = self._row(mailbox, folder, role, uidvalidity, arrived)
            values = {**row, "data": arrived.raw, "name": folder, "next_uid": next_uid}
            return int(_KEEP_ONE.scalar(self._connection, values))
        (mail_id,) = self.keep(mailbox, folder, role, uidvalidity, [arrived])
        Folders(self._connection, self._now).mark(mailbox, folder, uidvalidity, next_uid)
        return mail_id

    def _row(self, mailbox: str, folder: str, role: str, uidvalidity: int, one: Arrived) -> dict[str, Any]:
        return {
            "mailbox": mailbox,
            "folder": folder,
            "role": role,
            "uidvalidity": uidvalidity,
            "uid": one.uid,
            "state": one.state,
            "came_at": one.came_at,
            "kept_at": self._now,
            "size": one.size,
            "sha256": hashlib.sha256(one.raw).hexdigest() if one.raw is not None else None,
            "error": one.error,
        }

    def to_file(self, mailbox: str, folder: str, limit: int = 500) -> Sequence[sa.RowMapping]:
        """Finished mails of a folder that have not been filed: id, uidvalidity, uid, state."""
        return self._connection.execute(_TO_FILE, {"box": mailbox, "in": folder, "most": limit}).mappings().all()

    def any_unfiled(self, mailbox: str, folder: str) -> bool:
        """Whether a mail of this folder is, or soon will be, to be filed."""
        return self._connection.execute(_UNFILED, {"box": mailbox, "in": folder, "most": 1}).first() is not None

    def filed(self, ids: Collection[int]) -> None:
        self._connection.execute(sa.update(mail).where(mail.c.id.in_(ids)).values(filed_at=self._now))

    # -- act and read

    def any_waits(self, state: MailState) -> bool:
        """Whether a mail is new, is to be read, or is ready."""
        return bool(self._connection.execute(_ANY[state]).scalar())

    def take(self, state: MailState, limit: int, lease: timedelta) -> list[Taken]:
        """Lease up to `limit` mails that are new, to be read, or ready, oldest first.

        Each lease is a strike until the work is done.
        """
        values = {"now": self._now, "until": self._now + lease, "owner": self._owner, "most": limit}
        rows = _TAKE[state].rows(self._connection, values)
        return sorted((Taken(row[0], MailState(row[1]), *row[2:]) for row in rows), key=lambda taken: taken.id)

    def renew(self, mail_id: int, lease: timedelta) -> bool:
        """Whether the lease is still ours, and now runs longer."""
        update = sa.update(mail).where(mail.c.id == mail_id, mail.c.lease_owner == self._owner)
        return self._connection.execute(update.values(lease_until=self._now + lease)).rowcount == 1

    def move(self, mail_id: int, to: MailState, was: Collection[MailState] | None = None, **values: Any) -> bool:
        """Whether the mail, under our lease, is now in state `to`: its lease and strikes end. False: another had it."""
        update = _MOVE if was is None else _MOVE.where(mail.c.state.in_(was))
        ours = {"this": mail_id, "owner": self._owner}
        done = {**ours, "state": to, "lease_owner": None, "lease_until": None, "strikes": 0, **values}
        return self._connection.execute(update, done).rowcount == 1

    def finish(self, mail_id: int, marks: Marks) -> MailState | None:
        """Where the mail, under our lease, is now: with a person if something of it waits for one, else handled.

        None: another had it.
        """
        ours = {"this": mail_id, "owner": self._owner, "now": self._now}
        state = _FINISH_ONE.scalar(self._connection, {**ours, **marks._asdict()})
        return MailState(state) if state else None

    def finish_saying(self, mail_id: int, marks: Marks, said: Mapping[str, Any]) -> MailState | None:
        """The same, and an event (actor, what, detail) that says so: PostgreSQL in one statement."""
        ours = {"this": mail_id, "owner": self._owner, "now": self._now}
        state = _FINISH_SAYING.scalar(self._connection, {**ours, **marks._asdict(), **said})
        return MailState(state) if state else None

    def give_back(self, mail_ids: Collection[int]) -> None:
        """End our lease on mails that were taken and not begun, without a strike."""
        update = sa.update(mail).where(mail.c.id.in_(mail_ids), mail.c.lease_owner == self._owner)
        self._connection.execute(update.values(lease_owner=None, lease_until=None, strikes=mail.c.strikes - 1))

    def set_state(self, mail_id: int, to: MailState, was: Collection[MailState]) -> bool:
        """Whether a person's word moved the mail from one of these states to another."""
        update = sa.update(mail).where(mail.c.id == mail_id, mail.c.state.in_(was))
        values = {"state": to, "lease_owner": None, "lease_until": None, "strikes": 0, "error": None}
        return self._connection.execute(update.values(values)).rowcount == 1

    def note(self, mail_id: int, **values: Any) -> None:
        """Keep what a person's word makes of a mail."""
        self._connection.execute(sa.update(mail).where(mail.c.id == mail_id).values(values))

    # -- readings

    def readings(self, mail_id: int) -> list[dict[str, Any]] | None:
        """What the files of a mail were read as; None where they have not been read."""
        return self._connection.execute(_READINGS, {"this": mail_id}).scalar()

    def keep_readings(self, mail_id: int, readings: Sequence[Mapping[str, Any]]) -> None:
        self._connection.execute(sa.delete(reading).where(reading.c.mail_id == mail_id))
        row = {"mail_id": mail_id, "readings": list(readings), "read_at": self._now}
        self._connection.execute(sa.insert(reading), row)

    # -- looking

    def get(self, mail_id: int) -> sa.RowMapping:
        """One mail without its bytes; raises NotFound."""
        row = self._connection.execute(sa.select(mail).where(mail.c.id == mail_id)).mappings().first()
        if row is None:
            raise NotFound(f"There is no mail number {mail_id}.")
        return row

    def raw(self, mail_id: int) -> bytes | None:
        return self._connection.execute(sa.select(raw.c.data).where(raw.c.mail_id == mail_id)).scalar()

    def before(self, mail_id: int, sha256: str, message_id: str, content: str, sender: str) -> Before:
        """What was there before this mail, asked at once."""
        said = {"bytes": sha256, "told_id": message_id or None, "words": content, "from": sender or None}
        earlier, answered, refers = _BEFORE.rows(self._connection, {"this": mail_id, **said})[0]
        return Before(earlier, bool(answered), bool(refers))

    def waiting_of_kind(self, kind: str, sender: str, since: datetime, but: int) -> Sequence[int]:
        """Mails of a kind and a sender that wait for a person, newest first; all but one."""
        query = sa.select(mail.c.id).where(
            mail.c.state == MailState.NEEDS_PERSON,
            mail.c.kind == kind,
            mail.c.sender == sender,
            mail.c.came_at >= since,
            mail.c.id != but,
        )
        return self._connection.execute(query.order_by(mail.c.id.desc()).limit(5)).scalars().all()

    def set_aside_unannounced(self) -> Sequence[int]:
        """Mails set aside of which staff have not been told."""
        return self._connection.execute(_UNANNOUNCED).scalars().all()

    def join(self, mail_id: int, referral_id: int) -> None:
        known = sa.select(mail_referral.c.mail_id).where(
            mail_referral.c.mail_id == mail_id, mail_referral.c.referral_id == referral_id
        )
        if not self._connection.execute(known).first():
            row = {"mail_id": mail_id, "referral_id": referral_id}
            self._connection.execute(sa.insert(mail_referral), row)

    def of_referral(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """The mails of a referral, oldest first, without their bytes."""
        query = (
            sa.select(mail)
            .join(mail_referral, mail_referral.c.mail_id == mail.c.id)
            .where(mail_referral.c.referral_id == referral_id)
            .order_by(mail.c.id)
        )
        return self._connection.execute(query).mappings().all()

    def references_of(self, mail_id: int) -> Sequence[str]:
        """The references of the referrals a mail is part of."""
        query = (
            sa.select(referral.c.reference)
            .join(mail_referral, mail_referral.c.referral_id == referral.c.id)
            .where(mail_referral.c.mail_id == mail_id)
            .order_by(referral.c.id)
        )
        return self._connection.execute(query).scalars().all()

    def count_by_state(self) -> dict[str, int]:
        rows = self._connection.execute(sa.select(mail.c.state, sa.func.count()).group_by(mail.c.state))
        return dict(rows.all())

    def count_by_kind(self, since: datetime) -> dict[str, int]:
        """How many mails of each kind were handled since a moment."""
        query = sa.select(mail.c.kind, sa.func.count()).where(mail.c.handled_at >= since).group_by(mail.c.kind)
        return {kind: count for kind, count in self._connection.execute(query) if kind}

    def last_came_at(self) -> datetime | None:
        return self._connection.execute(sa.select(sa.func.max(mail.c.came_at))).scalar()

    def oldest_unfinished(self) -> datetime | None:
        """When the oldest mail came that is neither handled nor with a person."""
        unfinished = [MailState.NEW, MailState.READING, MailState.READY]
        return self._connection.execute(
            sa.select(sa.func.min(mail.c.came_at)).where(mail.c.state.in_(unfinished))
        ).scalar()
