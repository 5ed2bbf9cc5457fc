"""The migrations make exactly the tables that the code uses, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from mailbot.store import Store
from mailbot.store.engine import alembic_config
from mailbot.store.tables import metadata
from tests.desk import MONDAY


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A database that nobody has used."""
    if request.param == "postgresql":
        return Store(request.getfixturevalue("postgres_url"))
    return Store(f"sqlite:///{tmp_path}/mailbot.db")


def test_upgrading_makes_the_tables_of_the_code(store: Store) -> None:
    store.upgrade()
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    store.close()
    assert differences == []


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    store.upgrade()
    with store.transaction(MONDAY) as tx:
        tx.switches.put("paused", "yes")
    store.upgrade()
    with store.look(MONDAY) as tx:
        assert tx.switches.get("paused") == "yes"
        assert tx.connection.execute(sa.text("select count(*) from alembic_version")).scalar() == 1
    store.close()


def test_there_is_one_newest_revision() -> None:
    """Two changes made side by side would leave it open which comes first."""
    store = Store("sqlite://")
    with store.engine.connect() as connection:
        heads = ScriptDirectory.from_config(alembic_config(connection)).get_heads()
    assert len(heads) == 1


def test_the_bytes_of_mails_are_moved(store: Store) -> None:
    """A database from before they stood apart keeps each of them."""
    with store.engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0009")
        row = "'us', 'INBOX', 'inbox', 1, 1, 'handled', '2026-11-23', '2026-11-23', 5, 0"
        columns = "mailbox, folder, role, uidvalidity, uid, state, came_at, kept_at, size, strikes"
        connection.execute(sa.text(f"INSERT INTO mail ({columns}, raw) VALUES ({row}, :raw)"), {"raw": b"bytes"})
    store.upgrade()
    with store.look(MONDAY) as tx:
        assert tx.mails.raw(1) == b"bytes"
    store.close()
