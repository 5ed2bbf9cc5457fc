"""What waits, found by itself: PostgreSQL believes what it counted last, when many may have waited or none.

By an index of all rows, or for an "exists", it may then go along each row that ever was. It does not where the
statement spells out what waits, as the index does, and asks for the oldest first (its manual, 11.8).
"""

from __future__ import annotations

import sqlalchemy as sa


def index(name: str, where: str, *columns: str) -> sa.Index:
    """An index of the few rows that wait, oldest first."""
    return sa.Index(name, *columns, "id", sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def spelt(word: str) -> sa.ColumnElement[str]:
    """A word of our own within a statement, and not beside it."""
    return sa.literal_column(f"'{word}'", sa.Text)


def oldest(table: sa.Table, state: str) -> sa.Select[tuple[int]]:
    """The numbers of the rows in a state, in the order of its index."""
    return sa.select(table.c.id).where(table.c.state == spelt(state)).order_by(table.c.id)


def any_of(rows: sa.Select[tuple[int]]) -> sa.ColumnElement[bool]:
    """Whether there is any of these, which are in the order of their index."""
    return rows.limit(1).scalar_subquery().is_not(None)
