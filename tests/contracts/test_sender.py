"""The contract of a sender, and where SMTP draws the line between nobody has it and it may have gone."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from mailbot.demo.mailserver import DemoMail
from mailbot.errors import DeliveryError, InDoubt, MailboxError, Passing, Permanent
from mailbot.letters import assemble
from mailbot.mailboxes.imap import Imap
from mailbot.senders import Sender
from mailbot.senders.drafts import Drafts
from mailbot.senders.nothing import Nothing
from mailbot.senders.smtp import Smtp, stuffed
from mailbot.settings import MailboxSettings, SenderSettings, Tls
from tests.servers.dovecot import Dovecot
from tests.servers.net import HOST, Certificate
from tests.servers.proxy import Proxy
from tests.servers.smtp import DROP, KEEP_AND_DROP, FaultySmtp, SmtpSink, deliver_on, keep_sent_copies

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
TEAM = "team@desk.example"
REFERRER = "a.referrer@surgery.example"
LETTER = b"From: team@desk.example\r\nMessage-ID: <1@desk.example>\r\n\r\n.\r\n..two dots\r\nthe end\r\n"
MAILBOX = MailboxSettings(
    address=TEAM, host=HOST, password=SecretStr("secret"), start_from=datetime(2020, 1, 1, tzinfo=UTC)
)


@pytest.fixture(params=[True, False], ids=["pipelining", "one by one"])
def pipelining(request: pytest.FixtureRequest) -> bool:
    """Whether the server takes commands that are written together (RFC 2920)."""
    return bool(request.param)


@pytest.fixture
def smtp_sink(pipelining: bool) -> Iterator[SmtpSink]:
    with SmtpSink(pipelining=pipelining).running() as sink:
        yield sink


@pytest.fixture
def faulty(pipelining: bool) -> Iterator[FaultySmtp]:
    with FaultySmtp(pipelining=pipelining).running() as server:
        yield server


@pytest.fixture
def smtp(faulty: FaultySmtp) -> Iterator[Smtp]:
    """A sender to the server with faults."""
    sender = Smtp(to_faulty(faulty), MAILBOX)
    yield sender
    sender.close()


def to_faulty(server: FaultySmtp, **changes: object) -> SenderSettings:
    values = {"host": HOST, "port": server.port, "tls": "plain", "username": "-", "answer_timeout_seconds": 2}
    return SenderSettings.model_validate({**values, **changes})


def send(sender: Sender, *recipients: str) -> None:
    sender.send(TEAM, recipients or (REFERRER,), LETTER)


class SenderContract:
    """What every sender does; a subclass gives `sender`, and `arrived`: what whoever reads it then has."""

    leaves = "sent"

    def test_it_takes_letters_one_after_the_other(self, sender: Sender, arrived: Callable[[], int]) -> None:
        send(sender)
        send(sender)

        assert arrived() == (0 if self.leaves == "cancelled" else 2)
        assert sender.leaves == self.leaves

    def test_closing_is_quiet_and_not_the_end(self, sender: Sender, arrived: Callable[[], int]) -> None:
        sender.close()
        sender.close()
        send(sender)
        sender.close()

        assert arrived() == (0 if self.leaves == "cancelled" else 1)


class TestSmtp(SenderContract):
    @pytest.fixture
    def sender(self, sender_settings: SenderSettings) -> Iterator[Sender]:
        sender = Smtp(sender_settings, MAILBOX)
        yield sender
        sender.close()

    @pytest.fixture
    def arrived(self, smtp_sink: SmtpSink) -> Callable[[], int]:
        return lambda: len(smtp_sink.box)


class TestSmtpToTheDemo(SenderContract):
    @pytest.fixture
    def demo(self) -> Iterator[DemoMail]:
        with DemoMail() as demo:
            yield demo

    @pytest.fixture
    def sender(self, demo: DemoMail) -> Iterator[Sender]:
        settings = SenderSettings(host=HOST, port=demo.smtp_port, tls="plain", username="-")
        sender = Smtp(settings, MAILBOX)
        yield sender
        sender.close()

    @pytest.fixture
    def arrived(self, demo: DemoMail) -> Callable[[], int]:
        return lambda: len(demo.letters)

    def test_everybody_can_read_what_came(self, demo: DemoMail, sender: Sender) -> None:
        send(sender, REFERRER, demo.address)

        for address in (REFERRER, demo.address):
            settings = MAILBOX.model_copy(
                update={
                    "address": address,
                    "port": demo.imap_port,
                    "tls": "plain",
                    "password": SecretStr("demo"),
                }
            )
            mailbox = Imap.connect(settings)
            (listed,) = mailbox.list_from("INBOX", 1)
            ((_, raw),) = mailbox.fetch("INBOX", [listed.uid])
            assert raw.endswith(LETTER)
            mailbox.close()
        assert [(letter.recipients, letter.raw) for letter in demo.letters] == [((REFERRER,), LETTER)]


class TestDrafts(SenderContract):
    leaves = "held"

    @pytest.fixture
    def kept(self) -> list[bytes]:
        return []

    @pytest.fixture
    def sender(self, kept: list[bytes]) -> Sender:
        return Drafts(kept.append)

    @pytest.fixture
    def arrived(self, kept: list[bytes]) -> Callable[[], int]:
        return lambda: len(kept)

    def test_a_fault_of_the_mailbox_is_passing(self) -> None:
        def broken(_raw: bytes) -> None:
            raise MailboxError("putting a letter into a folder: no answer in time")

        with pytest.raises(Passing, match="the draft was not kept: putting a letter"):
            send(Drafts(broken))


class TestNothing(SenderContract):
    leaves = "cancelled"

    @pytest.fixture
    def sender(self) -> Sender:
        return Nothing()

    @pytest.fixture
    def arrived(self) -> Callable[[], int]:
        return lambda: 0


def test_the_bytes_arrive_as_they_were(smtp_sink: SmtpSink, sender_settings: SenderSettings) -> None:
    sender = Smtp(sender_settings, MAILBOX)
    send(sender, REFERRER, "b.referrer@surgery.example")
    sender.close()

    (envelope,) = smtp_sink.box
    assert (envelope.sender, envelope.raw) == (TEAM, LETTER)
    assert envelope.recipients == (REFERRER, "b.referrer@surgery.example")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b".a\r\n.b\r\n", b"..a\r\n..b\r\n"),
        (b"no end", b"no end\r\n"),
        (b"a\r\n.\r\nQUJD\r\n.", b"a\r\n..\r\nQUJD\r\n..\r\n"),
        (assemble(b"a\n.\n=_attachment " + b"0" * 64 + b"\r\n", lambda _: b"QUJD"), b"a\r\n..\r\nQUJD\r\n"),
        (b"smuggled\n.\nMAIL\r.\r", b"smuggled\r\n..\r\nMAIL\r\n..\r\n"),
    ],
)
def test_no_letter_can_end_itself(raw: bytes, line: bytes) -> None:
    assert stuffed(raw) == line


BEFORE_THE_DOT = ("MAIL", "RCPT", "DATA")


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "DOT"])
@pytest.mark.parametrize(("code", "expected"), [("451 4.7.1", Passing), ("550 5.1.1", Permanent)])
def test_a_refusal_is_passing_or_permanent_and_the_next_letter_goes(
    faulty: FaultySmtp, smtp: Smtp, stage: str, code: str, expected: type[DeliveryError]
) -> None:
    faulty.faults[stage] = f"{code} <{REFERRER}> is not welcome"

    with pytest.raises(expected) as refused:
        send(smtp)
    send(smtp)

    assert code in str(refused.value)
    assert REFERRER not in str(refused.value)
    assert len(faulty.box) == (2 if stage == "DOT" else 1)
    assert faulty.verbs.count("EHLO") == 1  # on the same connection


@pytest.mark.parametrize("stage", ["GREETING", "EHLO", *BEFORE_THE_DOT, "LETTER"])
def test_a_connection_lost_before_the_dot_is_passing(faulty: FaultySmtp, smtp: Smtp, stage: str) -> None:
    faulty.faults[stage] = None
    with pytest.raises(Passing, match="the connection broke"):
        smtp.send(TEAM, [REFERRER], LETTER + b"long line\r\n" * 500_000)

    send(smtp)

    assert len(faulty.box) == 1


def test_a_connection_lost_after_the_dot_is_in_doubt(faulty: FaultySmtp, smtp: Smtp) -> None:
    faulty.faults["DOT"] = None

    with pytest.raises(InDoubt, match="the connection broke"):
        send(smtp)
    send(smtp)

    assert len(faulty.box) == 2


def test_silence_after_the_dot_is_in_doubt(faulty: FaultySmtp) -> None:
    faulty.delay = 5
    sender = Smtp(to_faulty(faulty, answer_timeout_seconds=0.2), MAILBOX)

    with pytest.raises(InDoubt, match="no answer in time"):
        send(sender)
    sender.close()


def test_an_answer_that_makes_no_sense_after_the_dot_is_in_doubt(faulty: FaultySmtp, smtp: Smtp) -> None:
    faulty.faults["DOT"] = "what?"

    with pytest.raises(InDoubt):
        send(smtp)


@pytest.mark.parametrize("fault", [None, "421 4.4.2 idle for too long"])
def test_a_connection_that_died_meanwhile_is_replaced(faulty: FaultySmtp, smtp: Smtp, fault: str | None) -> None:
    send(smtp)
    faulty.faults["MAIL"] = fault

    send(smtp)

    assert len(faulty.box) == 2
    assert faulty.verbs.count("EHLO") == 2


@pytest.mark.parametrize("last_words", [None, "421 4.4.2 idle for too long"])
def test_a_connection_that_was_closed_while_it_was_quiet_is_replaced(
    faulty: FaultySmtp, smtp: Smtp, last_words: str | None
) -> None:
    faulty.faults["QUIET"] = last_words
    send(smtp)

    send(smtp)

    assert len(faulty.box) == 2
    assert faulty.verbs.count("EHLO") == 2


def test_a_connection_that_died_is_replaced_once(faulty: FaultySmtp, smtp: Smtp) -> None:
    faulty.faults["QUIET"] = None
    send(smtp)
    faulty.faults["MAIL"] = None

    with pytest.raises(Passing, match="the connection broke"):
        send(smtp)

    assert len(faulty.box) == 1


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_a_server_that_takes_its_leave_in_the_middle_is_passing(faulty: FaultySmtp, smtp: Smtp, stage: str) -> None:
    faulty.faults |= {stage: "421 4.3.2 shutting down", "RSET": None}
    faulty.faults |= {"DATA": None} if stage == "RCPT" else {}

    with pytest.raises(Passing, match=rf"not taken now at {stage}: 421 4\.3\.2"):
        send(smtp)
    faulty.faults.clear()
    send(smtp)

    assert len(faulty.box) == 1


@pytest.mark.parametrize("code", ["354 go on", "451 4.3.0 later", None])
def test_all_are_refused_and_nobody_gets_an_empty_letter(faulty: FaultySmtp, smtp: Smtp, code: str | None) -> None:
    faulty.faults |= {"RCPT": "550 5.1.1 unknown", "DATA": code}

    with pytest.raises(Permanent, match=r"RCPT: 550 5\.1\.1"):  # whatever is answered to DATA
        send(smtp)
    faulty.faults.clear()
    send(smtp)

    assert faulty.box == [stuffed(LETTER)]
    again = 2 if faulty.pipelining and code != "451 4.3.0 later" else 1
    assert faulty.verbs.count("EHLO") == again


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "LETTER"])
def test_a_server_that_stalls_before_the_dot_has_nothing(faulty: FaultySmtp, smtp: Smtp, stage: str) -> None:
    faulty.delay = 1
    faulty.faults[stage] = ""
    smtp.command_seconds = smtp.letter_seconds = 0.3

    with pytest.raises(Passing, match="no answer in time"):
        smtp.send(TEAM, [REFERRER], LETTER + b"long line\r\n" * 1_000_000)

    assert faulty.box == []


def test_it_is_said_in_as_few_pieces_as_the_server_takes(pipelining: bool, smtp_sink: SmtpSink) -> None:
    with Proxy(smtp_sink.port).running() as proxy:
        sender = Smtp(smtp_sink.settings(port=proxy.port), MAILBOX)
        sender.greet()
        greeted = time.monotonic()
        send(sender)
        pieces = {line.moment for line in proxy.lines if not line.from_server and line.moment > greeted}
        sender.close()

    assert len(pieces) == (2 if pipelining else 4)
    assert len(smtp_sink.box) == 1


@pytest.mark.parametrize("recipients", [(REFERRER, "gone@surgery.example"), ("gone@surgery.example", REFERRER)])
def test_one_refused_recipient_is_a_letter_for_nobody(smtp_sink: SmtpSink, recipients: tuple[str, str]) -> None:
    smtp_sink.answer = lambda stage, envelope: (
        "550 5.1.1 unknown" if stage == "RCPT" and envelope.recipients == ("gone@surgery.example",) else None
    )
    sender = Smtp(smtp_sink.settings(), MAILBOX)

    with pytest.raises(Permanent, match=r"RCPT: 550 5\.1\.1"):
        send(sender, *recipients)
    send(sender)
    sender.close()

    assert [envelope.recipients for envelope in smtp_sink.box] == [(REFERRER,)]
    # whom it did not refuse would have whatever came after the 354 to DATA
    assert smtp_sink.connections == (2 if smtp_sink.pipelining else 1)


def test_a_letter_too_large_is_not_even_begun(faulty: FaultySmtp, smtp: Smtp) -> None:
    faulty.faults["EHLO"] = "250-faulty\r\n250 SIZE 50"

    with pytest.raises(Permanent, match=f"has {len(LETTER)} bytes, and the server takes 50"):
        send(smtp)
    assert "MAIL" not in faulty.verbs


@pytest.mark.parametrize("recipients", [(), ("two\r\nlines@surgery.example",), ("grüße@surgery.example",)])
def test_what_cannot_be_written_is_permanent(smtp: Smtp, recipients: tuple[str, ...]) -> None:
    with pytest.raises(Permanent):
        smtp.send(TEAM, recipients, LETTER)
    send(smtp)


def test_addresses_beyond_ascii_go_where_they_can(smtp_sink: SmtpSink) -> None:
    sender = Smtp(smtp_sink.settings(), MAILBOX)
    send(sender, "grüße@surgery.example")
    send(sender)
    sender.close()

    assert [envelope.recipients for envelope in smtp_sink.box] == [("grüße@surgery.example",), (REFERRER,)]


@pytest.mark.parametrize("tls", ["tls", "starttls", "plain"])
def test_it_signs_in_over_tls_starttls_and_loopback(certificate: Certificate, tls: Tls) -> None:
    large = LETTER + (b"x" * 76 + b"\r\n") * 13_000
    sink = SmtpSink(tls=tls, certificate=certificate, password="secret")
    with sink.running():
        sender = Smtp(sink.settings(password=""), MAILBOX)  # the password is the mailbox's own
        sender.greet()
        send(sender)
        sender.send(TEAM, [REFERRER], large)
        sender.close()

    assert [envelope.raw for envelope in sink.box] == [LETTER, large]


def test_a_refused_sign_in_leaves_the_letter_for_later(certificate: Certificate) -> None:
    sink = SmtpSink(tls="starttls", certificate=certificate, password="secret")
    for password in ("wrong", "pässwörd"):
        with (
            sink.running(),
            pytest.raises(Passing, match=r"refused the sign-in: check .* \(535 5\.7\.8\)"),
        ):
            Smtp(sink.settings(password=password), MAILBOX).greet()


def test_starttls_that_is_not_offered_is_never_plain(faulty: FaultySmtp) -> None:
    with pytest.raises(Passing, match="does not offer STARTTLS"):
        send(Smtp(to_faulty(faulty, tls="starttls"), MAILBOX))
    assert faulty.verbs == ["EHLO"]


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_an_untrusted_certificate_is_refused(certificate: Certificate, tls: Tls) -> None:
    sink = SmtpSink(tls=tls, certificate=certificate)
    with sink.running(), pytest.raises(Passing, match="certificate is not trusted"):
        send(Smtp(sink.settings(ca_file=None), MAILBOX))


def test_plain_text_stays_on_this_machine() -> None:
    away = SenderSettings(host="smtp.desk.example", tls="plain")

    with pytest.raises(Passing, match="plain text is only for this machine"):
        send(Smtp(away, MAILBOX))


def test_nobody_there_is_passing() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(Passing, match="Connection refused"):
        send(Smtp(SenderSettings(host=HOST, port=port, tls="plain", username="-"), MAILBOX))


def test_a_large_letter_is_cheap(smtp_sink: SmtpSink, sender_settings: SenderSettings) -> None:
    large = LETTER + (b"x" * 76 + b"\r\n") * 5_200
    sender = Smtp(sender_settings, MAILBOX)
    send(sender)
    start = time.monotonic()
    sender.send(TEAM, [REFERRER], large)
    sender.close()

    assert time.monotonic() - start < 0.5
    assert smtp_sink.box[1].raw == large


@pytest.mark.parametrize(("said", "expected", "kept"), [(DROP, InDoubt, 0), (KEEP_AND_DROP, InDoubt, 1)])
def test_in_doubt_letters_may_have_gone_or_not(
    smtp_sink: SmtpSink, said: str, expected: type[DeliveryError], kept: int
) -> None:
    smtp_sink.answer = lambda stage, _envelope: said if stage == "DATA" else None
    sender = Smtp(smtp_sink.settings(), MAILBOX)

    with pytest.raises(expected):
        send(sender)
    assert len(smtp_sink.box) == kept


def test_a_sent_copy_is_found_where_the_server_keeps_one(dovecot: Dovecot) -> None:
    """The whole way: the sink delivers on and keeps copies as Microsoft 365 does."""
    team, referrer = dovecot.new_address(), dovecot.new_address("referrer")
    mailboxes = {address: Imap.connect(dovecot.settings(address)) for address in (team, referrer)}
    sink = SmtpSink(after=(keep_sent_copies(dovecot), deliver_on(dovecot)))
    with sink.running():
        sender = Smtp(sink.settings(), MAILBOX)
        sender.send(team, [referrer], LETTER)
        sender.close()

    assert mailboxes[team].find("Sent", "<1@desk.example>")
    assert len(mailboxes[referrer].list_from("INBOX", 1)) == 1
    for mailbox in mailboxes.values():
        mailbox.close()
