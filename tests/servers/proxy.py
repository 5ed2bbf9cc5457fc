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
    pause: float = 0.0  # seconds between pieces of 64 bytes from the server
    struck: int = 0  # how often it did what `break_at` and `answer` told it to
    _break: tuple[bytes, bool] = (b"", False)
    _said: tuple[bytes, bytes] = (b"", b"")

    def break_at(self, word: bytes, *, after: bool) -> None:
        """Once: the line ends as the client says this word; or with `after`, when the server answers it."""
        self._break = word, after

    def answer(self, word: bytes, words: bytes) -> None:
        """Once: what the client says with this word is answered so, behind its tag, and the line ends."""
        self._said = word, words

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
            first, second = halves.values()
            first.other, second.other = second, first
            while all(self._pass_on(sock, halves[sock]) for sock in _readable(list(halves))):
                pass

    def _pass_on(self, source: socket.socket, half: _Half) -> bool:
        data = source.recv(65536)
        while self.stalled:
            time.sleep(0.05)
        if self._ends_here(source, half, data):
            return False
        if self.pause and half.from_server:
            for start in range(0, len(data), 64):
                half.to.sendall(data[start : start + 64])
                time.sleep(self.pause)
        else:
            half.to.sendall(data)
        moment = time.monotonic()
        *whole, half.rest = (half.rest + data).split(b"\r\n")
        self.lines += [Line(moment, half.from_server, text) for text in whole if len(text) <= LONGEST]
        return bool(data)

    def _ends_here(self, source: socket.socket, half: _Half, data: bytes) -> bool:
        """Whether the line ends now, as it was told to."""
        word, after = self._break
        if half.breaks:
            self.struck += 1
            return True  # the server has done it and answers
        if half.from_server:
            return False
        if word and word in data:
            self._break = b"", False
            half.other.breaks = after
            self.struck += not after
            return not after
        told, words = self._said
        if told and told in data:
            self._said = b"", b""
            self.struck += 1
            source.sendall(data.split()[0] + b" " + words)
            return True
        return False


@dataclass
class _Half:
    to: socket.socket
    from_server: bool
    rest: bytes = b""
    breaks: bool = False
    other: _Half = None  # type: ignore[assignment]  # set when both are there


def _readable(socks: list[socket.socket]) -> list[socket.socket]:
    """TLS may hold decrypted bytes that the kernel knows nothing of."""
    pending: list[socket.socket] = [sock for sock in socks if isinstance(sock, ssl.SSLSocket) and sock.pending()]
    return pending or select.select(socks, [], [])[0]
