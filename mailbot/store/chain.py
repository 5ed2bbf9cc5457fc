"""The audit trail as a chain of seals: each holds the hash of one event and of the seal before it.

Events are sealed in batches soon after they were written, so that no mail pays a commit for its seal and no replica
waits for another. Whoever changes, removes or slips in a sealed event breaks every seal from there on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from mailbot.store.tables import event, seal

_NOBODY = "0" * 64  # what stands before the first
_OVERLAP = 1_000  # a replica's events may become visible after later ones were sealed
_LAST = sa.select(seal.c.n, seal.c.hash).order_by(seal.c.n.desc()).limit(1)
_HIGHEST = sa.select(sa.func.coalesce(sa.func.max(seal.c.event_id), 0))


@dataclass(frozen=True)
class Checked:
    """What a check found: `broken` says in words where the chain is, or is empty; `last` is the newest seal."""

    events: int
    sealed: int
    last: str
    broken: str = ""
    unsealed_since: datetime | None = None


class Chain:
    """The seals, through one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def any_unsealed(self) -> bool:
        return self._connection.execute(self._unsealed(sa.select(event.c.id)).limit(1)).first() is not None

    def seal(self, most: int = 5_000) -> int:
        """How many events were sealed; none where another process is doing so."""
        newest, before = self._connection.execute(_LAST).first() or (0, _NOBODY)
        rows = []
        query = self._unsealed(sa.select(event)).order_by(event.c.id).limit(most)
        for n, one in enumerate(self._connection.execute(query).mappings(), start=newest + 1):
            before = _hash(n, before, one)
            rows.append({"n": n, "event_id": one["id"], "hash": before})
        if not rows:
            return 0
        try:
            with self._connection.begin_nested():
                self._connection.execute(sa.insert(seal), rows)
        except IntegrityError:
            return 0
        return len(rows)

    def last(self) -> str:
        """The newest seal, as "1234:5f70..."; kept elsewhere, it proves later that nothing up to it was changed."""
        n, found = self._connection.execute(_LAST).first() or (0, _NOBODY)
        return f"{n}:{found[:16]}"

    def check(self, known: str = "") -> Checked:
        """Go along the whole chain, in a snapshot; `known` is a seal from before that must still be part of it."""
        before, n, broken, seen = _NOBODY, 0, "", {""}
        for n, row in enumerate(self._sealed(), start=1):
            broken = broken or _fault(n, before, row)
            before = row["hash"]
            seen.add(f"{row['n']}:{before[:16]}" if known else "")
        if not broken and known not in seen:
            broken = f"the seal {known} is no longer part of it: events were removed, or all seals made anew"
        events = int(self._connection.execute(sa.select(sa.func.count()).select_from(event)).scalar_one())
        oldest = sa.select(sa.func.min(event.c.at)).where(~_IS_SEALED)
        since = self._connection.execute(oldest).scalar()
        return Checked(events, n, self.last(), broken, since)

    def _sealed(self) -> Iterator[sa.RowMapping]:
        query = sa.select(seal.c.n, seal.c.hash, seal.c.event_id, *event.c)
        joined = query.select_from(seal.outerjoin(event, event.c.id == seal.c.event_id)).order_by(seal.c.n)
        result = self._connection.execution_options(yield_per=1_000).execute(joined)
        yield from result.mappings()

    def _unsealed(self, query: sa.Select[tuple[int]]) -> sa.Select[tuple[int]]:
        """From a little before the newest that is sealed: looking at all of them every time would grow for ever."""
        highest = int(self._connection.execute(_HIGHEST).scalar_one())
        return query.where(event.c.id > highest - _OVERLAP, ~_IS_SEALED)


_IS_SEALED = sa.exists().where(seal.c.event_id == event.c.id)


def _fault(n: int, before: str, row: sa.RowMapping) -> str:
    if row["n"] != n:
        return f"seal {n} was removed"
    if row["id"] is None:
        return f"event {row['event_id']} was removed after it was sealed"
    if row["hash"] != _hash(n, before, row):
        return f"event {row['event_id']} was changed after it was sealed"
    return ""


def _hash(n: int, before: str, row: sa.RowMapping) -> str:
    words = [
        n,
        before,
        row["id"],
        row["at"].isoformat(),
        row["actor"],
        row["what"],
        row["mail_id"],
        row["letter_id"],
        row["referral_id"],
        row["detail"],
    ]
    text = json.dumps(words, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
