"""A digest is built beside everything else and written in a moment: what changes meanwhile is not missed, nor held up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailbot.actions import about
from mailbot.jobs import once
from mailbot.meeting import Meeting, next_meeting
from mailbot.referral import State
from mailbot.settings import StaffSettings
from mailbot.store import Store, Transaction
from tests.contracts.test_store import new_referral
from tests.desk import MONDAY, STAFF, office_with
from tests.test_decisions import text

POLICE = "jo@hq.police.example"
TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
ONE, TWO = "HM-2026-0001", "HM-2026-0002"
OFFICE = office_with(staff=StaffSettings(addresses=(STAFF, POLICE), agencies=("police.example: Police",)))
MEETING: Meeting = next_meeting(MONDAY, OFFICE.settings.meeting)

Change = Callable[[Transaction], object]


class Busy(Store):
    """A store beside which another process writes each time a digest has been built and not yet written."""

    def __init__(self, url: str, changes: Iterator[Change]) -> None:
        super().__init__(url)
        self._other, self._changes = Store(url), changes
        self.built = 0

    @contextmanager
    def snapshot(self, now: datetime) -> Iterator[Transaction]:
        with super().snapshot(now) as tx:
            yield tx
            self.built += 1
            if change := next(self._changes, None):
                with self._other.transaction(now) as other:  # waits, and fails, where a writer is held meanwhile
                    change(other)

    def close(self) -> None:
        self._other.close()
        super().close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/mailbot.db"


@pytest.fixture
def busy(url: str) -> Iterator[Callable[..., Busy]]:
    """Two referrals queued for the meeting, and what changes while the digest is built, once for each time."""
    opened: list[Busy] = []

    def open_with(*changes: Change) -> Busy:
        store = Busy(url, iter(changes))
        opened.append(store)
        store.upgrade()
        with store.transaction(MONDAY) as tx:
            for _ in range(2):
                tx.referrals.add(new_referral(), {})
        return store

    yield open_with
    for store in opened:
        store.close()


def sent(store: Store) -> dict[str, str]:
    """The words of each recipient's digest; each has one."""
    with store.look(TUESDAY) as tx:
        rows = tx.letters.of_cause("meeting:2026-11-25")
        found = {str(row["recipient"]): text(row) for row in rows}
    assert len(rows) == len(found) == 2
    return found


def states(store: Store) -> list[str]:
    with store.look(TUESDAY) as tx:
        return [row["state"] for row in tx.referrals.all()]


def says(reference: str, action: str, said: str = "") -> Change:
    return lambda tx: about.answer(OFFICE, tx, reference, action, said, "Ann at the keyboard")


def send(store: Store) -> bool:
    return once.send(OFFICE, store, TUESDAY, MEETING)


def test_others_write_while_it_is_built_and_what_comes_then_is_for_the_next_list(busy: Callable[..., Busy]) -> None:
    late = new_referral(meeting=date(2026, 12, 2), missed_cut_off=True)
    store = busy(lambda tx: tx.referrals.add(late, {}))
    assert send(store)
    assert not send(store)
    assert store.built == 1
    assert states(store) == [State.ON_LIST, State.ON_LIST, State.QUEUED]
    for words in sent(store).values():
        assert ONE in words
        assert TWO in words
        assert "2 new referrals" in words


def test_what_is_kept_from_somebody_meanwhile_is_not_on_their_list(busy: Callable[..., Busy]) -> None:
    store = busy(says(TWO, "not-for", "Police"))
    assert send(store)
    assert store.built == 2
    found = sent(store)
    assert TWO in found[STAFF]
    assert TWO not in found[POLICE]
    assert ONE in found[POLICE]


def test_what_leaves_the_list_meanwhile_is_not_put_back(busy: Callable[..., Busy]) -> None:
    def withdrawn(tx: Transaction) -> None:
        assert tx.referrals.move(tx.referrals.get(ONE)["id"], State.QUEUED, State.WITHDRAWN)

    store = busy(withdrawn)
    assert send(store)
    assert states(store) == [State.WITHDRAWN, State.ON_LIST]
    assert all(ONE not in words for words in sent(store).values())


def test_where_something_changes_each_time_it_is_written_all_the_same(busy: Callable[..., Busy]) -> None:
    back_and_forth = [says(TWO, action, "Police" if action == "not-for" else "") for action in ("not-for", "for-all")]
    store = busy(*back_and_forth * 5)
    assert send(store)
    assert store.built == 3
    assert TWO not in sent(store)[POLICE]


def test_another_process_that_is_quicker_writes_it_alone(busy: Callable[..., Busy], url: str) -> None:
    other = Store(url)

    def quicker(tx: Transaction) -> None:
        assert tx.switches.claim_slot("digest", "2026-11-25")

    store = busy(quicker)
    assert not send(store)
    assert states(store) == [State.QUEUED, State.QUEUED]
    other.close()
