"""Past the guards of the audit trail, as whoever owns the database can go."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa


@contextlib.contextmanager
def unguarded(connection: sa.Connection) -> Iterator[None]:
    """Within it, events and seals can be changed and removed."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield
        connection.execute(sa.text("SET LOCAL session_replication_role = DEFAULT"))
        return
    guards = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in guards:
        connection.execute(sa.text(f"DROP TRIGGER {name}"))
    yield
    for _, made in guards:
        connection.execute(sa.text(made))
