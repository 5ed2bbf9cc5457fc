"""SMTP servers that keep what arrives: `SmtpSink` behaves as told, `FaultySmtp` breaks where it is told."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from imapclient import IMAPClient

from mailbot.settings import SenderSettings, Tls
from tests.servers.dovecot import Dovecot
from tests.servers.net import HOST, Certificate, free_port

Stage = Literal["MAIL", "RCPT", "DATA"]
DROP = "drop"  # close the connection without an answer, and keep nothing
KEEP_AND_DROP = "keep and drop"  # the whole letter is taken, and then nothing is said


@dataclass(frozen=True)
class Envelope:
    """A letter as it came over the line."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = b""


@dataclass
class SmtpSink:
    """Keeps accepted letters in `box`. `answer` may refuse at any stage, or say DROP; `after` sees each letter taken."""

    tls: Tls = "plain"
    certificate: Certificate | None = None
    password: str = ""  # empty: no sign-in is offered
    answer: Callable[[Stage, Envelope], str | None] = lambda _stage, _envelope: None
    after: Iterable[Callable[[Envelope], None]] = ()
    largest: int = 40_000_000
    pipelining: bool = True
    box: list[Envelope] = field(default_factory=list)
    connections: int = 0
    port: int = field(default_factory=free_port)

    def settings(self, **changes: Any) -> SenderSettings:
        values = {"host": HOST, "port": self.port, "tls": self.tls, "username": "" if self.password else "-"}
        secret = {"password": self.password, "ca_file": self.certificate and self.certificate.file}
        return SenderSettings.model_validate({**values, **secret, **changes})

    def environment(self) -> dict[str, str]:
        """The same settings, for a process."""
        values = self.settings().model_dump(include={"host", "port", "tls", "username", "ca_file"})
        values["password"] = self.password
        return {f"MAILBOT_SENDER__{name.upper()}": str(value) for name, value in values.items() if value}

    @contextlib.contextmanager
    def running(self) -> Iterator[SmtpSink]:
        context = self.certificate.server_context() if self.certificate and self.tls != "plain" else None
        offered: dict[str, Any] = (
            {"authenticator": self._authenticate, "auth_require_tls": self.tls == "starttls"} if self.password else {}
        )
        controller = Controller(
            self,
            hostname=HOST,
            port=self.port,
            ssl_context=context if self.tls == "tls" else None,
            tls_context=context if self.tls == "starttls" else None,
            require_starttls=self.tls == "starttls",
            auth_required=bool(self.password),
            data_size_limit=self.largest,
            enable_SMTPUTF8=True,
            **offered,
        )
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == self.password.encode()
        return AuthResult(success=right, handled=right)

    # aiosmtpd finds these by their names

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += session.host_name is None
        session.host_name = hostname
        responses[1:1] = ["250-PIPELINING"] * self.pipelining
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = self._said(server, "MAIL", Envelope(address, ()))
        if said is None:
            envelope.mail_from, envelope.mail_options = address, options
        return said or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        said = self._said(server, "RCPT", Envelope(envelope.mail_from, (address,)))
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        letter = Envelope(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
        said = self.answer("DATA", letter)
        if said in {None, KEEP_AND_DROP}:
            self.box.append(letter)  # taken from here on, whatever becomes of the client
            await asyncio.shield(asyncio.to_thread(self._see_to, letter))  # also when the client has gone
        if said in {DROP, KEEP_AND_DROP}:
            server.transport.abort()
        return said or "250 2.0.0 queued"

    def _see_to(self, letter: Envelope) -> None:
        for hook in self.after:
            hook(letter)

    def _said(self, server: Any, stage: Stage, envelope: Envelope) -> str | None:
        said = self.answer(stage, envelope)
        if said == DROP:
            server.transport.abort()
        return said


def deliver_on(dovecot: Dovecot) -> Callable[[Envelope], None]:
    """Every letter reaches its recipients' mailboxes."""

    def hook(letter: Envelope) -> None:
        with smtplib.LMTP(HOST, dovecot.lmtp_port, local_hostname="localhost") as lmtp:
            lmtp.sendmail(letter.sender, letter.recipients, letter.raw)

    return hook


def keep_sent_copies(dovecot: Dovecot) -> Callable[[Envelope], None]:
    """The server itself puts what it sends into the sender's Sent, as Microsoft 365 does."""

    def hook(letter: Envelope) -> None:
        with IMAPClient(HOST, dovecot.imap_port, ssl=False, timeout=10) as client:
            client.login(letter.sender, dovecot.password)
            client.append("Sent", letter.raw, ["\\Seen"])

    return hook


@dataclass
class FaultySmtp:
    """Takes everything except where `faults` says otherwise, each once: stage -> the answer, None to hang up, "" to stall.

    Stages: GREETING, a verb, LETTER (after DATA, before the dot is read), DOT, and QUIET (what it says unasked after the
    answer to the dot, before it hangs up).
    """

    faults: dict[str, str | None] = field(default_factory=dict)
    box: list[bytes] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    delay: float = 0.0  # before the answer to the dot, and how long it stalls
    pipelining: bool = True
    port: int = 0
    _sender: bool = False
    _recipients: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[FaultySmtp]:
        with socket.create_server((HOST, 0)) as listener:
            self.port = listener.getsockname()[1]
            self._ended = threading.Event()
            thread = threading.Thread(target=self._serve, args=(listener,), daemon=True)
            thread.start()
            yield self
            self._ended.set()
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)

    def _serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                self._converse(listener.accept()[0])

    def _converse(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as lines, contextlib.suppress(ConnectionError, BrokenPipeError):
            going = bool(self._say(sock, "GREETING", "220 faulty"))
            while going and (line := lines.readline()):
                verb = line.split()[0].decode("ascii").upper()
                self.verbs.append(verb)
                going = self._hear(verb, sock, lines)

    def _hear(self, verb: str, sock: socket.socket, lines: BinaryIO) -> bool:
        """Whether the connection goes on; what was refused is not there for what follows."""
        usual = "250 2.0.0 OK"
        if verb == "EHLO" and self.pipelining:
            usual = "250-faulty\r\n250 PIPELINING"
        if verb == "DATA":
            usual = "354 go on"
        if (verb == "RCPT" and not self._sender) or (verb == "DATA" and not self._recipients):
            usual = "503 5.5.1 not now"
        code = self._say(sock, verb, usual)
        if verb == "DATA":
            return self._letter(sock, lines) if code == "354" else bool(code)
        self._recipients = self._recipients + (code == "250") if verb == "RCPT" else 0
        self._sender = code == "250" if verb == "MAIL" else self._sender and verb == "RCPT"
        return bool(code)

    def _letter(self, sock: socket.socket, lines: BinaryIO) -> bool:
        if "LETTER" in self.faults:
            return bool(self._say(sock, "LETTER", ""))
        letter = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                return False  # the client has gone, and nobody has the letter
            letter.append(line)
        self.box.append(b"".join(letter))
        self._ended.wait(self.delay)
        code = self._say(sock, "DOT", "250 2.0.0 queued")
        if "QUIET" in self.faults:
            self._say(sock, "QUIET", "")
            return False
        return bool(code)

    def _say(self, sock: socket.socket, stage: str, usual: str) -> str:
        """The code that was said, none where the connection is over."""
        answer = self.faults.pop(stage, usual)
        if answer:
            sock.sendall(answer.encode() + b"\r\n")
        elif answer is not None:
            self._ended.wait(self.delay)
        return (answer or "")[:3]
