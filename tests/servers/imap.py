"""An IMAP server that says what it is told to say: for what real servers do only on bad days."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from tests.servers.net import HOST

CAPABILITIES = b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE LITERAL+\r\n"
SELECTED = b"* 4 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT 5] next\r\n"


@contextlib.contextmanager
def scripted_imap(
    idle: bytes = b"+ idling\r\n", then: bytes = b"", fetch: bytes = b"", login: bytes = b"OK done"
) -> Iterator[int]:
    """The port of a server for one client.

    `idle` answers IDLE and `then` follows a moment later, `fetch` answers FETCH, `login` completes LOGIN.
    """
    answers = {b"CAPABILITY": CAPABILITIES, b"SELECT": SELECTED, b"FETCH": fetch, b"LOGOUT": b"* BYE\r\n"}
    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answers, idle, then, login), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(5)


def _serve(listener: socket.socket, answers: dict[bytes, bytes], idle: bytes, then: bytes, login: bytes) -> None:
    client, _ = listener.accept()
    with client, client.makefile("rb") as lines, contextlib.suppress(ConnectionError):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"* OK ready\r\n")
        for line in lines:
            tag, *words = line.upper().split()
            verb = words[1] if words[0] == b"UID" else words[0]
            if verb == b"IDLE":
                client.sendall(idle)
                time.sleep(0.1 if then else 0)
                client.sendall(then)
                lines.readline()  # DONE
            completion = login if verb == b"LOGIN" else b"OK done"
            client.sendall(answers.get(verb, b"") + tag + b" " + completion + b"\r\n")
