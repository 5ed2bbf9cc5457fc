"""A signed-in IMAP connection, and its faults in words that hold nothing the server or a mail said."""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import socket
import ssl

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from mailbot import tls
from mailbot.errors import MailboxError, SignInRefused, Throttled
from mailbot.settings import MailboxSettings

TIMEOUT = SocketTimeout(connect=15, read=60)
# A connection that went silent is noticed after two minutes, even one that only waits in IDLE.
KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 120_000}
OF_THE_MOMENT = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"}  # RFC 5530
EXCHANGE_OF_THE_MOMENT = ("throttled", "authenticated but not connected")

logging.getLogger("imapclient").addHandler(logging.NullHandler())
logging.getLogger("imapclient").propagate = False  # it logs user names, and quotes what it cannot decode


def open_session(settings: MailboxSettings) -> IMAPClient:
    """Connect, verify and sign in; anything that goes wrong is a MailboxError."""
    client = None
    try:
        client = _connected(settings)
        _sign_in(client, settings.login, settings.password.get_secret_value())
        client.capabilities()  # asked for once, now that they are those of a signed-in user
        return client
    except Exception as error:  # imaplib, ssl and sockets raise what they like
        if client is not None:
            drop(client)
        raise explained("connecting to the mailbox", error) from None


def drop(client: IMAPClient) -> None:
    """End the connection without a word; never raises."""
    with contextlib.suppress(Exception):
        client.shutdown()


def _connected(settings: MailboxSettings) -> IMAPClient:
    if settings.tls == "plain" and not tls.may_be_plain(settings.host, allowed=settings.plain_allowed):
        raise MailboxError("plain text is only for this machine: set tls, or plain_allowed, of the mailbox")
    secure = tls.context(settings.ca_file)
    client = IMAPClient(settings.host, settings.port, ssl=settings.tls == "tls", ssl_context=secure, timeout=TIMEOUT)
    client._imap.debug = 0  # noqa: SLF001 - IMAPClient sets 5: the repr() of every mail, and a place in the log
    try:
        _keep_alive(client.socket())
        if settings.tls == "starttls":
            client.starttls(secure)
    except Exception:  # nobody else holds the connection yet
        drop(client)
        raise
    return client


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # imaplib sends an APPEND in three pieces
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):  # not every system knows each
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _sign_in(client: IMAPClient, login: str, password: str) -> None:
    try:
        if f"{login}{password}".isascii():
            client.login(login, password)
        else:  # LOGIN is ASCII only; PLAIN carries UTF-8 (RFC 4616)
            client.plain_login(login, password)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort) or _is_about_the_moment(error):
            raise error.__context__ or error from None
        raise SignInRefused("the mailbox refused the sign-in: check the user name and the password") from None


def _is_about_the_moment(error: Exception) -> bool:
    """Whether a sign-in that failed may succeed later with the same password."""
    return _code(error) in OF_THE_MOMENT or any(words in str(error) for words in EXCHANGE_OF_THE_MOMENT)


def _code(error: Exception) -> str:
    """The server's [CODE], which is a word of the protocol and not of a person (RFC 5530)."""
    found = re.search(r"\[([A-Z][A-Z-]+)", str(error))
    return found[1] if found else ""


def explained(doing: str, error: Exception) -> MailboxError:
    """The fault as a MailboxError. The server's own text stays out: it may quote addresses or mail."""
    if isinstance(error, MailboxError):
        return error
    if pause := re.search(r"Backoff Time: (\d+) milliseconds", str(error)):
        return Throttled(f"{doing}: the server asks for a pause", int(pause[1]) / 1000)
    return MailboxError(f"{doing}: {_reason(error)}")


def _reason(error: Exception) -> str:
    reason = type(error).__name__
    match error:
        case ssl.SSLCertVerificationError():
            reason = f"the server's certificate is not trusted: {error.verify_message}"
        case TimeoutError():
            reason = "no answer in time"
        case CapabilityError():
            reason = str(error)
        case imaplib.IMAP4.readonly():
            reason = "the folder may not be changed"
        case imaplib.IMAP4.abort():
            reason = "the connection broke"
        case imaplib.IMAP4.error():
            reason = f"refused {_code(error)}".strip()
        case OSError():
            reason = error.strerror or reason
    return reason
