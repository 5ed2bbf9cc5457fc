"""What is asked at every mail and letter looks at the few that wait, whatever PostgreSQL last believed of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mailbot.store import LetterState, MailState, Store, Transaction
from mailbot.store.mails import Arrived
from mailbot.store.tables import letter, mail
from tests.desk import MONDAY, US, a_letter

MANY, _LEASE = 1_000, timedelta(minutes=5)
#: rows of the ledger and the outbox that this connection has looked at
_LOOKED_AT = sa.text(
    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables WHERE relname IN ('mail', 'letter')"
)
QUESTIONS: dict[str, Callable[[Transaction], object]] = {
    "what was there before": lambda tx: tx.mails.before(MANY, "0" * 64, "<a@b.example>", "words", "sam@x.example"),
    "which are known": lambda tx: tx.mails.known_uids(US, "INBOX", 1, [MANY + 1, MANY + 2]),
    "any to read": lambda tx: tx.mails.any_waits(MailState.READING),
    "any to file": lambda tx: tx.mails.any_unfiled(US, "INBOX"),
    "new mails": lambda tx: tx.mails.take(MailState.NEW, 10, _LEASE),
    "ready mails": lambda tx: tx.mails.take(MailState.READY, 1, _LEASE),
    "letters due": lambda tx: tx.letters.due(),
    "urgent letters": lambda tx: tx.letters.take(10, _LEASE, urgent=True, begin=True),
    "letters": lambda tx: tx.letters.take(10, _LEASE, begin=True),
    "copies": lambda tx: tx.letters.copies_due(5, at_rest=True),
}


@pytest.fixture(scope="module", params=["none", "all waiting"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A ledger and an outbox in which all is done, counted by PostgreSQL while there was nothing, or all waited."""
    store = Store(request.getfixturevalue("postgres").new_database())
    store.upgrade()
    with store.transaction(MONDAY) as tx:
        tx.connection.execute(sa.text("ALTER TABLE mail SET (autovacuum_enabled = off)"))
        tx.connection.execute(sa.text("ALTER TABLE letter SET (autovacuum_enabled = off)"))
    if request.param == "none":
        _ask_all(store)
        _fill(store)
    else:
        _fill(store)
        with store.transaction(MONDAY) as tx:
            tx.connection.execute(sa.text("ANALYZE"))
        _ask_all(store)
    with store.transaction(MONDAY) as tx:
        tx.connection.execute(sa.update(mail).values(state=MailState.HANDLED, filed_at=MONDAY))
        tx.connection.execute(sa.update(letter).values(state=LetterState.SENT, copy="done"))
    yield store
    store.close()


def _fill(store: Store) -> None:
    written = a_letter()
    with store.transaction(MONDAY) as tx:
        mails = [Arrived(uid, MONDAY, 1, MailState.NEW, b"%d" % uid) for uid in range(1, MANY + 1)]
        tx.mails.keep(US, "INBOX", "inbox", 1, mails)
        for number in range(MANY):
            tx.letters.put(written, f"mail:{number}")
        tx.connection.execute(sa.update(letter).values(copy="due"))


def _ask_all(store: Store) -> None:
    """Often enough for PostgreSQL to keep its plans."""
    for _ in range(8):
        for ask in QUESTIONS.values():
            with store.rehearsal(MONDAY) as tx:
                ask(tx)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_at_every_mail_does_not_go_along_the_ledger(store: Store, question: str) -> None:
    for _ in range(2):  # by the second time an index has learned which of its rows are no more
        with store.rehearsal(MONDAY) as tx:
            before = tx.connection.execute(_LOOKED_AT).scalar_one()
            QUESTIONS[question](tx)
            looked_at = tx.connection.execute(_LOOKED_AT).scalar_one() - before
    assert looked_at < MANY / 10
