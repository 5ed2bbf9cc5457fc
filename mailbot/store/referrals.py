"""Referrals and their answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from mailbot.errors import NotFound
from mailbot.referral import State, may_move
from mailbot.store.tables import answer, referral
from parsers import Answer

#: asked of every mail that nothing else ties to a referral
_OF_REFERRER = (
    sa.select(referral)
    .where(
        referral.c.referrer == sa.bindparam("address"),
        referral.c.confirmed_by.is_not(None),
        referral.c.state.not_in([State.WITHDRAWN, State.CLOSED]),
    )
    .order_by(referral.c.id.desc())
    .limit(5)
)


@dataclass(frozen=True)
class NewReferral:
    """What is known of a referral when it is made."""

    prefix: str
    received_at: datetime
    meeting: date
    missed_cut_off: bool
    form_version: str | None
    referrer: str | None
    confirmed_by: str | None
    sender: str | None
    their_reference: str


class Referrals:
    """Referrals, through one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def add(self, new: NewReferral, answers: Mapping[str, Answer]) -> sa.RowMapping:
        """A new referral under the next reference of its year, with its answers."""
        year = new.received_at.year
        if self._connection.dialect.name == "postgresql":  # two writers must not take the same number
            self._connection.execute(sa.text("select pg_advisory_xact_lock(7207, :year)"), {"year": year})
        query = sa.select(sa.func.coalesce(sa.func.max(referral.c.number), 0)).where(referral.c.year == year)
        number = int(self._connection.execute(query).scalar_one()) + 1
        row = {
            "reference": f"{new.prefix}-{year}-{number:04d}",
            "year": year,
            "number": number,
            "state": State.QUEUED,
            "received_at": new.received_at,
            "meeting": new.meeting,
            "missed_cut_off": new.missed_cut_off,
            "form_version": new.form_version,
            "referrer": new.referrer,
            "confirmed_by": new.confirmed_by,
            "sender": new.sender,
            "their_reference": new.their_reference,
        }
        referral_id = self._connection.execute(sa.insert(referral).values(row).returning(referral.c.id)).scalar_one()
        self._keep_answers(referral_id, 1, answers)
        return self.by_id(referral_id)

    def _keep_answers(self, referral_id: int, version: int, answers: Mapping[str, Answer]) -> None:
        rows = [
            {
                "referral_id": referral_id,
                "version": version,
                "key": key,
                "value": one.value,
                "raw": one.raw,
                "confidence": round(one.confidence * 1000),
                "found": one.where,
                "remark": one.remark,
                "candidates": list(one.candidates),
                "crop": one.crop,
            }
            for key, one in answers.items()
        ]
        if rows:
            self._connection.execute(sa.insert(answer), rows)

    def answers(self, referral_id: int) -> dict[str, Answer]:
        """The newest version of each answer, by key."""
        query = sa.select(answer).where(answer.c.referral_id == referral_id).order_by(answer.c.version, answer.c.id)
        return {row["key"]: _answer(row) for row in self._connection.execute(query).mappings()}

    def some_answers(self, keys: Collection[str]) -> dict[int, dict[str, Answer]]:
        """The newest version of these answers, by referral and key, of every referral that has any."""
        query = sa.select(answer).where(answer.c.key.in_(keys)).order_by(answer.c.version, answer.c.id)
        found: dict[int, dict[str, Answer]] = {}
        for row in self._connection.execute(query).mappings():
            found.setdefault(row["referral_id"], {})[row["key"]] = _answer(row)
        return found

    def answer(self, referral_id: int, key: str) -> Answer | None:
        """The newest version of one answer."""
        query = sa.select(answer).where(answer.c.referral_id == referral_id, answer.c.key == key)
        row = self._connection.execute(query.order_by(answer.c.version.desc()).limit(1)).mappings().first()
        return _answer(row) if row else None

    def every_answer(self, referral_id: int) -> Sequence[sa.RowMapping]:
        """All versions of all answers, oldest first."""
        query = sa.select(answer).where(answer.c.referral_id == referral_id).order_by(answer.c.id)
        return self._connection.execute(query).mappings().all()

    @staticmethod
    def of_row(row: sa.RowMapping) -> Answer:
        """An answer as it was kept."""
        return _answer(row)

    def add_version(self, referral_id: int, answers: Mapping[str, Answer]) -> int:
        """Newer answers beside the older ones, which are kept; says which version they are."""
        query = sa.select(sa.func.coalesce(sa.func.max(answer.c.version), 0)).where(answer.c.referral_id == referral_id)
        version = int(self._connection.execute(query).scalar_one()) + 1
        self._keep_answers(referral_id, version, answers)
        return version

    def confirm_answer(self, referral_id: int, key: str, value: Any, raw: str, by: str) -> None:
        """A person says what the answer is."""
        version = self.add_version(referral_id, {key: Answer(value, raw, 1.0, {"reader": "person"})})
        update = sa.update(answer).where(
            answer.c.referral_id == referral_id, answer.c.version == version, answer.c.key == key
        )
        self._connection.execute(update.values(confirmed_by=by))

    def get(self, reference: str) -> sa.RowMapping:
        """One referral by its reference; raises NotFound."""
        query = sa.select(referral).where(referral.c.reference == reference.upper())
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"There is no referral {reference.upper()}; `mailbot list` shows those there are.")
        return row

    def by_id(self, referral_id: int) -> sa.RowMapping:
        return self._connection.execute(sa.select(referral).where(referral.c.id == referral_id)).mappings().one()

    def with_references(self, references: Collection[str]) -> Sequence[sa.RowMapping]:
        """Those of these references that exist."""
        if not references:
            return []
        query = sa.select(referral).where(referral.c.reference.in_([one.upper() for one in references]))
        return self._connection.execute(query.order_by(referral.c.id)).mappings().all()

    def of_referrer(self, address: str) -> Sequence[sa.RowMapping]:
        """The newest few referrals of a confirmed referrer that are not closed."""
        return self._connection.execute(_OF_REFERRER, {"address": address}).mappings().all() if address else []

    def all(self) -> Sequence[sa.RowMapping]:
        """Every referral, oldest first."""
        return self._connection.execute(sa.select(referral).order_by(referral.c.id)).mappings().all()

    def in_states(self, states: Collection[State]) -> Sequence[sa.RowMapping]:
        """Referrals in these states, oldest first."""
        query = sa.select(referral).where(referral.c.state.in_(states)).order_by(referral.c.id)
        return self._connection.execute(query).mappings().all()

    def kept_apart(self) -> Sequence[sa.RowMapping]:
        """Who may not see which referral, of all that not everybody may see."""
        query = sa.select(referral.c.id, referral.c.not_for, referral.c.only_for).order_by(referral.c.id)
        rows = self._connection.execute(query).mappings()
        return [row for row in rows if row["not_for"] or row["only_for"] is not None]

    def move(self, referral_id: int, was: State, to: State, **values: Any) -> bool:
        """Whether the referral went from one state to the other; False where another got there first.

        Raises ValueError for a move that no referral may make.
        """
        if not may_move(was, to):
            raise ValueError(f"no referral goes from {was} to {to}")
        update = sa.update(referral).where(referral.c.id == referral_id, referral.c.state == was)
        return self._connection.execute(update.values(state=to, **values)).rowcount == 1

    def change(self, referral_id: int, **values: Any) -> None:
        self._connection.execute(sa.update(referral).where(referral.c.id == referral_id).values(values))

    def count_by_state(self) -> dict[str, int]:
        rows = self._connection.execute(sa.select(referral.c.state, sa.func.count()).group_by(referral.c.state))
        return dict(rows.all())


def _answer(row: sa.RowMapping) -> Answer:
    return Answer(
        value=row["value"],
        raw=row["raw"],
        confidence=row["confidence"] / 1000,
        where=row["found"],
        remark=row["remark"],
        candidates=tuple(row["candidates"]),
        crop=row["crop"],
    )
