"""What every database must keep: one suite, run on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError

from mailbot.errors import NotFound
from mailbot.letters import assemble, encode
from mailbot.referral import State
from mailbot.store import LetterState, MailState, Store, Transaction
from mailbot.store.mails import Arrived, Marks
from mailbot.store.prepared import Prepared
from mailbot.store.referrals import NewReferral
from mailbot.store.tables import event, letter, mail, metadata
from parsers import Answer, Reading
from tests.desk import MONDAY, US, a_letter
from tests.guards import unguarded
from tests.servers.postgres import Postgres

Result = TypeVar("Result")
LEASE = timedelta(minutes=5)
LATER = MONDAY + timedelta(hours=1)
NEW = MailState.NEW
WHY = [{"rule": "asks_for_form", "words": "asks"}]
MARKS = Marks("form_request", WHY, message_id=None, content="c", sender="", subject="Form")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with its tables made, one for this file."""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        found = postgres.new_database()
    else:
        found = f"sqlite:///{tmp_path_factory.mktemp('store')}/mailbot.db"
    store = Store(found)
    store.upgrade()
    store.close()
    return found


@pytest.fixture
def open_store(url: str) -> Iterator[Callable[[], Store]]:
    """Opens the same database as another process would: with a connection pool and an owner of its own."""
    opened: list[Store] = []

    def one_more() -> Store:
        opened.append(Store(url))
        return opened[-1]

    with one_more().transaction(MONDAY) as tx, unguarded(tx.connection):
        for table in reversed(metadata.sorted_tables):
            tx.connection.execute(sa.delete(table))
    yield one_more
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()


def keep(store: Store, *uids: int, folder: str = "INBOX", raw: bytes = b"Subject: x\r\n\r\n") -> list[int]:
    """New mails with these UIDs; says their numbers."""
    with store.transaction(MONDAY) as tx:
        arrived = [Arrived(uid, MONDAY, len(raw), MailState.NEW, raw + b"%d" % uid) for uid in uids]
        tx.mails.keep(US, folder, "inbox", 1, arrived)
        query = sa.select(mail.c.id).where(mail.c.folder == folder, mail.c.uid.in_(uids)).order_by(mail.c.uid)
        return list(tx.connection.execute(query).scalars())


def put(store: Store, *causes: str, name: str = "question", **refs: Any) -> list[int | None]:
    """Letters with these causes, ready to go; says their numbers."""
    with store.transaction(MONDAY) as tx:
        return [tx.letters.put(a_letter(name, cause=cause), cause, **refs) for cause in causes]


def begin(tx: Transaction, number: int = 1) -> None:
    """Take so many letters and begin to hand each over."""
    for one in tx.letters.take(number, LEASE):
        assert tx.letters.begin(one.id, LEASE)


def new_referral(**changes: Any) -> NewReferral:
    plain: dict[str, Any] = {
        "prefix": "HM", "received_at": MONDAY, "meeting": date(2026, 11, 25), "missed_cut_off": False,
        "form_version": "1", "referrer": "sam.okoro@cmht.example", "confirmed_by": None,
        "sender": "sam.okoro@cmht.example", "their_reference": "",
    }  # fmt: skip
    return NewReferral(**{**plain, **changes})


def add_referral(store: Store, answers: dict[str, Answer] | None = None, **changes: Any) -> sa.RowMapping:
    with store.transaction(MONDAY) as tx:
        return tx.referrals.add(new_referral(**changes), answers or {})


def at_once(work: Callable[[int], Result], workers: int = 6) -> list[Result]:
    """What each of several threads got, all begun at the same moment."""
    gate = threading.Barrier(workers)

    def begin(number: int) -> Result:
        gate.wait(10)
        return work(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(begin, range(workers)))


class TestLedger:
    def test_one_row_for_each_message_of_each_folder(self, store: Store) -> None:
        keep(store, 1, 2)
        keep(store, 1, folder="Team/Old")
        with store.transaction(MONDAY) as tx:  # the mailbox was made again: UIDs begin anew
            tx.mails.keep(US, "INBOX", "inbox", 2, [Arrived(1, MONDAY, 3, MailState.NEW, b"abc")])

        with pytest.raises(IntegrityError):
            keep(store, 2)

    def test_says_which_uids_it_has(self, store: Store) -> None:
        keep(store, 1, 3)
        keep(store, 2, folder="Other")
        with store.look(MONDAY) as tx:
            assert tx.mails.known_uids(US, "INBOX", 1, [1, 2, 3, 4]) == {1, 3}
            assert tx.mails.known_uids(US, "INBOX", 2, [1, 3]) == set()
            assert tx.mails.known_uids(US, "INBOX", 1, []) == set()

    def test_keeps_every_byte_with_its_hash(self, store: Store) -> None:
        raw = bytes(range(256)) * 5
        (mail_id,) = keep(store, 1, raw=raw)
        with store.look(MONDAY) as tx:
            assert tx.mails.raw(mail_id) == raw + b"1"
            row = tx.mails.get(mail_id)
        assert (len(row["sha256"]), row["state"], row["kept_at"]) == (64, MailState.NEW, MONDAY)
        assert "raw" not in row, "looking must not load attachments"

    def test_keeps_one_with_its_bytes_and_the_mark_of_its_folder(self, store: Store) -> None:
        for uid in (7, 8):
            with store.statement(MONDAY) as tx:
                arrived = Arrived(uid, MONDAY, 2, MailState.NEW, b"%dx" % uid)
                mail_id = tx.mails.keep_one(US, "INBOX", "inbox", 3, arrived, uid + 1)
            with store.look(MONDAY) as tx:
                row = tx.mails.get(mail_id)
                assert (row["uid"], row["uidvalidity"], row["state"], row["strikes"]) == (uid, 3, "new", 0)
                assert (row["kept_at"], len(row["sha256"]), tx.mails.raw(mail_id)) == (MONDAY, 64, b"%dx" % uid)
                assert tx.folders.marks(US) == {"INBOX": (3, uid + 1)}
        with pytest.raises(IntegrityError), store.statement(MONDAY) as tx:
            tx.mails.keep_one(US, "INBOX", "inbox", 3, Arrived(8, MONDAY, 1, MailState.NEW, b"x"), 99)
        with store.look(MONDAY) as tx:
            assert tx.folders.marks(US) == {"INBOX": (3, 9)}, "all of it or nothing"
            assert tx.mails.count_by_state() == {"new": 2}

    def test_counts_what_it_does_not_keep(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            arrived = [Arrived(1, MONDAY, 9, MailState.BEFORE_US), Arrived(2, MONDAY, 9, MailState.GONE)]
            tx.mails.keep(US, "INBOX", "inbox", 1, arrived)
            assert tx.mails.count_by_state() == {"before_us": 1, "gone": 1}
            assert tx.mails.take(NEW, 10, LEASE) == []
            assert not any(map(tx.mails.any_waits, (NEW, MailState.READING, MailState.READY)))
        with store.look(MONDAY) as tx:
            assert tx.mails.oldest_unfinished() is None

    def test_a_mail_that_is_not_there(self, store: Store) -> None:
        with store.look(MONDAY) as tx:
            assert tx.mails.raw(7) is None
            with pytest.raises(NotFound, match="no mail number 7"):
                tx.mails.get(7)

    def test_the_oldest_unfinished_mail(self, store: Store) -> None:
        (first, second) = keep(store, 1, 2)
        finish(store, first)
        with store.look(LATER) as tx:
            assert tx.mails.oldest_unfinished() == MONDAY
        finish(store, second)
        with store.look(LATER) as tx:
            assert tx.mails.oldest_unfinished() is None
            assert tx.mails.last_came_at() == MONDAY


def finish(store: Store, mail_id: int, to: MailState = MailState.HANDLED, **values: Any) -> None:
    with store.transaction(MONDAY) as tx:
        tx.mails.take(NEW, 100, LEASE)
        assert tx.mails.move(mail_id, to, **values)
        tx.mails.give_back(
            tx.connection.execute(sa.select(mail.c.id).where(mail.c.lease_owner.is_not(None))).scalars().all()
        )


class TestMailLeases:
    def test_two_workers_never_take_the_same_mail(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(2)]
        ids = keep(stores[0], *range(1, 41))

        def work(number: int) -> list[int]:
            mine: list[int] = []
            while True:
                with stores[number % 2].transaction(MONDAY) as tx:
                    taken = [one.id for one in tx.mails.take(NEW, 3, LEASE)]
                if not taken:
                    return mine
                mine += taken

        taken = at_once(work, 4)
        assert sorted(chain(*taken)) == ids

    def test_oldest_first_and_no_more_than_asked(self, store: Store) -> None:
        ids = keep(store, 5, 1, 3)
        with store.transaction(MONDAY) as tx:
            assert [one.id for one in tx.mails.take(NEW, 2, LEASE)] == sorted(ids)[:2]

    def test_a_lease_that_is_not_renewed_ends(self, open_store: Callable[[], Store]) -> None:
        ours, theirs = open_store(), open_store()
        (mail_id,) = keep(ours, 1)
        assert take(ours, MONDAY) == [mail_id]
        assert take(theirs, MONDAY + LEASE) == []
        with ours.transaction(MONDAY + LEASE) as tx:
            assert tx.mails.renew(mail_id, LEASE)
        assert take(theirs, MONDAY + LEASE * 1.5) == []
        assert take(theirs, MONDAY + LEASE * 2.5) == [mail_id]
        with ours.transaction(MONDAY + LEASE * 2.6) as tx:
            assert not tx.mails.renew(mail_id, LEASE)

    def test_only_the_holder_moves_a_mail_and_only_from_where_it_was(self, open_store: Callable[[], Store]) -> None:
        ours, theirs = open_store(), open_store()
        (mail_id,) = keep(ours, 1)
        take(ours, MONDAY)
        with theirs.transaction(MONDAY) as tx:
            assert tx.mails.finish(mail_id, MARKS) is None
        with ours.transaction(MONDAY) as tx:
            assert not tx.mails.move(mail_id, MailState.READY, [MailState.READING])
            assert tx.mails.finish(mail_id, MARKS) == MailState.HANDLED
            assert not tx.mails.move(mail_id, MailState.SET_ASIDE), "its lease has ended"
            assert (tx.mails.get(mail_id)["kind"], tx.mails.get(mail_id)["handled_at"]) == ("form_request", MONDAY)

    def test_a_mail_that_is_done_waits_for_a_person_where_something_of_it_does(self, store: Store) -> None:
        waits, answered, other = keep(store, 1, 2, 3)
        with store.transaction(MONDAY) as tx:
            tx.mails.take(NEW, 3, LEASE)
            tx.needs.open("unclear", "What is it?", mail_id=waits)
            closed = tx.needs.open("unclear", "What is it?", mail_id=answered)
            assert closed is not None
            tx.needs.close(closed, "Ann", "done")
            assert tx.mails.finish(waits, MARKS) == MailState.NEEDS_PERSON
            assert tx.mails.finish(answered, MARKS) == tx.mails.finish(other, MARKS) == MailState.HANDLED
            assert [tx.mails.get(one)["handled_at"] for one in (waits, answered)] == [MONDAY, MONDAY]

    def test_a_mail_is_done_with_an_event_that_says_so(self, open_store: Callable[[], Store]) -> None:
        ours, theirs = open_store(), open_store()
        (mail_id,) = keep(ours, 1)
        take(ours, MONDAY)
        with theirs.transaction(MONDAY) as tx:
            assert tx.finish(mail_id, MARKS, "mail_handled", kind="form_request") is None
            assert tx.audit.newest(10) == []
        with ours.transaction(MONDAY) as tx:
            tx.audit.add("earlier", letter_id=None)
            assert tx.finish(mail_id, MARKS, "mail_handled", kind="form_request", why=["a"]) == MailState.HANDLED
            tx.audit.add("later")
        with ours.look(MONDAY) as tx:
            row = tx.mails.get(mail_id)
            assert Marks(*(row[name] for name in Marks._fields)) == MARKS
            assert (row["state"], row["handled_at"], row["strikes"]) == (MailState.HANDLED, MONDAY, 0)
            events = tx.audit.newest(10)
        assert [one["what"] for one in events] == ["earlier", "mail_handled", "later"]
        assert (events[1]["at"], events[1]["actor"], events[1]["mail_id"]) == (MONDAY, "mailbot", mail_id)
        assert events[1]["detail"] == {"kind": "form_request", "why": ["a"], "state": "handled"}

    def test_strikes_are_counted_before_the_work(self, store: Store) -> None:
        (mail_id,) = keep(store, 1)
        for strikes in (1, 2, 3):
            with store.transaction(MONDAY + strikes * 2 * LEASE) as tx:  # each holder dies without a word
                assert [one.strikes for one in tx.mails.take(NEW, 1, LEASE)] == [strikes]
        with store.transaction(MONDAY + 6 * LEASE) as tx:
            tx.mails.move(mail_id, MailState.READY)
            assert tx.mails.get(mail_id)["strikes"] == 0

    def test_giving_back_takes_the_strike_away(self, store: Store) -> None:
        (mail_id,) = keep(store, 1)
        with store.transaction(MONDAY) as tx:
            tx.mails.take(NEW, 1, LEASE)
            tx.mails.give_back([mail_id])
            tx.mails.give_back([mail_id])  # not ours any more: nothing
            assert [one.strikes for one in tx.mails.take(NEW, 1, LEASE)] == [1]

    def test_a_persons_word_moves_a_mail_that_nobody_holds(self, store: Store) -> None:
        (mail_id,) = keep(store, 1)
        finish(store, mail_id, MailState.SET_ASIDE, error="a traceback")
        with store.transaction(MONDAY) as tx:
            assert not tx.mails.set_state(mail_id, MailState.NEW, [MailState.HANDLED])
            assert tx.mails.set_state(mail_id, MailState.NEW, [MailState.SET_ASIDE])
            assert tx.mails.get(mail_id)["error"] is None

    def test_leases_of_dead_processes_end_at_once(self, open_store: Callable[[], Store]) -> None:
        ours, crashed, elsewhere = open_store(), open_store(), open_store()
        host = ours.owner.rsplit(":", 2)[0]
        crashed.owner = f"{host}:{2**22 + 1}:word"  # above the largest process id of any Linux
        elsewhere.owner = f"other-{host}:{2**22 + 1}:word"
        first, second, third = keep(ours, 1, 2, 3)
        assert take(crashed, MONDAY, 1) == [first]
        assert take(elsewhere, MONDAY, 1) == [second]
        assert take(ours, MONDAY, 1) == [third]
        (letter_id,) = put(ours, "a")
        with crashed.transaction(MONDAY) as tx:
            begin(tx)
            assert tx.leases.take("watch:x", LEASE)

        with ours.transaction(MONDAY) as tx:
            assert tx.leases.end_those_of_the_dead() == 3
            assert tx.leases.end_those_of_the_dead() == 0
            assert tx.leases.take("watch:x", LEASE)
            assert tx.letters.end_dead_leases() == 1
            assert tx.letters.get(letter_id or 0)["state"] == LetterState.IN_DOUBT
        assert take(ours, MONDAY) == [first]

    def test_our_own_process_number_from_before_is_dead(self, open_store: Callable[[], Store]) -> None:
        ours, before = open_store(), open_store()  # in a container every start has the same number
        ids = keep(ours, 1)
        assert take(before, MONDAY) == ids
        with ours.transaction(MONDAY) as tx:
            assert tx.leases.end_those_of_the_dead() == 1
        assert take(ours, MONDAY) == ids


def take(store: Store, now: datetime, limit: int = 10) -> list[int]:
    with store.transaction(now) as tx:
        return [one.id for one in tx.mails.take(NEW, limit, LEASE)]


class TestReadings:
    def test_come_back_as_they_were(self, store: Store) -> None:
        (mail_id,) = keep(store, 1)
        answer = Answer(
            {"choice": ["a"], "text": "Ďurišová 😀"}, "Ďurišová 😀", 0.95, {"page": 1, "rect": [1.5, 2, 3, 4]}
        )
        reading = Reading(("f.pdf",), "1", "acroform", 3, {"p_surname": answer, "p_dob": Answer(None, "", 0.0)})
        with store.transaction(MONDAY) as tx:
            assert tx.mails.readings(mail_id) is None
            tx.mails.keep_readings(mail_id, [])
            assert tx.mails.readings(mail_id) == []
            tx.mails.keep_readings(mail_id, [reading.to_json()])
        with store.look(MONDAY) as tx:
            assert [Reading.from_json(one) for one in tx.mails.readings(mail_id) or ()] == [reading]


class TestRepeats:
    def test_the_same_bytes_or_the_same_message_id_and_content(self, store: Store) -> None:
        first, second, third = keep(store, 1, 2, 3)
        with store.transaction(MONDAY) as tx:
            tx.mails.note(first, message_id="<a@x>", content="c1")
            sha256 = tx.mails.get(first)["sha256"]
            assert tx.mails.before(second, sha256, "", "other", "").earlier == first
            assert tx.mails.before(second, "else", "<a@x>", "c1", "").earlier == first
            assert tx.mails.before(second, "else", "<a@x>", "c2", "").earlier is None, "asks again in a new mail"
            assert tx.mails.before(second, "else", "", "c1", "").earlier is None, "no Message-ID is no sign"
            assert tx.mails.before(first, sha256, "<a@x>", "c1", "").earlier is None, "nothing is a repeat of itself"
            tx.mails.note(third, message_id="<a@x>", content="c1")
            assert tx.mails.before(second, "else", "<a@x>", "c1", "").earlier == first, (
                "later mails are not earlier ones"
            )


class TestFiling:
    def test_what_is_finished_is_filed_once(self, store: Store) -> None:
        first, second, third, fourth = keep(store, 1, 2, 3, 4)
        finish(store, first)
        finish(store, second, MailState.NEEDS_PERSON)
        finish(store, third, MailState.SET_ASIDE)
        with store.transaction(MONDAY) as tx:
            assert [row["id"] for row in tx.mails.to_file(US, "INBOX")] == [first, second, third]
            assert tx.mails.to_file(US, "Other") == []
            tx.mails.filed([first, second, third])
            tx.mails.filed([])
            assert tx.mails.to_file(US, "INBOX") == []
            assert tx.mails.any_unfiled(US, "INBOX"), "the fourth soon will be"
            assert tx.mails.get(first)["filed_at"] == MONDAY
        finish(store, fourth)


class TestOutbox:
    def test_one_letter_for_a_cause_a_name_and_a_person(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            assert tx.letters.put(a_letter(), "mail:1")
            assert tx.letters.put(a_letter(), "mail:1") is None
            assert tx.letters.put(a_letter(to="SAM.OKORO@cmht.example"), "mail:1") is None, "the same person"
            assert tx.letters.put(a_letter(to="other@cmht.example"), "mail:1")
            assert tx.letters.put(a_letter(), "mail:2")
            assert len(tx.letters.of_cause("mail:1")) == 2

    def test_one_letter_though_many_write_it(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(2)]

        def write(number: int) -> int | None:
            with stores[number % 2].transaction(MONDAY) as tx:
                return tx.letters.put(a_letter(), "mail:1")

        assert sum(one is not None for one in at_once(write)) == 1

    def test_the_same_bytes_come_out(self, store: Store) -> None:
        written = a_letter()
        put(store, "mail:1", "mail:2")
        with store.transaction(MONDAY) as tx:
            to_send = tx.letters.take(1, LEASE)[0]
            raw = assemble(to_send.skeleton, lambda sha256: encode(tx.letters.blob(sha256)))
            count = tx.connection.execute(sa.text("select count(*) from blob")).scalar()
        assert raw == written.raw
        assert (to_send.message_id, to_send.recipient) == (written.message_id, written.to)
        assert count == len(written.attachments), "attachments are kept once"

    def test_two_workers_never_take_the_same_letter(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(2)]
        ids = put(stores[0], *(f"mail:{number}" for number in range(20)))

        def work(number: int) -> list[int]:
            mine: list[int] = []
            while True:
                with stores[number % 2].transaction(MONDAY) as tx:
                    taken = tx.letters.take(3, LEASE)
                    for one in taken:
                        assert tx.letters.begin(one.id, LEASE)
                        assert tx.letters.finish(one.id, LetterState.SENT)
                if not taken:
                    return mine
                mine += [one.id for one in taken]

        assert sorted(chain(*at_once(work, 4))) == ids

    def test_only_the_holder_finishes_and_only_once(self, open_store: Callable[[], Store]) -> None:
        ours, theirs = open_store(), open_store()
        (letter_id,) = put(ours, "mail:1")
        assert letter_id
        with ours.transaction(MONDAY) as tx:
            assert [one.attempts for one in tx.letters.take(10, LEASE)] == [1]
            assert tx.letters.begin(letter_id, LEASE)
            assert not tx.letters.due().any
        with theirs.transaction(MONDAY) as tx:
            assert not tx.letters.finish(letter_id, LetterState.SENT)
        with ours.transaction(LATER) as tx:
            assert tx.letters.finish(letter_id, LetterState.SENT)
            assert not tx.letters.finish(letter_id, LetterState.FAILED)
            assert (tx.letters.get(letter_id)["state"], tx.letters.get(letter_id)["sent_at"]) == ("sent", LATER)

    def test_a_letter_waits_for_its_next_try(self, store: Store) -> None:
        (letter_id,) = put(store, "mail:1")
        assert letter_id
        with store.transaction(MONDAY) as tx:
            begin(tx)
            tx.letters.finish(letter_id, LetterState.READY, next_try_at=LATER, note="451 later")
            assert tx.letters.take(1, LEASE) == []
        with store.transaction(LATER) as tx:
            assert [one.attempts for one in tx.letters.take(1, LEASE)] == [2]

    def test_giving_back_is_no_attempt(self, store: Store) -> None:
        (letter_id,) = put(store, "mail:1")
        with store.transaction(MONDAY) as tx:
            tx.letters.take(1, LEASE)
            tx.letters.give_back([letter_id or 0])
            assert [one.attempts for one in tx.letters.take(1, LEASE)] == [1]

    def test_what_was_taken_and_not_begun_waits_again(self, store: Store) -> None:
        ids = put(store, "a", "b")
        with store.transaction(MONDAY) as tx:
            first, second = tx.letters.take(2, LEASE)
            assert tx.letters.begin(first.id, LEASE)
            assert not tx.letters.begin(first.id, LEASE)
            assert not tx.letters.finish(second.id, LetterState.SENT), "it was not begun"
        with store.transaction(LATER) as tx:
            assert tx.letters.end_dead_leases() == 1
            assert not tx.letters.begin(second.id, LEASE), "who held it has lost it"
            assert [(one.id, one.attempts) for one in tx.letters.take(2, LEASE)] == [(ids[1], 1)]

    def test_the_first_of_those_taken_is_begun_with_it(self, store: Store) -> None:
        ids = put(store, "a", "b", "c")
        with store.transaction(MONDAY) as tx:
            assert tx.letters.take(2, LEASE, urgent=True, begin=True) == []
            taken = tx.letters.take(2, LEASE, begin=True)
            assert [(one.id, one.attempts) for one in taken] == [(ids[0], 1), (ids[1], 1)]
            assert not tx.letters.begin(taken[0].id, LEASE), "it is begun already"
            assert tx.letters.finish(taken[0].id, LetterState.SENT)
            assert not tx.letters.finish(taken[1].id, LetterState.SENT), "it was not begun"
            assert [one.id for one in tx.letters.take(2, LEASE, begin=True)] == [ids[2]]
            assert tx.letters.take(2, LEASE, begin=True) == []

    def test_knows_whether_sending_is_paused(self, store: Store) -> None:
        put(store, "a")
        for value, paused in (("yes", True), ("", False)):
            with store.transaction(MONDAY) as tx:
                tx.switches.put("paused", value)
                assert tx.letters.due() == (True, False, paused)

    def test_a_dead_lease_is_in_doubt_and_never_taken_again(self, store: Store) -> None:
        (letter_id,) = put(store, "mail:1")
        assert letter_id
        with store.transaction(MONDAY) as tx:
            begin(tx)
            assert not tx.letters.dead_leases()
        with store.transaction(LATER) as tx:
            assert tx.letters.take(1, LEASE) == []
            assert tx.letters.dead_leases()
            assert tx.letters.end_dead_leases() == 1
            assert [row["doubt_since"] for row in tx.letters.in_doubt()] == [LATER]
            assert tx.letters.take(1, LEASE) == []
            assert not tx.letters.finish(letter_id, LetterState.SENT), "who held it has lost it"
            assert tx.letters.settle(letter_id, LetterState.HELD, [LetterState.IN_DOUBT], note="in doubt")
            assert not tx.letters.settle(letter_id, LetterState.SENT, [LetterState.IN_DOUBT])
            assert [row["id"] for row in tx.letters.troubled()] == [letter_id]

    def test_counts_what_left_in_the_last_hour(self, store: Store) -> None:
        ids = put(store, "a", "b", "c", "d")
        with store.transaction(MONDAY) as tx:
            begin(tx, 3)
            tx.letters.finish(ids[0] or 0, LetterState.SENT)
            tx.letters.finish(ids[1] or 0, LetterState.IN_DOUBT, doubt_since=MONDAY)
            assert tx.letters.sent_within(timedelta(hours=1)) == 3, "sent, in doubt and on its way"
        with store.look(LATER + timedelta(seconds=1)) as tx:
            assert tx.letters.sent_within(timedelta(hours=1)) == 1, "on its way still"
        with store.look(MONDAY - timedelta(hours=5)) as tx:
            assert tx.letters.sent_within(timedelta(hours=1)) == 1, "the clock was put back: it holds nothing up"

    def test_a_letter_put_off_before_the_clock_was_put_back_is_due(self, store: Store) -> None:
        (letter_id,) = put(store, "a")
        with store.transaction(LATER) as tx:
            begin(tx)
            tx.letters.finish(letter_id or 0, LetterState.READY, next_try_at=LATER + timedelta(minutes=72))
            assert not tx.letters.due().any
        with store.transaction(LATER - timedelta(hours=5)) as tx:
            assert tx.letters.due().any
            assert [one.id for one in tx.letters.take(1, LEASE)] == [letter_id]

    def test_counts_what_was_written_to_an_address(self, store: Store) -> None:
        put(store, "a", "b")
        with store.look(LATER) as tx:
            assert tx.letters.written_to("Sam.Okoro@cmht.example", "question", MONDAY) == 2
            assert tx.letters.written_to("sam.okoro@cmht.example", "form", MONDAY) == 0
            assert tx.letters.written_to("sam.okoro@cmht.example", "question", LATER) == 0

    def test_finds_letters_by_message_id(self, store: Store) -> None:
        put(store, "mail:1")
        with store.look(MONDAY) as tx:
            assert [row["cause"] for row in tx.letters.with_message_ids([a_letter().message_id, "<x@y>"])] == ["mail:1"]
            assert tx.letters.with_message_ids([]) == []
            with pytest.raises(NotFound):
                tx.letters.get(99)

    def test_copies_into_sent_are_made_once(self, store: Store) -> None:
        (letter_id,) = put(store, "mail:1")
        assert letter_id
        with store.transaction(MONDAY) as tx:
            begin(tx)
            tx.letters.finish(letter_id, LetterState.SENT, copy="due")
            assert [row["id"] for row in tx.letters.copies_due(5)] == [letter_id]
            assert [row["id"] for row in tx.letters.copies_due(5, at_rest=True)] == [letter_id]
        keep(store, 1)
        with store.transaction(MONDAY) as tx:
            assert tx.letters.copies_due(5, at_rest=True) == [], "a mail waits to be handled"
            tx.letters.copied([letter_id])
            assert tx.letters.copies_due(5) == []
            assert tx.letters.count_by_state() == {"sent": 1}


class TestReferrals:
    def test_numbers_have_no_gap_and_no_double_though_many_write(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(3)]

        def write(number: int) -> list[str]:
            return [add_referral(stores[number % 3])["reference"] for _ in range(4)]

        assert sorted(chain(*at_once(write))) == [f"HM-2026-{number:04d}" for number in range(1, 25)]

    def test_what_is_rolled_back_uses_no_number(self, store: Store) -> None:
        add_referral(store)
        with suppress(RuntimeError), store.transaction(MONDAY) as tx:
            tx.referrals.add(new_referral(), {})
            raise RuntimeError
        assert add_referral(store)["reference"] == "HM-2026-0002"

    def test_each_year_begins_at_one(self, store: Store) -> None:
        add_referral(store)
        january = datetime(2027, 1, 2, tzinfo=UTC)
        assert add_referral(store, received_at=january)["reference"] == "HM-2027-0001"

    def test_found_by_its_reference_in_any_case(self, store: Store) -> None:
        row = add_referral(store)
        with store.look(MONDAY) as tx:
            assert tx.referrals.get("hm-2026-0001")["id"] == row["id"]
            assert [one["id"] for one in tx.referrals.with_references(["hm-2026-0001", "HM-2026-0999"])] == [row["id"]]
            assert tx.referrals.with_references([]) == []
            with pytest.raises(NotFound, match="HM-2026-0999"):
                tx.referrals.get("hm-2026-0999")

    def test_every_version_of_an_answer_is_kept_and_the_newest_counts(self, store: Store) -> None:
        answers = {
            "p_surname": Answer("Whitlock", "Whitlock", 0.987, {"page": 1}),
            "p_dob": Answer(None, "?", 0.3, None),
        }
        row = add_referral(store, answers)
        with store.transaction(MONDAY) as tx:
            assert tx.referrals.answers(row["id"]) == answers
            assert tx.referrals.add_version(row["id"], {"p_dob": Answer("1985-03-27", "27/3/85", 0.99)}) == 2
            tx.referrals.confirm_answer(row["id"], "p_dob", "1985-03-28", "28/3/85", "Ada")
            now = tx.referrals.answers(row["id"])
            count = tx.connection.execute(sa.text("select count(*) from answer")).scalar()
        assert (now["p_surname"].value, now["p_dob"].value, now["p_dob"].sure) == ("Whitlock", "1985-03-28", True)
        assert count == 4

    def test_moves_by_compare_and_set(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(2)]
        row = add_referral(stores[0])

        def move(number: int) -> bool:
            with stores[number % 2].transaction(MONDAY) as tx:
                return tx.referrals.move(row["id"], State.QUEUED, State.ON_LIST)

        assert sum(at_once(move)) == 1
        with stores[0].look(MONDAY) as tx:
            assert tx.referrals.count_by_state() == {"on_list": 1}
            assert [one["id"] for one in tx.referrals.in_states([State.ON_LIST])] == [row["id"]]

    def test_mails_join_once(self, store: Store) -> None:
        (mail_id,) = keep(store, 1)
        row = add_referral(store)
        with store.transaction(MONDAY) as tx:
            tx.mails.join(mail_id, row["id"])
            tx.mails.join(mail_id, row["id"])
            assert list(tx.mails.references_of(mail_id)) == ["HM-2026-0001"]
            assert [one["id"] for one in tx.mails.of_referral(row["id"])] == [mail_id]

    def test_outcomes_are_approved_once_or_taken_back(self, store: Store) -> None:
        row = add_referral(store)
        (letter_id,) = put(store, "outcome:1")
        assert letter_id
        with store.transaction(MONDAY) as tx:
            first = tx.outcomes.record(row["id"], "defer", {"until": "1 May"}, "Ada")
            tx.outcomes.take_back(first, "Ada")
            assert not tx.outcomes.approve(first, "Ada", letter_id)
            assert tx.outcomes.to_approve(row["id"]) is None
            second = tx.outcomes.record(row["id"], "accept", {"services": ["consultation"]}, "Ada")
            waiting = tx.outcomes.to_approve(row["id"])
            assert waiting
            assert (waiting["id"], waiting["recorded"]) == (second, {"services": ["consultation"]})
            assert tx.outcomes.approve(second, "Grace", letter_id)
            assert not tx.outcomes.approve(second, "Ada", letter_id)
            assert len(tx.outcomes.of_referral(row["id"])) == 2


class TestEnquiries:
    def test_asking_again_is_the_same_enquiry(self, store: Store) -> None:
        first, second = keep(store, 1, 2)
        row = add_referral(store)
        with store.transaction(MONDAY) as tx:
            assert tx.enquiries.open(first, "sam@cmht.example", MONDAY) == tx.enquiries.open(
                second, "sam@cmht.example", LATER
            )
            tx.enquiries.open(second, "ann@cmht.example", LATER)
            tx.enquiries.close(["sam@cmht.example"], row["id"])
            assert [one["address"] for one in tx.enquiries.waiting()] == ["ann@cmht.example"]
            tx.enquiries.open(second, "sam@cmht.example", LATER)
            assert len(tx.enquiries.waiting()) == 2


class TestNeeds:
    def test_the_same_thing_waits_once(self, store: Store) -> None:
        first, second = keep(store, 1, 2)
        with store.transaction(MONDAY) as tx:
            need_id = tx.needs.open("unclear", "words", mail_id=first)
            assert need_id
            assert tx.needs.open("unclear", "others", mail_id=first) is None
            assert tx.needs.open("away", "words", mail_id=first)
            assert tx.needs.open("unclear", "words", mail_id=second)
            assert tx.needs.open("unclear", "words")
            assert tx.needs.open("unclear", "words") is None
            assert tx.needs.close(need_id, "Ada", "done")
            assert not tx.needs.close(need_id, "Grace", "done")
            assert tx.needs.get(need_id)["closed_by"] == "Ada"
            assert tx.needs.open("unclear", "words", mail_id=first), "closed, and here again"
            assert len(tx.needs.waiting(first)) == 2
            with pytest.raises(NotFound):
                tx.needs.get(99)

    def test_answered_by_one_person_though_many_answer(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(2)]
        with stores[0].transaction(MONDAY) as tx:
            need_id = tx.needs.open("unclear", "words")
        assert need_id

        def close(number: int) -> bool:
            with stores[number % 2].transaction(MONDAY) as tx:
                return tx.needs.close(need_id, str(number), "done")

        assert sum(at_once(close)) == 1

    def test_reminded_of_once_in_a_while(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            need_id = tx.needs.open("unclear", "words")
        assert need_id
        day = timedelta(days=1)
        with store.transaction(MONDAY + day) as tx:
            assert tx.needs.to_remind(MONDAY) == []
        with store.transaction(MONDAY + 2 * day) as tx:
            assert [row["id"] for row in tx.needs.to_remind(MONDAY + day)] == [need_id]
            tx.needs.reminded(need_id)
            assert tx.needs.to_remind(MONDAY + day) == []
        with store.look(MONDAY + 4 * day) as tx:
            assert [row["id"] for row in tx.needs.to_remind(MONDAY + 3 * day)] == [need_id]

    def test_mails_set_aside_are_announced_once_while_it_waits(self, store: Store) -> None:
        (mail_id,) = keep(store, 1)
        finish(store, mail_id, MailState.SET_ASIDE, error="fault")
        with store.transaction(MONDAY) as tx:
            assert list(tx.mails.set_aside_unannounced()) == [mail_id]
            tx.needs.open("set_aside", "words", mail_id=mail_id)
            assert list(tx.mails.set_aside_unannounced()) == []


class TestSwitches:
    def test_a_slot_is_claimed_by_one_of_many(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(3)]

        def claim(number: int) -> bool:
            with stores[number % 3].transaction(MONDAY) as tx:
                return tx.switches.claim_slot("digest", "2026-11-25")

        assert sum(at_once(claim)) == 1
        with stores[0].transaction(MONDAY) as tx:
            assert tx.switches.slot_claimed("digest", "2026-11-25")
            assert not tx.switches.slot_claimed("digest", "2026-12-02")
            assert tx.switches.claim_slot("canary", "2026-11-25")

    def test_a_slot_whose_work_failed_is_free_again(self, store: Store) -> None:
        with suppress(RuntimeError), store.transaction(MONDAY) as tx:
            assert tx.switches.claim_slot("digest", "x")
            raise RuntimeError
        with store.transaction(MONDAY) as tx:
            assert tx.switches.claim_slot("digest", "x")

    def test_flags_stay_as_put(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            assert tx.switches.get("paused") is None
            tx.switches.put("paused", "yes")
            tx.switches.put("paused", "")
            assert tx.switches.get("paused") == ""

    def test_the_first_word_is_remembered(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            assert tx.switches.remember("first_start", "one") == "one"
            assert tx.switches.remember("first_start", "two") == "one"


class TestNamedLeases:
    def test_one_holder_at_a_time(self, open_store: Callable[[], Store]) -> None:
        ours, theirs = open_store(), open_store()
        assert hold(ours, MONDAY)
        assert not hold(theirs, MONDAY)
        assert hold(ours, MONDAY + LEASE), "renewed at its last moment"
        assert not hold(theirs, MONDAY + LEASE * 2)
        assert hold(theirs, MONDAY + LEASE * 2.1), "not renewed in time"
        assert not hold(ours, MONDAY + LEASE * 2.1)
        with ours.transaction(MONDAY) as tx:
            tx.leases.give_back("watch")  # not ours: stays
        with theirs.transaction(MONDAY) as tx:
            tx.leases.give_back("watch")
        assert hold(ours, MONDAY + LEASE * 2.2)

    def test_one_holder_though_many_begin_at_once(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(6)]
        assert sum(at_once(lambda number: hold(stores[number], MONDAY))) == 1


def hold(store: Store, now: datetime) -> bool:
    with store.transaction(now) as tx:
        return tx.leases.take("watch", LEASE)


class TestFolders:
    def test_marks_move_on(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            tx.folders.mark(US, "INBOX", 1, 5)
            tx.folders.mark(US, "INBOX", 2, 1)
            tx.folders.mark("other@desk.example", "INBOX", 9, 9)
            assert tx.folders.marks(US) == {"INBOX": (2, 1)}

    def test_hand_replies_are_known_by_what_they_answer(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            tx.folders.answered_by_hand(["<a@x>", "<a@x>", "<b@x>"])
            tx.folders.answered_by_hand(["<a@x>"])
            tx.folders.answered_by_hand([])
            assert tx.mails.before(1, "", "<a@x>", "", "").answered_by_hand
            assert not tx.mails.before(1, "", "<c@x>", "", "").answered_by_hand
            assert not tx.mails.before(1, "", "", "", "").answered_by_hand


class TestTransactions:
    def test_what_was_undone_apart_leaves_no_event(self, store: Store) -> None:
        with store.transaction(MONDAY) as tx:
            tx.audit.add("before")
            with suppress(ZeroDivisionError), tx.apart():
                tx.audit.add("undone")
                raise ZeroDivisionError
            with tx.apart():
                tx.audit.add("apart")
            tx.audit.add("after")
        with store.look(MONDAY) as tx:
            assert [row["what"] for row in tx.audit.newest(9)] == ["before", "apart", "after"]

    def test_an_attachment_of_a_letter_that_was_undone_is_kept_with_the_next(self, store: Store) -> None:
        letter = a_letter()
        for undone in (True, False):
            with suppress(ZeroDivisionError), store.transaction(MONDAY) as tx:
                tx.letters.put(letter, "mail:1")
                if undone:
                    raise ZeroDivisionError
        with store.look(MONDAY) as tx:
            assert [tx.letters.blob(one.sha256) for one in letter.attachments] == [
                one.data for one in letter.attachments
            ]

    def test_all_or_nothing(self, store: Store) -> None:
        def everything(tx: Transaction) -> None:
            tx.mails.keep(US, "INBOX", "inbox", 1, [Arrived(1, MONDAY, 1, MailState.NEW, b"x")])
            tx.letters.put(a_letter(), "mail:1")
            tx.referrals.add(new_referral(), {"p_surname": Answer("A", "A", 1.0)})
            tx.needs.open("unclear", "words")
            tx.switches.claim_slot("digest", "x")
            tx.leases.take("watch", LEASE)
            tx.audit.add("something")
            raise RuntimeError

        with pytest.raises(RuntimeError), store.transaction(MONDAY) as tx:
            everything(tx)
        with store.look(MONDAY) as tx:
            assert {table.name: count(tx, table) for table in metadata.sorted_tables if count(tx, table)} == {}

    @pytest.mark.parametrize("durable", [True, False])
    def test_nothing_of_a_rehearsal_is_kept(self, store: Store, *, durable: bool) -> None:
        one = Arrived(1, MONDAY, 1, MailState.NEW, b"x")
        with store.rehearsal(MONDAY, durable=durable) as tx:
            tx.mails.keep_one(US, "INBOX", "inbox", 1, one, 2)
            assert tx.mails.count_by_state() == {MailState.NEW: 1}
        with store.look(MONDAY) as tx:
            assert tx.mails.count_by_state() == {}
            assert tx.folders.marks(US) == {}

    @pytest.mark.parametrize("durable", [True, False])
    def test_a_statement_is_a_transaction_by_itself(self, store: Store, *, durable: bool) -> None:
        postgres = store.engine.dialect.name == "postgresql"
        with suppress(ZeroDivisionError), store.statement(MONDAY, durable=durable) as tx:
            tx.switches.put("paused", "yes")
            if postgres:
                with store.look(MONDAY) as other:
                    assert other.switches.get("paused") == "yes"
            raise ZeroDivisionError
        with store.transaction(MONDAY, durable=durable) as tx:
            assert tx.switches.get("paused") == ("yes" if postgres else None)
            tx.switches.put("paused", "")
        with suppress(ZeroDivisionError), store.transaction(MONDAY, durable=durable) as tx:
            tx.switches.put("paused", "no")
            raise ZeroDivisionError
        with store.look(MONDAY) as tx:
            assert tx.switches.get("paused") == "", "nothing of a transaction is kept that did not end"

    @pytest.mark.parametrize("how", ["transaction", "statement"])
    @pytest.mark.parametrize(
        "ask", [lambda tx: tx.switches.put("paused", "yes"), lambda tx: tx.mails.take(NEW, 1, LEASE)]
    )
    def test_a_server_that_was_restarted_costs_one_attempt(
        self, open_store: Callable[[], Store], ask: Callable[[Transaction], object], how: str
    ) -> None:
        ours, theirs = open_store(), open_store()
        if ours.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has no server")
        with ours.transaction(MONDAY) as tx, ours.transaction(MONDAY) as other:
            assert tx.mails.count_by_state() == other.mails.count_by_state() == {}
        with theirs.transaction(MONDAY) as tx:
            everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            tx.connection.execute(sa.text(f"{everybody} AND datname = current_database()"))
        begin = getattr(ours, how)
        with pytest.raises(OperationalError), begin(MONDAY) as tx:
            ask(tx)
        for _ in range(3):
            with begin(MONDAY) as tx:
                ask(tx)

    def test_in_a_snapshot_everything_stays_as_it_was(self, store: Store) -> None:
        with store.snapshot(MONDAY) as still, store.look(MONDAY) as tx:
            assert still.switches.get("paused") is None
            if store.engine.dialect.name == "postgresql":  # a look at SQLite, too, is a snapshot
                with store.transaction(MONDAY) as other:
                    other.switches.put("paused", "yes")
                assert tx.switches.get("paused") == "yes"
            assert still.switches.get("paused") is None

    def test_looking_writes_nothing(self, store: Store) -> None:
        for look in (store.look, store.snapshot):
            with suppress(InternalError), look(MONDAY) as tx:  # which is how PostgreSQL says that it is read-only
                tx.audit.add("looked")
                tx.switches.put("paused", "yes")
                assert store.engine.dialect.name == "sqlite"
                assert tx.switches.get("paused") == "yes"
        with store.look(MONDAY) as tx:
            assert tx.switches.get("paused") is None
            assert count(tx, event) == 0

    def test_who_looks_does_not_wait_for_who_writes(self, open_store: Callable[[], Store]) -> None:
        ours, theirs = open_store(), open_store()
        with ours.transaction(MONDAY) as writing:
            writing.switches.put("paused", "yes")
            for store in (ours, theirs):
                with store.look(MONDAY) as tx:
                    assert tx.switches.get("paused") is None

    def test_moments_come_back_aware_and_in_utc(self, store: Store) -> None:
        summer = datetime(2026, 7, 1, 10, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))
        with store.transaction(summer) as tx:
            tx.mails.keep(US, "INBOX", "inbox", 1, [Arrived(1, summer, 1, MailState.NEW, b"x")])
            found = tx.mails.last_came_at()
        assert found == summer
        assert found
        assert found.utcoffset() == timedelta(0)

    def test_a_moment_without_a_zone_is_refused(self, store: Store) -> None:
        zoneless = datetime(2026, 1, 1)  # noqa: DTZ001 - the point
        with pytest.raises(sa.exc.StatementError, match="timezone"), store.transaction(zoneless) as tx:
            tx.audit.add("something")
        with pytest.raises(sa.exc.StatementError, match="timezone"), store.look(zoneless) as tx:
            tx.letters.due()

    def test_who_listens_for_statements_is_told_of_prepared_ones(self, store: Store) -> None:
        told: list[str] = []

        def tell(_connection: object, _cursor: object, sql: str, *_: object) -> None:
            told.append(sql)

        for moment in ("before_cursor_execute", "after_cursor_execute"):
            sa.event.listen(store.engine, moment, tell)
        with store.transaction(MONDAY) as tx:
            tx.mails.take(NEW, 1, LEASE)
        assert ["UPDATE mail" in one for one in told] == [True, True]

    def test_a_prepared_statement_names_every_column(self, store: Store) -> None:
        """Else a row would lack what SQLAlchemy fills in."""
        with pytest.raises(TypeError, match="every column"), store.transaction(MONDAY) as tx:
            Prepared(sa.insert(mail).values(uid=1)).scalar(tx.connection, {})


def count(tx: Transaction, table: sa.Table) -> int:
    return int(tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


class TestAudit:
    def test_says_who_did_what_to_what_and_when(self, store: Store) -> None:
        row = add_referral(store)
        with store.transaction(LATER) as tx:
            tx.audit.add("outcome_recorded", actor="Ada", referral_id=row["id"], outcome="defer")
            tx.audit.add("brake", limit=5)
            (found,) = tx.audit.of_referral(row["id"])
        assert (found["at"], found["actor"], found["what"], found["detail"]) == (
            LATER,
            "Ada",
            "outcome_recorded",
            {"outcome": "defer"},
        )

    def test_nothing_hangs_in_the_air(self, store: Store) -> None:
        with pytest.raises(IntegrityError), store.transaction(MONDAY) as tx:
            tx.audit.add("x", referral_id=99)


def test_sqlite_commits_are_durable(tmp_path: Path) -> None:
    """NORMAL could lose the last commits with the power, and with them that a letter was sent."""
    store = Store(f"sqlite:///{tmp_path}/deeper/mailbot.db")  # the folder is made
    store.upgrade()
    for look in (store.look, store.transaction):
        with look(MONDAY) as tx:
            pragma = {
                name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def test_no_letter_row_is_larger_than_its_words() -> None:
    """A backlog would not fit the disk if each letter kept its own copy of the form."""
    assert len(a_letter().skeleton) < 20_000 < len(a_letter().raw)
    assert "skeleton" in letter.c


def test_an_invitation_is_changed_once_for_each_sequence(open_store: Callable[[], Store]) -> None:
    store = open_store()
    row = add_referral(store)
    times = {"day": row["meeting"], "slot": None, "starts_at": MONDAY, "ends_at": LATER, "place": "Room 1", "how": ""}
    with store.transaction(MONDAY) as tx:
        tx.invitations.alone()
        first = tx.invitations.add(referral_id=row["id"], recipient="sam.okoro@cmht.example", uid="a@b", **times)
    with store.transaction(MONDAY) as tx:
        changed = tx.invitations.change(first, place="Room 2")
        assert changed
        assert (changed["sequence"], changed["place"], changed["starts_at"]) == (1, "Room 2", MONDAY)
        assert tx.invitations.change(first, place="Room 3") is None
        assert [one["id"] for one in tx.invitations.live(row["meeting"])] == [first["id"]]
        tx.invitations.answered(first["id"], "accepted", "sam.okoro@cmht.example", LATER, comment="Zoë")
        found = tx.invitations.with_uid("a@b")
        assert found
        assert (found["sequence"], found["answer"], found["answered_at"], found["comment"]) == (
            1,
            "accepted",
            LATER,
            "Zoë",
        )


def test_who_would_like_to_come_is_the_newest_answer(open_store: Callable[[], Store]) -> None:
    store = open_store()
    row = add_referral(store, {"q_attend": Answer({"choice": "no", "text": ""}, "No", 1.0, {})})
    add_referral(store)
    with store.transaction(MONDAY) as tx:
        tx.referrals.add_version(row["id"], {"q_attend": Answer({"choice": "in_person", "text": ""}, "Yes", 0.95, {})})
        (asked,) = tx.invitations.asked("q_attend", [State.QUEUED], row["meeting"])
        assert (asked["id"], asked["value"]["choice"], asked["confidence"]) == (row["id"], "in_person", 950)
        assert not tx.invitations.asked("q_attend", [State.WITHDRAWN], row["meeting"])
        assert not tx.invitations.asked("q_attend", [State.QUEUED], row["meeting"] + timedelta(days=1))
