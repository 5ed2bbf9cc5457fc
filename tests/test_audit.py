"""The audit trail: every view, change and letter, appended, sealed, and checked by command."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from mailbot.store import Store
from mailbot.store.tables import event
from tests.desk import MONDAY, Desk, mail
from tests.guards import unguarded
from tests.servers.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        found = Store(postgres.new_database())
    else:
        found = Store(f"sqlite:///{tmp_path}/mailbot.db")
    found.upgrade()
    yield found
    found.close()


def add(store: Store, times: int = 3) -> None:
    with store.transaction(MONDAY) as tx:
        for number in range(times):
            tx.audit.add("paused", actor="ann", number=number, list=["a", "ä"])


def sealed(store: Store) -> int:
    with store.transaction(MONDAY) as tx:
        return tx.chain.seal()


def check(store: Store, known: str = "") -> str:
    with store.snapshot(MONDAY) as tx:
        return tx.chain.check(known).broken


def last(store: Store) -> str:
    with store.look(MONDAY) as tx:
        return tx.chain.last()


def by_force(store: Store, *deeds: str) -> None:
    """As whoever owns the database can, past the guards."""
    with store.transaction(MONDAY) as tx, unguarded(tx.connection):
        for deed in deeds:
            tx.connection.execute(sa.text(deed))


def test_a_chain_that_is_whole(store: Store) -> None:
    assert check(store) == ""
    add(store)
    assert sealed(store) == 3
    assert sealed(store) == 0
    noted = last(store)
    add(store)
    assert sealed(store) == 3
    assert check(store) == ""
    assert check(store, noted) == ""
    with store.snapshot(MONDAY) as tx:
        found = tx.chain.check()
    assert (found.events, found.sealed, found.unsealed_since) == (6, 6, None)


@pytest.mark.parametrize("deed", ["UPDATE event SET actor = 'bob'", "DELETE FROM event", "DELETE FROM seal"])
def test_nothing_can_be_changed_or_removed(store: Store, deed: str) -> None:
    add(store)
    sealed(store)
    with pytest.raises(DBAPIError, match="append-only"), store.transaction(MONDAY) as tx:
        tx.connection.execute(sa.text(deed))
    assert check(store) == ""


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("UPDATE event SET actor = 'bob' WHERE id = 2", "event 2 was changed after it was sealed"),
        ("UPDATE event SET detail = '{}' WHERE id = 2", "event 2 was changed after it was sealed"),
        ("DELETE FROM event WHERE id = 2", "event 2 was removed after it was sealed"),
        ("DELETE FROM seal WHERE n = 2", "seal 2 was removed"),
        ("UPDATE seal SET hash = '0' WHERE n = 1", "event 1 was changed after it was sealed"),
    ],
)
def test_what_is_done_by_force_is_seen(store: Store, deed: str, words: str) -> None:
    add(store)
    sealed(store)
    by_force(store, deed)
    assert check(store) == words


def test_an_end_that_was_cut_off_is_seen_by_a_seal_noted_elsewhere(store: Store) -> None:
    add(store)
    sealed(store)
    noted = last(store)
    by_force(store, "DELETE FROM seal WHERE n = 3", "DELETE FROM event WHERE id = 3")
    assert check(store) == ""
    assert "no longer part of it" in check(store, noted)


def test_two_processes_seal_each_event_once(store: Store) -> None:
    add(store, 50)
    stores = [Store(store.engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(sealed, stores))
    for one in stores:
        one.close()
    assert sum(counts) == 50
    assert check(store) == ""


def test_an_event_that_becomes_visible_late_is_sealed_too(store: Store) -> None:
    """PostgreSQL numbers events when they are written, not when they are kept."""
    with store.transaction(MONDAY) as tx:
        row = {"at": MONDAY, "actor": "ann", "what": "paused", "detail": {}}
        tx.connection.execute(sa.insert(event), [{"id": 7, **row}])
    assert sealed(store) == 1
    with store.transaction(MONDAY) as tx:
        tx.connection.execute(sa.insert(event), [{"id": 5, **row}])
    assert sealed(store) == 1
    assert check(store) == ""


def test_every_mail_and_every_letter_is_in_it_with_its_why(tmp_path: Path) -> None:
    found = Store(f"sqlite:///{tmp_path}/mailbot.db")
    found.upgrade()
    desk = Desk(found)
    desk.handles(mail())
    desk.deliver()
    with found.look(MONDAY) as tx:
        rows = tx.audit.newest(10)
    said = {row["what"]: row for row in rows}
    assert said["mail_handled"]["mail_id"] == 1
    assert said["mail_handled"]["detail"]["kind"] == "form_request"
    assert said["mail_handled"]["detail"]["why"]
    assert said["letter_cancelled"]["letter_id"] == 1
    desk.tick()
    assert check(found) == ""
    with found.look(MONDAY) as tx:
        assert not tx.chain.any_unsealed()
    found.close()
