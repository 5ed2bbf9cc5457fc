"""An SMTP server that takes every letter and says when; a process of its own, as thin as it can be.

`python -m bench.sink LETTER` prints its port, then a line for each letter: the moment of its 250 on the monotonic
clock, its size, its recipient, and the name mailbot gave it. The first letter is kept in the file LETTER.
"""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import threading
from pathlib import Path
from time import monotonic

from tests.servers.net import HOST

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_END = b"\r\n.\r\n"
_NAME = re.compile(rb"^X-Mailbot-Letter: ([\w-]+)", re.MULTILINE)


def serve(kept: Path) -> None:
    """Until it is killed."""
    with socket.create_server((HOST, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_converse, args=(client, kept), daemon=True).start()


def _converse(client: socket.socket, kept: Path) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    recipient = ""
    with client, contextlib.suppress(ConnectionError):  # a client that is killed says no QUIT
        client.sendall(b"220 sink\r\n")
        begun = b""  # a line whose end has not come yet
        while heard := client.recv(4096):
            *lines, begun = (begun + heard).split(b"\r\n")
            verbs = [line[:4].upper() for line in lines]
            # what was said together is answered together (RFC 2920 3.2), and DATA is always the last of it
            client.sendall(b"".join(_ANSWERS.get(verb, b"250 ok\r\n") for verb in verbs))
            if b"RCPT" in verbs:
                recipient = lines[verbs.index(b"RCPT")].decode("ascii").partition("<")[2].partition(">")[0]
            if b"DATA" in verbs:
                letter = _letter(client)
                client.sendall(b"250 taken\r\n")
                _tell(monotonic(), letter, recipient, kept)


def _letter(client: socket.socket) -> bytes:
    """A letter cannot hold the end in its middle, since dots that begin a line are doubled (RFC 5321 4.5.2)."""
    letter = bytearray()
    while not letter.endswith(_END) and (more := client.recv(1 << 18)):
        letter += more
    return bytes(letter)


def _tell(moment: float, letter: bytes, recipient: str, kept: Path) -> None:
    name = _NAME.search(letter, 0, 4096)
    print(moment, len(letter), recipient, name[1].decode() if name else "-", flush=True)
    if not kept.exists():
        kept.write_bytes(letter.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."))


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
