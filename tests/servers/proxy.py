"""A proxy between an IMAP client and its server that notes when each line passed; it speaks TLS on both sides or neither."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.servers.net import HOST, Certificate

LONGEST = 200  # lines of mail are nobody's business here


@dataclass(frozen=True)
class Line:
    """One line and the moment, on the monotonic clock, when it was passed on."""

    moment: float
    from_server: bool
    text: bytes
    connection: int  # from 1


@dataclass
class Change:
    """Words of one side that reach the other as different words, so many times."""

    old: bytes
    new: bytes
    from_server: bool = True
    times: int = 1_000_000


@dataclass
class Proxy:
    """Connect to `port` instead of the server; `lines` grows while they talk."""

    upstream: int
    certificate: Certificate | None = None  # of both sides; None: plain text
    lines: list[Line] = field(default_factory=list)
    port: int = 0
    stalled: bool = False  # nothing passes any more, and nobody is told
    pause: float = 0.0  # seconds between pieces of 64 bytes from the server
    struck: int = 0  # how often it did what it was told to, and when it did so last
    struck_at: float = 0.0
    changes: list[Change] = field(default_factory=list)
    listen: Callable[[], socket.socket] = lambda: socket.create_server((HOST, 0))  # where clients find it
    shown: Certificate | None = None  # to clients; None: the server's own
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _break: tuple[bytes, bool] = (b"", False)
    _said: tuple[bytes, bytes, bool] = (b"", b"", False)
    _deed: tuple[bytes, bool, Callable[[], None]] = (b"", False, lambda: None)

    def break_at(self, word: bytes, *, after: bool) -> None:
        """Once: the line ends as the client says this word; or with `after`, when the server answers it."""
        self._break = word, after

    def answer(self, word: bytes, words: bytes, *, tagged: bool = True) -> None:
        """Once: what the client says with this word is answered so. IMAP: behind its tag, and then the line ends."""
        self._said = word, words, tagged

    def before(self, word: bytes, deed: Callable[[], None], *, whole_line: bool = False) -> None:
        """Once: this is done before the server hears the client say that word, or a line that is nothing else."""
        self._deed = word, whole_line, deed

    def when(self, told: bytes, after: float = 0.0, on: int = 0) -> float | None:
        """When the server first said a line with that in it, on that connection or any: `when(b" EXISTS", sent)`."""
        lines = (one for one in list(self.lines) if one.from_server and told in one.text and on in (0, one.connection))
        return next((line.moment for line in lines if line.moment > after), None)

    def idling(self) -> int:
        """The connection that last waited for news."""
        return next(
            one.connection for one in reversed(list(self.lines)) if b" IDLE" in one.text and not one.from_server
        )

    def commands(self, verb: bytes = b"") -> int:
        """How many commands the client gave, or how many with that word."""
        given = (line.text.split() for line in list(self.lines) if not line.from_server)
        return sum(len(words) > 1 and words[0].isalnum() and verb in [*words[1:3], b""] for words in given)

    @contextlib.contextmanager
    def running(self) -> Iterator[Proxy]:
        with self.listen() as listener:
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
                shown = (self.shown or self.certificate).server_context()
                client = stack.enter_context(shown.wrap_socket(client, server_side=True))
                context = self.certificate.client_context()
                server = stack.enter_context(context.wrap_socket(server, server_hostname="localhost"))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = next(self._numbers)
            halves = {
                client: _Half(server, number, from_server=False),
                server: _Half(client, number, from_server=True),
            }
            first, second = halves.values()
            first.other, second.other = second, first
            while all(self._pass_on(sock, halves[sock]) for sock in _readable(list(halves))):
                pass

    def _pass_on(self, source: socket.socket, half: _Half) -> bool:
        data = source.recv(65536)
        while self.stalled:
            time.sleep(0.05)
        if not half.from_server:
            self._do(data)
        if self._ends_here(source, half, data):
            return False
        goes_on = bool(data)  # of which nothing may be left once it is changed
        data = self._changed(data, half)
        if not half.from_server and self._answers(source, data):
            return True
        if self.pause and half.from_server:
            for start in range(0, len(data), 64):
                half.to.sendall(data[start : start + 64])
                time.sleep(self.pause)
        else:
            half.to.sendall(data)
        moment = time.monotonic()
        *whole, half.rest = (half.rest + data).split(b"\r\n")
        passed = (text for text in whole if len(text) <= LONGEST)
        self.lines += [Line(moment, half.from_server, text, half.connection) for text in passed]
        return goes_on

    def _ends_here(self, source: socket.socket, half: _Half, data: bytes) -> bool:
        """Whether the line ends now, as it was told to."""
        word, after = self._break
        if half.breaks:
            self._has_struck()
            return True  # the server has done it and answers
        if half.from_server:
            return False
        if word and word in data:
            self._break = b"", False
            half.other.breaks = after
            self._has_struck(not after)
            return not after
        told, words, tagged = self._said
        if told and told in data and tagged:
            self._said = b"", b"", False
            self._has_struck()
            source.sendall(data.split()[0] + b" " + words)
            return True
        return False

    def _has_struck(self, times: int = 1) -> None:
        self.struck += times
        self.struck_at = time.monotonic()

    def _do(self, data: bytes) -> None:
        word, whole_line, deed = self._deed
        said = word in data if not whole_line else b"\r\n" + word + b"\r\n" in b"\r\n" + data
        if word and said:
            self._deed = b"", False, lambda: None
            deed()
            self._has_struck()

    def _answers(self, source: socket.socket, data: bytes) -> bool:
        """Whether the proxy has answered in the server's place, and the line goes on."""
        told, words, tagged = self._said
        if not told or told not in data or tagged:
            return False
        self._said = b"", b"", False
        self._has_struck()
        source.sendall(words)
        return True

    def _changed(self, data: bytes, half: _Half) -> bytes:
        for change in self.changes:
            if change.times and change.from_server == half.from_server and change.old in data:
                data = data.replace(change.old, change.new)
                change.times -= 1
                self._has_struck()
        return data


@dataclass
class _Half:
    to: socket.socket
    connection: int
    from_server: bool
    rest: bytes = b""
    breaks: bool = False
    other: _Half = None  # type: ignore[assignment]  # set when both are there


def _readable(socks: list[socket.socket]) -> list[socket.socket]:
    """TLS may hold decrypted bytes that the kernel knows nothing of."""
    pending: list[socket.socket] = [sock for sock in socks if isinstance(sock, ssl.SSLSocket) and sock.pending()]
    return pending or select.select(socks, [], [])[0]
