"""The mailbox is kept once and filed, on a real server: what staff and servers do to it meanwhile changes nothing."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from imapclient import IMAPClient

from mailbot.act import Actor
from mailbot.actions import Office
from mailbot.errors import MailboxError
from mailbot.loop import Bell
from mailbot.mailboxes import Mailbox
from mailbot.mailboxes.imap import SMALL, Imap
from mailbot.receive import Receiver
from mailbot.settings import Folders, MailboxSettings
from mailbot.store import MailState, Store
from mailbot.store.tables import letter
from mailbot.store.tables import mail as mail_table
from tests.desk import US, Still, mail, nobody, our_settings
from tests.servers.dovecot import Dovecot
from tests.servers.net import HOST

NOW = datetime.now(UTC)  # the server stamps what it takes with its own time


class Team:
    """A mailbox on a real server, our receiver, and staff who open the same mailbox."""

    def __init__(self, dovecot: Dovecot, store: Store, mode: str = "send", **changes: Any) -> None:
        self.dovecot, self.store = dovecot, store
        self.settings = dovecot.settings(
            dovecot.new_address(), file_every_seconds=0.001, look_every_seconds=0.001, aliases=(US,), **changes
        )
        self.clock = Still(NOW)
        self.fetched: list[int] = []
        self.office = Office.open(our_settings(mailbox=self.settings, mode=mode))
        self.bell = Bell()
        self.receiver = self.another()
        self.actor = Actor(self.office, store, self.clock, nobody, nobody)

    def another(self, store: Store | None = None) -> Receiver:
        """A receiver of the same mailbox, as another process would be one."""
        return Receiver(self.office, store or self.store, self.clock, self._connect, self.bell, nobody)

    def _connect(self, settings: MailboxSettings) -> Mailbox:
        found = Imap.connect(settings)
        plain = found.fetch

        def counted(folder: str, uids: Any) -> Any:
            self.fetched.append(len(uids))
            return plain(folder, uids)

        found.fetch = counted  # type: ignore[method-assign]  # watched, not replaced
        return found

    def arrives(self, *raws: bytes) -> None:
        for raw in raws:
            self.dovecot.deliver(raw, self.settings.address, envelope_from="sam.okoro@cmht.example")

    def receives(self) -> None:
        """Look twice, for a look shows what came before the last wait; nothing is waited for, and nothing is handled."""
        for _ in range(2):
            self.bell.ring()
            self.receiver.step()

    def works(self, receiver: Receiver | None = None, times: int = 3) -> None:
        """Look and act a few times; nothing is waited for."""
        for _ in range(times):
            self.clock.move(seconds=1)
            self.bell.ring()
            (receiver or self.receiver).step()
            while self.actor.step():
                pass

    def staff(self) -> IMAPClient:
        context = ssl.create_default_context(cafile=str(self.settings.ca_file))
        context.check_hostname = False
        client = IMAPClient(HOST, self.settings.port, ssl_context=context, timeout=10)
        client.login(self.settings.login, self.settings.password.get_secret_value())
        return client

    def put(self, folder: str, raw: bytes, when: datetime | None = None) -> None:
        with self.staff() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, (), when)

    def count(self, folder: str) -> int:
        with self.staff() as client:
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]) if client.folder_exists(folder) else 0

    def states(self) -> list[str]:
        with self.store.look(NOW) as tx:
            return list(tx.connection.execute(sa.select(mail_table.c.state).order_by(mail_table.c.id)).scalars())

    def kinds(self) -> list[str]:
        with self.store.look(NOW) as tx:
            return list(tx.connection.execute(sa.select(mail_table.c.kind).order_by(mail_table.c.id)).scalars())

    def forms(self) -> int:
        with self.store.look(NOW) as tx:
            query = sa.select(sa.func.count()).where(letter.c.name == "form")
            return int(tx.connection.execute(query).scalar_one())


@pytest.fixture
def team(dovecot: Dovecot, store: Store) -> Iterator[Team]:
    found = Team(dovecot, store)
    found.put("INBOX", mail("Who are you?"), NOW - timedelta(days=5000))  # makes the mailbox; from before our time
    yield found
    found.receiver.stop()


def test_kept_as_it_is_and_nothing_is_marked_read(team: Team) -> None:
    team.arrives(raw := mail())
    team.works(times=1)
    with team.store.look(NOW) as tx:
        ids = tx.connection.execute(sa.select(mail_table.c.id).order_by(mail_table.c.id)).scalars().all()
        kept = tx.mails.raw(ids[1])
        assert kept is not None
        assert raw.strip() in kept.replace(b"\r\n", b"\n")
        assert tx.mails.get(ids[1])["size"] == len(kept)
    with team.staff() as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("SEEN") == []


def test_what_was_there_before_us_is_counted_and_never_answered(team: Team) -> None:
    team.put("Old", mail(), NOW - timedelta(days=5000))
    team.works()
    assert team.states() == ["before_us", "before_us"]
    assert team.forms() == 0
    with team.store.look(NOW) as tx:
        assert tx.mails.raw(1) is None
    assert (team.count("INBOX"), team.count("Old")) == (1, 1)
    assert team.fetched == []


def test_finished_mail_is_filed_into_folders_that_are_made(team: Team) -> None:
    team.arrives(mail(), mail("Who are you?", "Question"))
    team.works()
    assert (team.count("Handled"), team.count("Needs a person")) == (1, 1)
    assert team.count("INBOX") == 1, "what was before us stays"
    team.works()
    assert team.states() == ["before_us", "handled", "needs_person"], "what is filed is not new"


def test_nothing_is_filed_where_the_team_does_not_want_it(dovecot: Dovecot, store: Store) -> None:
    team = Team(dovecot, store, file_finished=False)
    team.arrives(mail())
    team.works()
    assert (team.states(), team.count("INBOX"), team.count("Handled")) == (["handled"], 1, 0)
    team.receiver.stop()


def test_nothing_is_filed_while_observing(dovecot: Dovecot, store: Store) -> None:
    team = Team(dovecot, store, mode="observe")
    team.arrives(mail())
    team.works()
    assert (team.states(), team.count("INBOX"), team.count("Handled")) == (["handled"], 1, 0)
    team.receiver.stop()


@pytest.mark.parametrize("deed", ["read", "flag", "move"])
def test_what_staff_touch_first_is_handled_all_the_same(team: Team, deed: str) -> None:
    """Not by what is unread, but by what the ledger lacks (R1, E6)."""
    team.arrives(mail())
    with team.staff() as client:
        client.create_folder("Sam's")
        client.select_folder("INBOX")
        (uid,) = client.search(["SINCE", (NOW - timedelta(days=2)).date()])
        if deed == "move":
            client.move([uid], "Sam's")
        else:
            client.add_flags([uid], ["\\Seen" if deed == "read" else "\\Flagged"])
    team.works()
    assert (team.states(), team.forms()) == (["before_us", "handled"], 1)


def test_what_staff_move_after_it_was_kept_is_answered_once(team: Team) -> None:
    team.arrives(mail())
    team.bell.ring()
    team.receiver.step()
    with team.staff() as client:
        client.create_folder("Team/Old")
        client.select_folder("INBOX")
        client.move(client.search(["SINCE", (NOW - timedelta(days=2)).date()]), "Team/Old")
    team.works()
    assert (team.kinds(), team.forms()) == ([None, "form_request", "repeat"], 1)
    assert (team.count("Team/Old"), team.count("Handled")) == (1, 0), "it stays where staff put it"


def test_what_vanished_before_it_was_kept_is_gone(team: Team) -> None:
    class Expunging(Imap):
        def fetch(self, folder: str, uids: Any) -> Any:
            with team.staff() as client:
                client.select_folder(folder)
                client.delete_messages([uids[0]])
                client.expunge([uids[0]])
            self._client.noop()
            return super().fetch(folder, uids)

    team.receiver._connect = Expunging.connect
    team.arrives(mail(), mail("Thanks", "Thanks"))
    team.works(times=1)
    assert min(team.states()) == "before_us"
    assert set(team.states()) <= {"before_us", "gone", "handled"}
    assert team.states().count("gone") in (0, 1)
    with team.store.look(NOW) as tx:
        assert sum(tx.mails.count_by_state().values()) == 3, "the ledger adds up"


def test_a_mailbox_made_again_is_looked_at_again_and_nothing_answered_twice(team: Team) -> None:
    """UIDVALIDITY changes: the same numbers mean other messages (R7)."""
    first, second = mail(), mail(sender="Ann <ann.fry@council.example>")
    team.put("Post", first)
    team.works()
    with team.staff() as client:
        client.delete_folder("Post")
    team.works()
    team.put("Post", second)
    team.put("Post", first)
    team.works()
    assert team.kinds() == [None, "form_request", "form_request", "repeat"]
    assert team.forms() == 2


def test_batches(team: Team) -> None:
    """Fifty at a time, and no more than eight megabytes."""
    with team.staff() as client:
        client.select_folder("INBOX")
        thanks = [mail("Thanks", "Thanks", message_id=f"<{number}@x.example>") for number in range(120)]
        client.multiappend("INBOX", thanks)
    team.works()
    assert team.fetched == [49, 50, 21], "the first batch holds what was before us"
    assert team.states().count("handled") == 120
    assert team.count("Handled") == 120


def test_what_comes_together_is_kept_in_its_order_and_the_large_alone_are_fetched(team: Team) -> None:
    long = ("y" * 70 + "\n") * 1_000
    team.receives()
    before = len(team.states())
    team.arrives(*(mail(words, message_id=f"<{number}@x.example>") for number, words in enumerate([long, "Hi", long])))
    assert team.receiver._mailbox
    assert team.receiver._mailbox.positions(["INBOX"])  # as the server tells it of news while it waits
    team.receives()

    with team.store.look(NOW) as tx:
        columns = mail_table.c
        kept = tx.connection.execute(sa.select(columns.uid, columns.size).order_by(columns.id)).all()[before:]
    assert [uid for uid, _ in kept] == sorted(uid for uid, _ in kept)
    assert [size > SMALL for _, size in kept] == [True, False, True]
    assert team.fetched[-1:] == [2]


def test_large_mails_are_fetched_few_at_a_time(team: Team) -> None:
    for number in range(2):
        team.put("INBOX", mail("x" * 70 + "\n" + ("y" * 70 + "\n") * 60_000, message_id=f"<{number}@x.example>"))
    team.works(times=1)
    assert team.fetched == [1, 1]


def test_what_is_too_large_is_set_aside_unfetched_and_staff_are_told(dovecot: Dovecot, store: Store) -> None:
    team = Team(dovecot, store, largest_mail_mb=1)
    team.put("INBOX", mail(("y" * 70 + "\n") * 16_000))
    team.arrives(mail())
    team.works()
    assert team.states() == ["set_aside", "handled"]
    assert sum(team.fetched) == 1
    with team.store.look(NOW) as tx:
        assert [row["why"] for row in tx.needs.waiting()] == ["set_aside"]
    team.receiver.stop()


def test_junk_is_watched_and_never_answered(team: Team) -> None:
    team.put("Junk", mail())
    team.put("Junk", mail("Cheap pills", "Offer"))
    team.works()
    assert team.forms() == 0
    assert sorted(filter(None, team.kinds())) == ["bulk", "unclear"], "a request in junk is for a person"
    assert team.count("Junk") == 2


@pytest.mark.parametrize("folder", ["Sent", "Drafts", "Trash"])
def test_folders_that_are_not_watched(team: Team, folder: str) -> None:
    team.put(folder, mail())
    team.works()
    assert team.states() == ["before_us"]


def test_only_the_folders_a_team_names(dovecot: Dovecot, store: Store) -> None:
    team = Team(dovecot, store, watch=("INBOX", "Post"), folders=Folders())
    team.put("Post", mail())
    team.put("Elsewhere", mail(sender="Ann <ann@council.example>"))
    team.works()
    assert team.forms() == 1
    team.receiver.stop()


def test_a_second_watcher_is_refused_until_the_first_ends(team: Team) -> None:
    team.works(times=1)
    other_store = Store(str(team.store.engine.url))
    other = team.another(other_store)
    assert not other.step()
    team.arrives(mail())
    team.receiver.stop()
    team.works(other)
    assert team.forms() == 1
    other.stop()
    other_store.close()


def test_a_watcher_that_ended_without_a_word_is_followed_after_a_while(team: Team) -> None:
    team.works(times=1)
    other_store = Store(str(team.store.engine.url))
    other = team.another(other_store)
    team.clock.move(minutes=9)
    assert not other.step()
    team.clock.move(minutes=2)
    team.bell.ring()
    assert other.step()
    other.stop()
    other_store.close()


def test_a_broken_connection_is_opened_anew(team: Team) -> None:
    team.works(times=1)
    mailbox = team.receiver._mailbox
    assert isinstance(mailbox, Imap)
    mailbox._client.shutdown()
    team.arrives(mail())
    team.clock.move(seconds=1)
    with pytest.raises(MailboxError):
        team.receiver.step()
    team.works()
    assert team.forms() == 1


def test_what_staff_answered_by_hand_is_not_answered_again(team: Team) -> None:
    """E7: their answer stands in Sent."""
    team.put(
        "Sent", mail("Here it is", "RE: Referral form", sender=team.settings.address, in_reply_to="<asked@x.example>")
    )
    team.arrives(mail(message_id="<asked@x.example>"))
    team.works()
    assert (team.kinds(), team.forms()) == ([None, "form_request"], 0)


def test_every_message_is_in_the_ledger_once_after_many_starts(team: Team) -> None:
    for number in range(6):
        team.arrives(mail(message_id=f"<{number}@x.example>", sender=f"P <p{number}@cmht.example>"))
        team.receiver.stop()
        team.receiver = team.another()
        team.works(times=2)
    assert team.states() == ["before_us", *["handled"] * 6]
    assert team.forms() == 6
    assert MailState.HANDLED in team.states()
