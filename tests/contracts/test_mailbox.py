"""The contract of a mailbox: one suite, run on Dovecot over TLS and on the demo's own server."""

from __future__ import annotations

import imaplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from mailbot.demo.mailserver import DemoMail
from mailbot.errors import MailboxError, SignInRefused, Throttled
from mailbot.loop import Bell
from mailbot.mailboxes import Mailbox, Position, imap, session
from mailbot.mailboxes.imap import Imap
from mailbot.settings import Folders, MailboxSettings
from tests.servers import dovecot as dovecot_server
from tests.servers.dovecot import Dovecot
from tests.servers.imap import scripted_imap

Deliver = Callable[[bytes], None]


def mail(number: int = 1, *, body: str = "hello", headers: str = "") -> bytes:
    text = f"From: a.referrer@surgery.example\nMessage-ID: <{number}@surgery.example>\n{headers}\n{body}\n"
    return text.replace("\n", "\r\n").encode()


def uids(mailbox: Imap, folder: str = "INBOX") -> list[int]:
    return [listed.uid for listed in mailbox.list_from(folder, 1)]


def elapsed(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


@pytest.fixture
def mailbox(settings: MailboxSettings) -> Iterator[Imap]:
    imap = Imap.connect(settings)
    yield imap
    imap.close()


@pytest.fixture
def other(settings: MailboxSettings) -> Iterator[Imap]:
    """Another connection to the same mailbox: a member of staff at work."""
    imap = Imap.connect(settings)
    yield imap
    imap.close()


@pytest.fixture
def bell() -> Bell:
    return Bell()


class MailboxContract:
    """What every mailbox does; a subclass gives `settings` of an empty mailbox, and `deliver`."""

    def test_it_is_a_mailbox(self, mailbox: Imap) -> None:
        as_promised: Mailbox = mailbox

        assert as_promised.round_trips > 0  # type: ignore[attr-defined]

    def test_folders_have_roles(self, mailbox: Imap) -> None:
        roles = {folder.name: folder.role for folder in mailbox.folders()}

        assert roles["INBOX"] == "inbox"
        assert (roles["Sent"], roles["Drafts"], roles["Junk"]) == ("sent", "drafts", "junk")

    def test_settings_say_which_folder_is_for_what(self, settings: MailboxSettings, other: Imap) -> None:
        other.append("Verschickt", mail())
        named = settings.model_copy(update={"folders": Folders(sent="Verschickt")})
        mailbox = Imap.connect(named)

        first_for_sent = next(folder.name for folder in mailbox.folders() if folder.role == "sent")
        mailbox.close()

        assert first_for_sent == "Verschickt"

    def test_an_empty_folder_lists_nothing(self, mailbox: Imap) -> None:
        assert mailbox.list_from("INBOX", 1) == []
        assert mailbox.sent_since("Sent", 1) == []
        assert list(mailbox.fetch("INBOX", [])) == []
        assert list(mailbox.fetch("INBOX", [999])) == []

    def test_what_was_delivered_is_listed_and_fetched(self, mailbox: Imap, deliver: Deliver) -> None:
        deliver(mail(body="första raden\n.a dot\n\n\xff"))

        (listed,) = mailbox.list_from("INBOX", 1)
        ((uid, raw),) = mailbox.fetch("INBOX", [listed.uid])

        assert uid == listed.uid
        assert raw.endswith(mail(body="första raden\n.a dot\n\n\xff"))
        assert listed.size == len(raw)
        assert listed.came_at.tzinfo == UTC
        assert abs(datetime.now(UTC) - listed.came_at) < timedelta(minutes=1)

    def test_fetching_does_not_mark_as_read(self, mailbox: Imap, deliver: Deliver) -> None:
        deliver(mail())
        list(mailbox.fetch("INBOX", uids(mailbox)))

        assert mailbox._client.search("UNSEEN") == uids(mailbox)

    def test_listing_starts_where_it_is_told(self, mailbox: Imap, deliver: Deliver) -> None:
        for number in range(3):
            deliver(mail(number))

        first, *others = uids(mailbox)
        assert [listed.uid for listed in mailbox.list_from("INBOX", first + 1)] == others
        assert mailbox.list_from("INBOX", others[-1] + 1) == []  # a server answers 4:* with the last, 3

    def test_small_news_comes_with_its_bytes_in_one_exchange(self, mailbox: Imap, deliver: Deliver) -> None:
        deliver(mail(1))
        (before,) = mailbox.list_from("INBOX", 1)
        deliver(mail(2))
        deliver(mail(3, body="x" * imap.SMALL))
        assert mailbox.positions(["INBOX"])
        trips = mailbox.round_trips

        small, large = mailbox.news_from("INBOX", before.uid + 1)

        assert mailbox.round_trips - trips == 1
        assert [small, large] == [
            replace(
                mailbox.list_from("INBOX", before.uid + 1)[0], raw=dict(mailbox.fetch("INBOX", [small.uid]))[small.uid]
            ),
            *mailbox.list_from("INBOX", large.uid),
        ]
        assert mailbox._client.search("UNSEEN") == [before.uid, small.uid, large.uid]

    def test_news_that_is_more_than_a_few_or_behind_a_gap(self, mailbox: Imap, deliver: Deliver) -> None:
        for number in range(imap.FEW + 2):
            deliver(mail(number))
        first, *_, last = every = uids(mailbox)

        news = mailbox.news_from("INBOX", first)

        assert [one.uid for one in news] == every
        assert [bool(one.raw) for one in news] == [True] * imap.FEW + [False] * 2
        mailbox.move("INBOX", every[:-1], "Handled")
        assert [one.uid for one in mailbox.news_from("INBOX", first)] == [last]
        assert mailbox.news_from("INBOX", last + 1) == []

    def test_a_long_listing_comes_in_parts(
        self, mailbox: Imap, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imap, "LISTED", 2)  # no server of the tests has years of mail
        for number in range(5):
            deliver(mail(number))
        all_of_it = uids(mailbox)
        assert len(all_of_it) == 5
        assert all_of_it == sorted(set(all_of_it))
        before = mailbox.round_trips
        assert [listed.uid for listed in mailbox.list_from("INBOX", all_of_it[3])] == all_of_it[3:]
        assert mailbox.round_trips - before <= 2, "new mail is one listing"

    def test_says_which_messages_it_holds_by_number_alone(
        self, mailbox: Imap, other: Imap, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            deliver(mail(number))
        first, second, third = uids(mailbox)
        other.move("INBOX", [second], "Handled")

        held = mailbox.held("INBOX", third + 1)
        assert held.uids == (first, third)
        assert held.uidvalidity == mailbox.positions(["INBOX"])["INBOX"].uidvalidity
        assert mailbox.held("INBOX", third).uids == (first,)
        assert mailbox.held("INBOX", 1).uids == ()
        monkeypatch.setattr(imap, "SEARCHED", 1)
        assert mailbox.held("INBOX", third + 1).uids == (first, third)

    def test_a_second_look_sees_what_came_meanwhile(self, mailbox: Imap, deliver: Deliver) -> None:
        assert len(uids(mailbox)) == 0
        deliver(mail())
        assert len(uids(mailbox)) == 1

    def test_two_hundred_at_once(self, mailbox: Imap, other: Imap) -> None:
        for number in range(200):
            other.append("INBOX", mail(number))
        there = uids(mailbox)
        before = mailbox.round_trips

        fetched = list(mailbox.fetch("INBOX", there))
        mailbox.move("INBOX", there[::2], "Handled")

        assert fetched == [(uid, mail(number)) for number, uid in enumerate(there)]
        assert mailbox.round_trips - before == 6  # FETCH, MOVE (refused), LIST, CREATE, SUBSCRIBE, MOVE
        assert uids(mailbox) == there[1::2]
        assert len(uids(mailbox, "Handled")) == 100

    def test_positions_tell_how_far_folders_reach(self, mailbox: Imap, deliver: Deliver) -> None:
        before = mailbox.positions(["INBOX", "Sent"])
        mailbox.list_from("INBOX", 1)
        deliver(mail())
        after = mailbox.positions(["INBOX", "Sent", "No such folder"])

        assert set(after) == {"INBOX", "Sent"}
        assert after["Sent"] == before["Sent"]
        assert after["INBOX"] == Position(before["INBOX"].uidvalidity, before["INBOX"].uidnext + 1)

    def test_move_takes_only_what_is_there(self, mailbox: Imap, deliver: Deliver) -> None:
        for number in range(3):
            deliver(mail(number))

        first, second, third = uids(mailbox)

        mailbox.move("INBOX", [first, third, 999], "Handled")
        mailbox.move("INBOX", [first], "Handled")  # has gone already
        mailbox.move("INBOX", [], "Handled")

        assert uids(mailbox) == [second]
        assert len(uids(mailbox, "Handled")) == 2

    def test_without_move_only_our_own_are_taken(self, mailbox: Imap, other: Imap, deliver: Deliver) -> None:
        for number in range(3):
            deliver(mail(number))
        first, second, third = uids(other)
        other._client.add_flags([second], ["\\Deleted"])  # a member of staff is about to delete this one
        mailbox._client._cached_capabilities = (b"IMAP4REV1", b"UIDPLUS")

        mailbox.move("INBOX", [first], "Sent")

        assert uids(mailbox) == [second, third]
        assert len(uids(mailbox, "Sent")) == 1

    def test_a_folder_may_have_any_name(self, mailbox: Imap, deliver: Deliver) -> None:
        deliver(mail())
        name = 'Überwiesen & "erledigt" 完'

        mailbox.move("INBOX", uids(mailbox), name)

        assert name in {folder.name for folder in mailbox.folders()}
        assert len(uids(mailbox, name)) == 1

    def test_letters_are_found_by_message_id(self, mailbox: Imap, other: Imap) -> None:
        one, two, three = (f"<{number}@surgery.example>" for number in (1, 2, 3))
        assert not mailbox.find("Sent", [one])
        other.append("Sent", mail(1))
        other.append("Sent", mail(3))

        assert list(mailbox.find("Sent", [one])) == [one]
        assert not mailbox.find("Sent", [two])
        assert not mailbox.find("Sent", [])
        assert list(mailbox.find("Sent", [one, two, three])) == [one, three]

    def test_what_we_append_is_read_and_drafts_are_drafts(self, mailbox: Imap) -> None:
        mailbox.append("Sent", mail(1))
        mailbox.append("Drafts", mail(2), draft=True)

        for folder, flags in (("Sent", {b"\\Seen"}), ("Drafts", {b"\\Seen", b"\\Draft"})):
            (uid,) = uids(mailbox, folder)
            assert set(mailbox._client.get_flags([uid])[uid]) - {b"\\Recent"} == flags

    def test_sent_copies_tell_what_they_answer(self, mailbox: Imap) -> None:
        headers = "In-Reply-To: <b@x.example>\nReferences: <a@x.example>\n <b@x.example>\n\t<long\n @x.example>\n"
        mailbox.append("Sent", mail(1, headers=headers))
        mailbox.append("Sent", mail(2))
        mailbox.append("Sent", b"Subject: nothing else\r\n\r\n")

        copies = mailbox.sent_since("Sent", 1)

        assert [copy.message_id for copy in copies] == ["<1@surgery.example>", "<2@surgery.example>", ""]
        assert copies[0].replies_to == ("<b@x.example>", "<a@x.example>", "<long@x.example>")
        assert copies[1].replies_to == ()
        assert mailbox.sent_since("Sent", copies[-1].uid) == copies[-1:]

    def test_wait_wakes_when_mail_comes(self, mailbox: Imap, bell: Bell, deliver: Deliver) -> None:
        mailbox.list_from("INBOX", 1)
        threading.Timer(0.1, deliver, [mail()]).start()

        assert elapsed(lambda: mailbox.wait("INBOX", 10, bell.fileno())) < 2
        before = mailbox.round_trips
        assert len(uids(mailbox)) == 1
        assert mailbox.round_trips - before == 1

    def test_wait_does_not_sleep_on_mail_that_came_before(self, mailbox: Imap, bell: Bell, deliver: Deliver) -> None:
        mailbox.list_from("INBOX", 1)
        deliver(mail())
        mailbox.list_from("Sent", 1)  # the server has nobody to tell: INBOX is not selected

        assert elapsed(lambda: mailbox.wait("INBOX", 5, bell.fileno())) < 2
        mailbox.list_from("INBOX", 1)
        assert elapsed(lambda: mailbox.wait("INBOX", 0.2, bell.fileno())) >= 0.2

    def test_wait_ends_when_the_bell_rings(self, mailbox: Imap, bell: Bell) -> None:
        threading.Timer(0.1, bell.ring).start()

        assert elapsed(lambda: mailbox.wait("INBOX", 10, bell.fileno())) < 2
        assert elapsed(lambda: mailbox.wait("INBOX", 10, bell.fileno())) < 1  # it still rings
        bell.silence()
        assert elapsed(lambda: mailbox.wait("INBOX", 0.2, bell.fileno())) >= 0.2

    def test_wait_without_idle_looks_now_and_then(
        self, settings: MailboxSettings, bell: Bell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mailbox = Imap.connect(settings.model_copy(update={"look_every_seconds": 0.2}))
        monkeypatch.setattr(mailbox._client, "_cached_capabilities", (b"IMAP4REV1",))

        assert 0.2 <= elapsed(lambda: mailbox.wait("INBOX", 10, bell.fileno())) < 2
        mailbox.close()

    def test_a_missing_folder_is_an_error_and_ends_the_connection(self, mailbox: Imap) -> None:
        with pytest.raises(MailboxError, match="listing a folder: "):
            mailbox.list_from("No such folder", 1)
        with pytest.raises(MailboxError):
            mailbox.folders()

    def test_a_wrong_password_says_so(self, settings: MailboxSettings) -> None:
        with pytest.raises(SignInRefused) as refused:
            Imap.connect(settings.model_copy(update={"password": SecretStr("wrong")}))

        assert settings.address not in str(refused.value)

    def test_closing_twice_is_quiet(self, mailbox: Imap) -> None:
        mailbox.close()
        mailbox.close()


class TestDovecot(MailboxContract):
    """A real server, over TLS."""

    @pytest.fixture
    def settings(self, mailbox_settings: MailboxSettings) -> MailboxSettings:
        return mailbox_settings

    @pytest.fixture
    def deliver(self, dovecot: Dovecot, settings: MailboxSettings) -> Deliver:
        return lambda raw: dovecot.deliver(raw, settings.address)

    def test_a_folder_made_anew_has_another_uidvalidity(self, mailbox: Imap, other: Imap) -> None:
        other.append("Cases", mail(1))
        before = mailbox.positions(["Cases"])["Cases"]
        other._client.delete_folder("Cases")
        assert mailbox.positions(["Cases"]) == {}

        other.append("Cases", mail(2))
        after = mailbox.positions(["Cases"])["Cases"]

        assert after.uidvalidity != before.uidvalidity
        assert after.uidnext == before.uidnext

    def test_mail_that_comes_during_other_commands_ends_the_wait(
        self, mailbox: Imap, bell: Bell, deliver: Deliver
    ) -> None:
        mailbox.list_from("INBOX", 1)
        deliver(mail())
        mailbox._client.noop()  # any command; the server tells its news here, and not again in IDLE

        assert elapsed(lambda: mailbox.wait("INBOX", 5, bell.fileno())) < 1

    @pytest.mark.usefixtures("dovecot")  # which knows what to do where there is none
    def test_it_notices_when_the_server_is_gone(self, bell: Bell) -> None:
        with dovecot_server.running() as server:
            mailbox = Imap.connect(server.settings(server.new_address()))
            threading.Timer(0.1, server.kill).start()
            with pytest.raises(MailboxError, match="waiting for mail"):
                mailbox.wait("INBOX", 10, bell.fileno())

    def test_a_password_need_not_be_ascii(self, settings: MailboxSettings) -> None:
        with pytest.raises(SignInRefused):  # and not a fault of ours
            Imap.connect(settings.model_copy(update={"password": SecretStr("pässwörd")}))

    def test_starttls(self, dovecot: Dovecot, settings: MailboxSettings) -> None:
        mailbox = Imap.connect(settings.model_copy(update={"tls": "starttls", "port": dovecot.imap_port}))

        assert mailbox.positions(["INBOX"])
        mailbox.close()

    def test_an_untrusted_certificate_is_refused(self, settings: MailboxSettings) -> None:
        with pytest.raises(MailboxError, match="certificate is not trusted"):
            Imap.connect(settings.model_copy(update={"ca_file": None}))

    def test_plain_text_stays_on_this_machine(self, settings: MailboxSettings) -> None:
        away = settings.model_copy(update={"tls": "plain", "host": "imap.desk.example"})

        with pytest.raises(MailboxError, match="plain text is only for this machine"):
            Imap.connect(away)


class TestDemo(MailboxContract):
    """The demo's server, in this process."""

    @pytest.fixture
    def server(self) -> Iterator[DemoMail]:
        with DemoMail() as server:
            yield server

    @pytest.fixture
    def settings(self, server: DemoMail) -> MailboxSettings:
        return MailboxSettings(
            address=server.address,
            host=server.host,
            port=server.imap_port,
            password=SecretStr(server.password),
            tls="plain",
            start_from=datetime(2020, 1, 1, tzinfo=UTC),
        )

    @pytest.fixture
    def deliver(self, server: DemoMail) -> Deliver:
        return server.deliver

    def test_starttls_that_is_not_offered_is_an_error(self, settings: MailboxSettings) -> None:
        with pytest.raises(MailboxError, match="STARTTLS"):
            Imap.connect(settings.model_copy(update={"tls": "starttls"}))


def test_nobody_there_is_a_mailbox_error(mailbox_settings: MailboxSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(MailboxError, match="Connection refused"):
        Imap.connect(mailbox_settings.model_copy(update={"port": port}))


def test_errors_hold_nothing_the_server_said() -> None:
    said = imaplib.IMAP4.error("FETCH failed: [SERVERBUG] cannot open mail of Ann Example, 07700 900123")

    assert str(session.explained("fetching mail", said)) == "fetching mail: refused SERVERBUG"


def test_a_server_that_wants_a_pause_says_how_long() -> None:
    said = imaplib.IMAP4.abort("Request is throttled. Suggested Backoff Time: 299910 milliseconds")

    pause = session.explained("listing a folder", said)

    assert isinstance(pause, Throttled)
    assert pause.seconds == 299.91


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(b"+ idling\r\n* 5 EXISTS\r\n", id="in one segment with the plus"),
        pytest.param(b"* 5 EXISTS\r\n+ idling\r\n", id="before the plus, as Exchange does"),
    ],
)
def test_news_at_the_start_of_idle_are_not_lost(mailbox_settings: MailboxSettings, bell: Bell, script: bytes) -> None:
    with scripted_imap(idle=script) as port:
        mailbox = Imap.connect(mailbox_settings.model_copy(update={"tls": "plain", "port": port}))

        assert elapsed(lambda: mailbox.wait("INBOX", 5, bell.fileno())) < 1
        mailbox.close()


def test_a_line_that_comes_in_two_pieces_is_no_fault(mailbox_settings: MailboxSettings, bell: Bell) -> None:
    with scripted_imap(idle=b"+ idling\r\n* 5 EX", then=b"ISTS\r\n") as port:
        mailbox = Imap.connect(mailbox_settings.model_copy(update={"tls": "plain", "port": port}))

        mailbox.wait("INBOX", 5, bell.fileno())

        assert mailbox.positions(["INBOX"])
        mailbox.close()


def test_a_body_that_is_not_handed_out_yet_is_left_out(mailbox_settings: MailboxSettings) -> None:
    rows = b"* 1 FETCH (UID 1 RFC822.SIZE 5000 BODY[] {2}\r\n\r\n)\r\n* 2 FETCH (UID 2 RFC822.SIZE 5000 BODY[] NIL)\r\n"
    with scripted_imap(fetch=rows) as port:
        mailbox = Imap.connect(mailbox_settings.model_copy(update={"tls": "plain", "port": port}))

        assert list(mailbox.fetch("INBOX", [1, 2])) == []
        mailbox.close()


def test_news_that_is_not_handed_out_yet_comes_without_bytes(mailbox_settings: MailboxSettings) -> None:
    date = b'INTERNALDATE "29-Nov-2026 09:44:42 +0000"'
    rows = b"* 1 FETCH (UID 1 %s RFC822.SIZE 5000 BODY[]<0> {2}\r\n\r\n)\r\n" % date
    rows += b"* 2 FETCH (UID 2 %s RFC822.SIZE 5000 BODY[] NIL)\r\n" % date
    with scripted_imap(fetch=rows) as port:
        mailbox = Imap.connect(mailbox_settings.model_copy(update={"tls": "plain", "port": port}))

        assert [(one.uid, one.size, one.raw) for one in mailbox.news_from("INBOX", 1)] == [
            (1, 5000, None),
            (2, 5000, None),
        ]
        mailbox.close()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"NO [AUTHENTICATIONFAILED] not you", SignInRefused),
        (b"NO LOGIN failed.", SignInRefused),
        (b"NO [UNAVAILABLE] later", MailboxError),
        (b"BAD User is authenticated but not connected.", MailboxError),
        (b"NO Request is throttled. Suggested Backoff Time: 1000 milliseconds", Throttled),
    ],
)
def test_only_a_refusal_asks_for_another_password(
    mailbox_settings: MailboxSettings, said: bytes, expected: type[MailboxError]
) -> None:
    with scripted_imap(login=said) as port, pytest.raises(MailboxError) as failed:
        Imap.connect(mailbox_settings.model_copy(update={"tls": "plain", "port": port}))

    assert type(failed.value) is expected
