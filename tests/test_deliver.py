"""The outbox goes out: each letter once, whatever the server says, by a clock that is moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from imapclient import IMAPClient

from mailbot.actions import Office
from mailbot.deliver import Deliverer
from mailbot.errors import InDoubt, MailboxError, Throttled
from mailbot.letters import FormFacts
from mailbot.mailboxes.imap import Imap
from mailbot.senders.nothing import Nothing
from mailbot.senders.smtp import Smtp
from mailbot.settings import MailboxSettings, SenderSettings
from mailbot.store import LetterState, Store
from tests.desk import MONDAY, Desk, Still, a_letter, mail, office_with, our_office
from tests.servers.dovecot import Dovecot
from tests.servers.net import HOST
from tests.servers.smtp import DROP, KEEP_AND_DROP, Envelope, SmtpSink, Stage, keep_sent_copies


@pytest.fixture
def mailbox(dovecot: Dovecot) -> MailboxSettings:
    """A fresh mailbox with a Sent folder."""
    settings = dovecot.settings(dovecot.new_address())
    Imap.connect(settings).close()
    return settings


class Outgoing:
    """A Deliverer between a store and real servers, and the words to look at it."""

    def __init__(self, store: Store, sink: SmtpSink, mailbox: MailboxSettings | None = None, **sender: Any) -> None:
        settings = sink.settings(**sender)
        changes: dict[str, Any] = {"sender": settings, **({"mailbox": mailbox} if mailbox else {})}
        self.office = office_with(**changes)
        self.store, self.clock, self.sink, self.mailbox = store, Still(), sink, mailbox
        self.deliverer = Deliverer(
            self.office, store, self.clock, Smtp(settings, self.office.settings.mailbox), Imap.connect
        )

    def put(self, cause: str = "mail:1", name: str = "question", to: str = "sam.okoro@cmht.example") -> int:
        letter = a_letter("question", to, cause)
        if name == "form":
            facts, now = FormFacts(), self.clock.now()
            letter = self.office.letters.write("form", to, facts, cause=cause, now=now, attachments=self.office.blanks)
        with self.store.transaction(self.clock.now()) as tx:
            return tx.letters.put(letter, cause) or 0

    def deliver(self) -> None:
        while self.deliverer.step():
            pass

    def row(self, letter_id: int) -> Any:
        with self.store.look(self.clock.now()) as tx:
            return tx.letters.get(letter_id)

    def state(self, letter_id: int) -> str:
        return str(self.row(letter_id)["state"])

    def needs(self) -> list[str]:
        with self.store.look(self.clock.now()) as tx:
            return [row["why"] for row in tx.needs.waiting()]

    def sent_folder(self) -> list[bytes]:
        assert self.mailbox
        with IMAPClient(HOST, self.mailbox.port, ssl_context=_trusting(self.mailbox), timeout=10) as client:
            client.login(self.mailbox.login, self.mailbox.password.get_secret_value())
            if not client.folder_exists("Sent"):
                return []
            client.select_folder("Sent", readonly=True)
            uids = client.search()
            return [bytes(one[b"BODY[]"]) for one in client.fetch(uids, ["BODY.PEEK[]"]).values()] if uids else []


def _trusting(mailbox: MailboxSettings) -> Any:
    import ssl

    context = ssl.create_default_context(cafile=str(mailbox.ca_file))
    context.check_hostname = False
    return context


def answers(stage: Stage, *said: str | None) -> Any:
    """Say these, one after the other, at that stage; afterwards everything is well."""
    left = list(said)

    def answer(at: Stage, _envelope: Envelope) -> str | None:
        return left.pop(0) if at == stage and left else None

    return answer


@pytest.fixture
def out(store: Store, smtp_sink: SmtpSink) -> Iterator[Outgoing]:
    """The server keeps Sent copies itself, so that no mailbox is needed."""
    found = Outgoing(store, smtp_sink, keeps_sent_copies=True)
    yield found
    found.deliverer.close()


class TestSending:
    def test_the_same_bytes_from_the_mailbox_to_the_recipient(self, out: Outgoing) -> None:
        letter_id = out.put()
        out.deliver()
        (got,) = out.sink.box
        assert got.raw == a_letter().raw
        assert (got.sender, got.recipients) == (out.office.settings.mailbox.address, ("sam.okoro@cmht.example",))
        assert (out.state(letter_id), out.row(letter_id)["sent_at"]) == ("sent", out.clock.now())
        out.deliver()
        assert len(out.sink.box) == 1

    def test_oldest_first(self, out: Outgoing) -> None:
        for number in range(25):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        out.deliver()
        assert [one.recipients[0] for one in out.sink.box] == [f"p{number}@cmht.example" for number in range(25)]

    def test_two_deliverers_send_each_letter_once(self, store: Store, out: Outgoing, smtp_sink: SmtpSink) -> None:
        from concurrent.futures import ThreadPoolExecutor

        other = Outgoing(Store(str(store.engine.url)), smtp_sink, keeps_sent_copies=True)
        for number in range(30):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Outgoing.deliver, (out, other)))
        assert sorted(one.recipients[0] for one in smtp_sink.box) == sorted(
            f"p{number}@cmht.example" for number in range(30)
        )
        other.deliverer.close()

    @pytest.mark.parametrize("leaves", ["observe"])
    def test_observing_sends_nothing(self, store: Store, leaves: str) -> None:
        desk = Desk(store, sender=Nothing())
        desk.handles(mail())
        desk.deliver()
        assert [row["state"] for row in desk.letters()] == ["cancelled"], leaves


class TestRefusals:
    @pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
    def test_a_passing_one_is_tried_later_and_later(self, out: Outgoing, stage: Stage) -> None:
        out.sink.answer = answers(stage, *["451 4.3.0 try later"] * 3)
        letter_id = out.put()
        waits = []
        for _ in range(3):
            out.deliver()
            row = out.row(letter_id)
            assert row["state"] == "ready"
            assert "451" in row["note"]
            waits.append((row["next_try_at"] - out.clock.now()).total_seconds())
            out.deliver()  # not before its time
            assert out.row(letter_id)["attempts"] == len(waits)
            out.clock.moment = row["next_try_at"]
        out.deliver()
        assert out.state(letter_id) == "sent"
        assert 40 < waits[0] < 80 < waits[1] < 160 < waits[2] < 320
        assert len(out.sink.box) == 1
        assert out.needs() == []

    def test_waits_never_exceed_an_hour_and_a_quarter(self, out: Outgoing) -> None:
        longest = max((out.deliverer._later(attempts) - out.clock.now()).total_seconds() for attempts in range(1, 400))
        assert longest <= 72 * 60

    def test_no_server_at_all(self, store: Store, smtp_sink: SmtpSink) -> None:
        from tests.servers.net import free_port

        out = Outgoing(store, smtp_sink, port=free_port(), keeps_sent_copies=True)
        letter_id = out.put()
        out.deliver()
        assert out.state(letter_id) == "ready"

    @pytest.mark.parametrize("stage", ["RCPT", "DATA"])
    def test_a_lasting_one_needs_a_person_and_the_others_go(self, out: Outgoing, stage: Stage) -> None:
        out.sink.answer = answers(stage, "550 5.1.1 no such user")
        refused, other = out.put("mail:1"), out.put("mail:2", to="ann@cmht.example")
        out.deliver()
        assert (out.state(refused), out.state(other)) == ("failed", "sent")
        assert out.needs() == ["letter_failed"]
        assert any(b"letter-failed" in one.raw or b"needs" in one.raw.lower() for one in out.sink.box[1:])
        out.clock.move(days=2)
        out.deliver()
        assert out.row(refused)["attempts"] == 1

    def test_a_person_sends_it_again(self, out: Outgoing) -> None:
        from mailbot.actions.answers import send_again

        out.sink.answer = answers("RCPT", "550 5.1.1 no such user")
        letter_id = out.put()
        out.deliver()
        with out.store.transaction(out.clock.now()) as tx:
            send_again(tx, tx.needs.waiting()[0])
        out.deliver()
        assert out.state(letter_id) == "sent"
        assert [one.raw for one in out.sink.box if one.recipients == ("sam.okoro@cmht.example",)] == [a_letter().raw]

    def test_a_dropped_connection_before_the_dot_is_tried_again(self, out: Outgoing) -> None:
        out.sink.answer = answers("RCPT", DROP)
        letter_id = out.put()
        out.deliver()
        assert out.state(letter_id) == "ready"
        out.clock.move(minutes=2)
        out.deliver()
        assert (out.state(letter_id), len(out.sink.box)) == ("sent", 1)


class TestInDoubt:
    """The whole letter was handed over and no answer came (E4, RFC 1047)."""

    def outgoing(self, store: Store, sink: SmtpSink, mailbox: MailboxSettings, **sender: Any) -> Outgoing:
        return Outgoing(store, sink, mailbox, **sender)

    def test_found_in_sent_it_was_sent(self, store: Store, dovecot: Dovecot, mailbox: MailboxSettings) -> None:
        with SmtpSink(answer=answers("DATA", KEEP_AND_DROP), after=[keep_sent_copies(dovecot)]).running() as sink:
            out = self.outgoing(store, sink, mailbox, keeps_sent_copies=True)
            letter_id = out.put(name="form")
            out.deliver()
            assert (out.state(letter_id), len(sink.box)) == ("sent", 1)
            out.clock.move(hours=2)
            out.deliver()
            assert len(sink.box) == 1
            assert out.needs() == []
            out.deliverer.close()

    @pytest.mark.parametrize(("name", "once_more"), [("form", True), ("question", False)])
    def test_not_found_some_go_once_more_after_a_grace(
        self, store: Store, mailbox: MailboxSettings, smtp_sink: SmtpSink, name: str, once_more: bool
    ) -> None:
        smtp_sink.answer = answers("DATA", DROP)
        out = self.outgoing(store, smtp_sink, mailbox, keeps_sent_copies=True)
        letter_id = out.put(name=name)
        out.deliver()
        assert out.state(letter_id) == "in_doubt"
        out.clock.move(seconds=299)
        out.deliver()
        assert out.state(letter_id) == "in_doubt", "the server may be slow to show it"
        out.clock.move(seconds=6)
        out.deliver()
        assert out.state(letter_id) == ("sent" if once_more else "held")
        out.deliver()
        ours = [one for one in smtp_sink.box if one.recipients == ("sam.okoro@cmht.example",)]
        assert len(ours) == int(once_more)
        assert out.needs() == ([] if once_more else ["letter_in_doubt"])
        out.deliverer.close()

    def test_in_doubt_twice_it_is_held(self, store: Store, mailbox: MailboxSettings, smtp_sink: SmtpSink) -> None:
        smtp_sink.answer = answers("DATA", DROP, DROP)
        out = self.outgoing(store, smtp_sink, mailbox, keeps_sent_copies=True)
        letter_id = out.put(name="form")
        for _ in range(4):
            out.deliver()
            out.clock.move(minutes=6)
        assert out.state(letter_id) == "held"
        assert out.needs() == ["letter_in_doubt"]
        out.deliverer.close()

    def test_where_no_copies_are_kept_it_is_held_at_once(
        self, store: Store, mailbox: MailboxSettings, smtp_sink: SmtpSink
    ) -> None:
        smtp_sink.answer = answers("DATA", KEEP_AND_DROP)
        out = self.outgoing(store, smtp_sink, mailbox)
        letter_id = out.put(name="form")
        out.deliver()
        out.clock.move(seconds=6)
        out.deliver()
        assert out.state(letter_id) == "held"
        out.deliverer.close()

    def test_without_a_look_into_sent_nothing_goes_again(self, out: Outgoing) -> None:
        out.sink.answer = answers("DATA", DROP)
        letter_id = out.put(name="form")
        for _ in range(5):
            out.deliver()
            out.clock.move(hours=1)
        assert out.state(letter_id) == "in_doubt"
        assert out.sink.box == []

    def test_a_process_that_died_while_sending_leaves_doubt(self, store: Store, out: Outgoing) -> None:
        from datetime import timedelta

        letter_id = out.put()
        dead = Store(str(store.engine.url))
        with dead.transaction(out.clock.now()) as tx:
            assert tx.letters.take(1, timedelta(minutes=1))
            assert tx.letters.begin(letter_id, timedelta(minutes=1))
        out.deliver()
        assert out.state(letter_id) == "sending"
        out.clock.move(minutes=2)
        out.deliver()
        assert out.state(letter_id) == "in_doubt"
        assert out.sink.box == []

    def test_a_person_is_told_only_once(self, store: Store, mailbox: MailboxSettings, smtp_sink: SmtpSink) -> None:
        smtp_sink.answer = answers("DATA", DROP)
        out = self.outgoing(store, smtp_sink, mailbox)
        out.put()
        for _ in range(5):
            out.deliver()
            out.clock.move(minutes=10)
        assert out.needs() == ["letter_in_doubt"]
        out.deliverer.close()


class TestAMailboxInTrouble:
    """Deliver's own connection, for a look into Sent and for copies, is not tried every second (R12)."""

    def test_it_is_tried_later_and_later_and_not_before_the_server_asked(self, out: Outgoing) -> None:
        tried: list[float] = []
        out.sink.answer = answers("DATA", DROP)
        out.put()

        def connect(_: MailboxSettings) -> Any:
            tried.append((out.clock.now() - MONDAY).total_seconds())
            if len(tried) == 1:
                raise Throttled("signing in: the server asks for a pause", 300.0)
            raise MailboxError("signing in: the connection broke")

        out.deliverer._connect = connect
        for _ in range(3600):
            out.deliverer.step()
            out.clock.move(seconds=1)
        pauses = [later - earlier for earlier, later in pairwise(tried)]
        assert pauses[0] >= 300
        assert len(tried) < 40
        assert max(pauses[1:]) <= 306


class TestSentCopies:
    def test_put_into_sent_once_where_the_server_does_not(
        self, store: Store, mailbox: MailboxSettings, smtp_sink: SmtpSink
    ) -> None:
        out = Outgoing(store, smtp_sink, mailbox)
        out.put()
        out.deliver()
        out.deliver()
        assert out.sent_folder() == [a_letter().raw]
        out.deliverer.close()

    def test_not_where_the_server_does(self, store: Store, dovecot: Dovecot, mailbox: MailboxSettings) -> None:
        with SmtpSink(after=[keep_sent_copies(dovecot)]).running() as sink:
            out = Outgoing(store, sink, mailbox, keeps_sent_copies=True)
            out.put()
            out.deliver()
            assert len(out.sent_folder()) == 1
            out.deliverer.close()


class TestLimits:
    def test_the_brake(self, store: Store, smtp_sink: SmtpSink) -> None:
        out = Outgoing(store, smtp_sink, keeps_sent_copies=True, letters_per_hour=5)
        for number in range(12):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        out.deliver()
        assert len(smtp_sink.box) == 5
        out.clock.move(minutes=59)
        out.deliver()
        assert len(smtp_sink.box) == 5
        out.clock.move(minutes=2)
        out.deliver()
        assert len(smtp_sink.box) == 10
        for _ in range(3):
            out.clock.move(minutes=61)
            out.deliver()
        with store.look(out.clock.now()) as tx:
            assert tx.letters.count_by_state() == {"sent": len(smtp_sink.box)}
        assert sum(one.recipients[0].startswith("p") for one in smtp_sink.box) == 12
        assert any(b"has sent 5 letters" in one.raw for one in smtp_sink.box), "staff are told"

    def test_no_minute_has_more_letters_than_the_pace(self, store: Store, smtp_sink: SmtpSink) -> None:
        out = Outgoing(store, smtp_sink, keeps_sent_copies=True, letters_per_hour=0)
        left: list[float] = []
        for number in range(75):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        for second in range(0, 180, 5):
            out.deliver()
            left += [second] * (len(smtp_sink.box) - len(left))
            out.clock.move(seconds=5)
        assert len(left) == 75
        assert max(sum(0 <= later - first < 60 for later in left) for first in left) == 30
        assert left[-1] <= 130, "and it does not dawdle"
        assert [one.recipients[0] for one in smtp_sink.box] == [f"p{number}@cmht.example" for number in range(75)]
        assert out.needs() == []

    def test_the_pace_holds_over_restarts_and_for_replicas_together(self, store: Store, smtp_sink: SmtpSink) -> None:
        from concurrent.futures import ThreadPoolExecutor

        settings: dict[str, Any] = {"keeps_sent_copies": True, "letters_per_minute": 5}
        stores = [Store(str(store.engine.url)) for _ in range(2)]
        first, *replicas = [Outgoing(one, smtp_sink, **settings) for one in (store, *stores)]
        for number in range(20):
            first.put(f"mail:{number}", to=f"p{number}@cmht.example")
        for minute in range(4):
            with ThreadPoolExecutor(2) as pool:  # as after a restart: none of them sent what left before
                list(pool.map(Outgoing.deliver, replicas))
            assert len(smtp_sink.box) == 5 * (minute + 1)
            for one in replicas:
                one.clock.move(seconds=61)
        for one in (first, *replicas):
            one.deliverer.close()
        for another in stores:
            another.close()

    def test_urgent_letters_do_not_wait_for_the_pace(self, store: Store, smtp_sink: SmtpSink) -> None:
        out = Outgoing(store, smtp_sink, keeps_sent_copies=True, letters_per_minute=3)
        for number in range(5):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        out.deliver()
        with store.transaction(out.clock.now()) as tx:
            urgent = replace(a_letter("question", "chair@desk.example", "mail:9"), name="urgent")
            tx.letters.put(urgent, "mail:9")
        out.deliver()
        assert [one.recipients[0] for one in smtp_sink.box][3:] == ["chair@desk.example"]
        out.clock.move(seconds=61)
        out.deliver()
        assert len(smtp_sink.box) == 6

    def test_a_clock_put_back_does_not_hold_letters_up(self, store: Store, smtp_sink: SmtpSink) -> None:
        out = Outgoing(store, smtp_sink, keeps_sent_copies=True, letters_per_minute=3, letters_per_hour=3)
        for number in range(6):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        out.deliver()
        out.clock.move(hours=-5)
        out.deliver()
        assert len(smtp_sink.box) == 6

    def test_no_brake(self, store: Store, smtp_sink: SmtpSink) -> None:
        out = Outgoing(store, smtp_sink, keeps_sent_copies=True, letters_per_hour=0)
        for number in range(12):
            out.put(f"mail:{number}", to=f"p{number}@cmht.example")
        out.deliver()
        assert len(smtp_sink.box) == 12

    def test_paused_and_resumed(self, out: Outgoing) -> None:
        with out.store.transaction(out.clock.now()) as tx:
            tx.switches.put("paused", "yes")
        letter_id = out.put()
        out.deliver()
        assert (out.state(letter_id), out.sink.box) == ("ready", [])
        with out.store.transaction(out.clock.now()) as tx:
            tx.switches.put("paused", "")
        out.deliver()
        assert out.state(letter_id) == "sent"

    @pytest.mark.parametrize(("most", "forms"), [(1, 1), (2, 2), (0, 5)])
    def test_forms_to_one_address_in_a_day(self, store: Store, most: int, forms: int) -> None:
        desk = Desk(store, office_with(sender=SenderSettings(forms_per_address_per_day=most)))
        for _ in range(5):
            desk.handles(mail())
        assert len(desk.letters("form")) == forms
        desk.handles(mail(sender="ann@council.example"))
        assert len(desk.letters("form")) == forms + 1


class TestOutcomes:
    """What follows from a letter's end."""

    def test_an_outcome_in_doubt_is_never_sent_again(self, store: Store) -> None:
        class Doubtful(Nothing):
            def send(self, *_: object) -> None:
                raise InDoubt("no answer")

        office: Office = our_office()
        deliverer = Deliverer(office, store, Still(), Doubtful(), _unreachable)
        with store.transaction(Still().now()) as tx:
            letter_id = tx.letters.put(a_letter(), "outcome:1")
        while deliverer.step():
            pass
        with store.look(Still().now()) as tx:
            assert tx.letters.get(letter_id or 0)["state"] == LetterState.IN_DOUBT


def _unreachable(_settings: MailboxSettings) -> Any:
    from mailbot.errors import MailboxError

    raise MailboxError("not reachable")
