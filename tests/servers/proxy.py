"""A proxy between an IMAP client and its server that notes when each line passed; it speaks TLS on both sides or neither."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.servers.net import HOST, Certificate

LONGEST = 200  # lines of mail are nobody's business here


@dataclass(frozen=True)
class Line:
    """One line and the moment, on the monotonic clock, when it was passed on."""

    moment: float
    from_server: bool
    text: bytes


@dataclass
class Proxy:
    """Connect to `port` instead of the server; `lines` grows while they talk."""

    upstream: int
    certificate: Certificate | None = None  # of both sides; None: plain text
    lines: list[Line] = field(default_factory=list)
    port: int = 0
    stalled: bool = False  # nothing passes any more, and nobody is told

    def when(self, told: bytes, after: float = 0.0) -> float | None:
        """When the server first said a line with that in it: `when(b" EXISTS", sent)`."""
        moments = (line.moment for line in list(self.lines) if line.from_server and told in line.text)
        return next((moment for moment in moments if moment > after), None)

    def commands(self, verb: bytes = b"") -> int:
        """How many commands the client gave, or how many with that word."""
        given = (line.text.split() for line in list(self.lines) if not line.from_server)
        return sum(len(words) > 1 and words[0].isalnum() and verb in [*words[1:3], b""] for words in given)

    @contextlib.contextmanager
    def running(self) -> Iterator[Proxy]:
        with socket.create_server((HOST, 0)) as listener:
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            thread.start()
            yield self
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        """One thread carries both ways: a TLS connection must not be used by two."""
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            stack.enter_context(client)
            server = stack.enter_context(socket.create_connection((HOST, self.upstream)))
            if self.certificate is not None:
                client = stack.enter_context(self.certificate.server_context().wrap_socket(client, server_side=True))
                context = self.certificate.client_context()
                server = stack.enter_context(context.wrap_socket(server, server_hostname="localhost"))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            halves = {client: _Half(server, from_server=False), server: _Half(client, from_server=True)}
            while all(self._pass_on(sock, halves[sock]) for sock in _readable(list(halves))):
                pass

    def _pass_on(self, source: socket.socket, half: _Half) -> bool:
        data = source.recv(65536)
        while self.stalled:
            time.sleep(0.05)
        half.to.sendall(data)
        moment = time.monotonic()
        *whole, half.rest = (half.rest + data).split(b"\r\n")
        self.lines += [Line(moment, half.from_server, text) for text in whole if len(text) <= LONGEST]
        return bool(data)


@dataclass
class _Half:
    to: socket.socket
    from_server: bool
    rest: bytes = b""


def _readable(socks: list[socket.socket]) -> list[socket.socket]:
    """TLS may hold decrypted bytes that the kernel knows nothing of."""
    pending: list[socket.socket] = [sock for sock in socks if isinstance(sock, ssl.SSLSocket) and sock.pending()]
    return pending or select.select(socks, [], [])[0]
