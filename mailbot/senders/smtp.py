"""Sends letters by SMTP (RFC 5321), knowing at each moment whether the server can have the letter.

Until the final dot nobody has it, whatever fails. After it, silence means that it may have gone (RFC 1047).
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from typing import ClassVar

from mailbot import tls
from mailbot.errors import DeliveryError, InDoubt, Passing, Permanent
from mailbot.letters import is_ready
from mailbot.senders import Leaves
from mailbot.settings import MailboxSettings, SenderSettings

SIGN_IN_REFUSED = "the SMTP server refused the sign-in: check user name and password of the sender"
ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]+@[^\s<>\x00-\x1f\x7f]+")  # nothing ends or adds a command
DOT = b".\r\n"
SIGN_IN_CODES = {530, 534, 535, 538}  # RFC 4954: about who we are, not about the letter

Answers = Iterator[tuple[str, int, bytes]]  # the verb, the code and the words


class Smtp:
    """Keeps one connection open between letters, and opens a new one when it broke or was quiet for long."""

    leaves: ClassVar[Leaves] = "sent"
    command_seconds = 60.0
    letter_seconds = 180.0  # RFC 5321 4.5.3.2.5
    quiet_seconds = 60.0  # servers and firewalls forget connections that are quiet for longer

    def __init__(self, settings: SenderSettings, mailbox: MailboxSettings) -> None:
        self._settings, self._mailbox = settings, mailbox
        self._smtp: smtplib.SMTP | None = None
        self._answers: Answers = iter(())  # to what was said of the letter, and not yet read
        self._used = 0.0

    def send(self, envelope_from: str, recipients: Sequence[str], raw: bytes) -> None:
        """Hand one letter over, as the protocol says."""
        if not recipients or not all(map(ADDRESS.fullmatch, (envelope_from, *recipients))):
            raise Permanent("an address cannot be used, or there is none")
        whole = stuffed(raw) + DOT
        with self._until_the_dot():
            smtp = self._begin(envelope_from, recipients, raw)
            for answer in self._answers:
                _check(*answer)
            _socket(smtp).settimeout(self.letter_seconds)
            _write(smtp, whole)
        self._taken(smtp)

    def greet(self) -> None:
        """Connect and sign in, as sending would; raises Passing with what is wrong."""
        self._drop()
        self._smtp, self._used = self._connected(), time.monotonic()

    def close(self) -> None:
        """End the connection politely if it can be; never raises."""
        if self._smtp is not None:
            with contextlib.suppress(Exception):  # whatever happens, the connection is over
                _socket(self._smtp).settimeout(5)
                self._smtp.quit()
            self._drop()

    @contextlib.contextmanager
    def _until_the_dot(self) -> Iterator[None]:
        """Nothing that fails in here can have sent the letter."""
        try:
            yield
        except DeliveryError:
            self._reset()
            raise
        except Exception as error:  # smtplib, ssl and sockets raise what they like
            self._drop()
            raise Passing(f"before the letter was handed over: {_reason(error)}") from None

    def _begin(self, envelope_from: str, recipients: Sequence[str], raw: bytes) -> smtplib.SMTP:
        """A connection that has taken MAIL; one kept open may have died meanwhile, and is replaced once."""
        if time.monotonic() - self._used > self.quiet_seconds:
            self._drop()
        self._used = time.monotonic()
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPServerDisconnected):
                answer = self._say(self._smtp, _envelope(self._smtp, envelope_from, recipients, raw))
                if answer[1] != 421:  # RFC 5321 3.8: the server is closing this connection
                    _check(*answer)
                    return self._smtp
            self._drop()
        self._smtp = smtp = self._connected()
        _check(*self._say(smtp, _envelope(smtp, envelope_from, recipients, raw)))
        return smtp

    def _say(self, smtp: smtplib.SMTP, commands: Sequence[str]) -> tuple[str, int, bytes]:
        """The first answer; the others are read in their turn."""
        self._answers = _answers(smtp, commands)
        return next(self._answers)

    def _taken(self, smtp: smtplib.SMTP) -> None:
        """The dot was written: from here on only an answer says what became of the letter."""
        try:
            _socket(smtp).settimeout(self._settings.answer_timeout_seconds)
            code, text = smtp.getreply()
        except Exception as error:  # the dot may have arrived, or not
            self._drop()
            raise InDoubt(f"no answer to the whole letter: {_reason(error)}") from None
        _socket(smtp).settimeout(self.command_seconds)
        self._used = time.monotonic()
        if code == 421 or code // 100 not in (2, 4, 5):
            self._drop()
        if code // 100 not in (2, 4, 5):
            raise InDoubt("no understandable answer to the whole letter")
        _check("the letter", code, text)

    def _connected(self) -> smtplib.SMTP:
        """Connect, verify and sign in; any fault is Passing, for the letter itself is good."""
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._opened()
            self._secure(smtp)
            self._sign_in(smtp)
            return smtp
        except Exception as error:  # smtplib, ssl and sockets raise what they like
            if smtp is not None:
                smtp.close()
            if isinstance(error, DeliveryError):
                raise
            raise Passing(f"connecting to the SMTP server: {_reason(error)}") from None

    def _opened(self) -> smtplib.SMTP:
        host, settings = self._settings.host or self._mailbox.host, self._settings
        if settings.tls == "plain" and not tls.may_be_plain(host, allowed=settings.plain_allowed):
            raise Passing("plain text is only for this machine: set tls, or plain_allowed, of the sender")
        name = self._mailbox.address.rpartition("@")[2]  # smtplib would ask DNS for this machine's own
        if settings.tls == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, settings.port, name, timeout=self.command_seconds, context=self._tls_context()
            )
        else:
            smtp = smtplib.SMTP(host, settings.port, name, timeout=self.command_seconds)
        _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot goes at once
        return smtp

    def _secure(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._settings.tls != "starttls":
            return
        if not smtp.has_extn("starttls"):
            raise Passing("the SMTP server does not offer STARTTLS, and letters never go without TLS")
        smtp.starttls(context=self._tls_context())
        smtp.ehlo_or_helo_if_needed()

    def _tls_context(self) -> ssl.SSLContext:
        return tls.context(self._settings.ca_file or self._mailbox.ca_file)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        user = self._settings.username or self._mailbox.login
        offered = self._settings.username or smtp.has_extn("auth")  # a relay that knows us by our address offers none
        if user == "-" or not offered:
            return
        password = (self._settings.password or self._mailbox.password).get_secret_value()
        if f"{user}{password}".isascii():
            smtp.login(user, password)
        else:  # smtplib is ASCII only; PLAIN carries UTF-8 (RFC 4616)
            plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
            _check("AUTH", *smtp.docmd("AUTH", f"PLAIN {plain}"))

    def _reset(self) -> None:
        """Forget a half-told letter, so that the next can use the connection."""
        if self._smtp is None:
            return
        try:
            # after 354 the server waits for a letter: RSET would be its first line, and a dot would send an empty one
            # to those who were not refused. Where we hang up instead nobody has any (RFC 5321 4.1.1.10)
            waits = 354 in [code for _, code, _ in self._answers]
            reusable = not waits and self._smtp.rset()[0] == 250
        except Exception:  # a connection that cannot be reset is of no more use
            reusable = False
        if not reusable:
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(Exception):  # it is over either way
                self._smtp.close()
        self._smtp, self._answers = None, iter(())


def stuffed(raw: bytes) -> bytes:
    """The letter as it goes over the line, without the final dot: CRLF everywhere, leading dots doubled."""
    if is_ready(raw):
        return raw
    raw = re.sub(rb"\r\n?|\n", b"\r\n", raw)  # a bare CR or LF lets a letter pretend to end (RFC 5321 2.3.8)
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    raw = raw.replace(b"\r\n.", b"\r\n..")
    return b"." + raw if raw.startswith(b".") else raw


def _envelope(smtp: smtplib.SMTP, envelope_from: str, recipients: Sequence[str], raw: bytes) -> list[str]:
    """What is said before the letter; raises Permanent where the server has told that it cannot take it."""
    options = []
    if smtp.has_extn("size"):
        limit = smtp.esmtp_features["size"].strip()
        if limit.isdecimal() and 0 < int(limit) < len(raw):
            raise Permanent(f"the letter has {len(raw)} bytes, and the server takes {limit}")
        options.append(f"SIZE={len(raw)}")
    if smtp.has_extn("8bitmime") and not raw.isascii():
        options.append("BODY=8BITMIME")
    if not "".join((envelope_from, *recipients)).isascii():
        if not smtp.has_extn("smtputf8"):
            raise Permanent("the server takes no address with letters beyond ASCII")
        smtp.command_encoding = "utf-8"
        options.append("SMTPUTF8")
    # smtplib's mail() and rcpt() rewrite an address that they find odd
    mail = " ".join((f"MAIL FROM:<{envelope_from}>", *options))
    return [mail, *(f"RCPT TO:<{recipient}>" for recipient in recipients), "DATA"]


def _answers(smtp: smtplib.SMTP, commands: Sequence[str]) -> Answers:
    """Each answer with its verb. All is said at once where the server takes that (RFC 2920), else up to a refusal."""
    together = smtp.has_extn("pipelining")
    for group in [commands] if together else [[command] for command in commands]:
        smtp.send("".join(f"{command}\r\n" for command in group))
        for command in group:
            code, text = smtp.getreply()
            yield command[:4], code, text
        if code // 100 != 2:
            return


def _write(smtp: smtplib.SMTP, whole: bytes) -> None:
    """The letter and its dot, at once where the line takes that much; what raises has not written the dot.

    sendall() would not tell how far it came. send() raises where it wrote nothing; over TLS, where the last record is
    not whole, and that nobody can read.
    """
    rest, sock = memoryview(whole), _socket(smtp)
    try:
        while rest:
            rest = rest[sock.send(rest) :]
    except OSError as error:
        raise smtplib.SMTPServerDisconnected("while the letter was written") from error


def _check(stage: str, code: int, text: bytes) -> None:
    """Passing or Permanent by the code's first digit (RFC 5321 4.2.1)."""
    if code // 100 == (3 if stage == "DATA" else 2):
        return
    answer = _answer(code, text)
    if code in SIGN_IN_CODES:
        raise Passing(f"{SIGN_IN_REFUSED} ({answer})")
    if code // 100 == 5:
        raise Permanent(f"refused at {stage}: {answer}")
    raise Passing(f"not taken now at {stage}: {answer}")


def _answer(code: int, text: bytes | str) -> str:
    """The code and the enhanced status (RFC 3463); the words after them may quote an address."""
    status = re.match(r"\d\.\d{1,3}\.\d{1,3}(?!\d)", text if isinstance(text, str) else text.decode("latin-1"))
    return f"{code} {status[0]}" if status else str(code)


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("closed")
    return smtp.sock


def _reason(error: Exception) -> str:
    """The fault in words without the server's own text, which may quote an address."""
    reason = type(error).__name__
    match error:
        case ssl.SSLCertVerificationError():
            reason = f"the server's certificate is not trusted: {error.verify_message}"
        case smtplib.SMTPServerDisconnected():
            late = isinstance(error.__context__, TimeoutError)
            reason = "no answer in time" if late else "the connection broke"
        case TimeoutError():
            reason = "no answer in time"
        case smtplib.SMTPAuthenticationError() if error.smtp_code // 100 == 5:
            reason = f"{SIGN_IN_REFUSED} ({_answer(error.smtp_code, error.smtp_error)})"
        case smtplib.SMTPResponseException():
            reason = f"not taken: {_answer(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPNotSupportedError():
            reason = str(error)
        case OSError():
            reason = error.strerror or reason
    return reason
