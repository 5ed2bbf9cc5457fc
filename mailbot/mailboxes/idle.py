"""IDLE (RFC 2177) as a wait for the server, for a bell or for the time, whichever is first.

IMAPClient's own idle_check() spins on a closed connection, misses what came in one segment with the "+", and
loses a line split over two. So lines are only read whole, by blocking reads, before the "+" and after DONE.
In between the socket is watched and nothing is parsed.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from typing import Any

from imapclient import IMAPClient


def idle(client: IMAPClient, seconds: float, wake: int) -> None:
    """Return when the server says anything, `wake` is readable or time is up; raises if the line broke."""
    imap = client._imap  # noqa: SLF001 - the four traps of idle() and idle_check() lie between the two
    tag = imap._command("IDLE")  # noqa: SLF001 - as above
    while imap._get_response() is not None and imap.tagged_commands[tag] is None:  # noqa: SLF001 - as above
        pass  # Exchange tells news before its "+"
    if imap.tagged_commands[tag] is None:
        if "EXISTS" not in imap.untagged_responses:
            _watch(client, seconds, wake)
        imap.send(b"DONE\r\n")
    answer, _ = imap._command_complete("IDLE", tag)  # noqa: SLF001 - reads the news and raises on BYE
    if answer != "OK":
        raise imap.error("IDLE refused")


def _watch(client: IMAPClient, seconds: float, wake: int) -> None:
    end = time.monotonic() + seconds
    poller = select.poll()
    poller.register(client.socket(), select.POLLIN)
    poller.register(wake, select.POLLIN)
    while not _has_news(client):
        left = end - time.monotonic()
        if left <= 0 or wake in (fd for fd, _ in poller.poll(left * 1000)):
            return


def _has_news(client: IMAPClient) -> bool:
    """Whether bytes wait to be read, in imaplib's buffer, in the TLS layer or in the kernel."""
    sock, buffered = client.socket(), client._imap.file  # noqa: SLF001 - only the buffer knows what it holds
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        if buffered.peek(1):
            return True
        if _is_closed(sock):
            raise ConnectionResetError("closed by the server")
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    else:
        return False
    finally:
        sock.settimeout(timeout)


def _is_closed(sock: Any) -> bool:
    """After an empty peek: TLS says "not yet" by an exception, so this is the end; else ask once more."""
    return isinstance(sock, ssl.SSLSocket) or not sock.recv(1, socket.MSG_PEEK)
