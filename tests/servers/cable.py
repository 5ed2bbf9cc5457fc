"""A cable to another machine that can be cut: nothing arrives any more on either side, and nobody is told.

The other machine is a network namespace behind a pair of virtual interfaces, which only root may make.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

_NEWNET = 0x40000000  # of setns(2)
_NOBODY = "02:00:00:00:00:99"  # frames to this address are thrown away where they arrive


class NotPermitted(Exception):  # noqa: N818 - reads as what it says
    """No namespace can be made here; the message says why."""


class Cable:
    """`there` is the other machine's address, `here` ours."""

    def __init__(self, number: int) -> None:
        self._name, self._end, self._far_end = f"mailbot{number}", f"mb{number}a", f"mb{number}b"
        # 198.18.0.0/15 is for tests of networks (RFC 2544); four addresses for each process
        base = f"198.18.{number >> 6 & 255}"
        self.here, self.there = f"{base}.{(number & 63) * 4 + 1}", f"{base}.{(number & 63) * 4 + 2}"

    def lay(self) -> None:
        _ip("netns", "add", self._name)
        _ip("link", "add", self._end, "type", "veth", "peer", "name", self._far_end, "netns", self._name)
        for far, end, address in (([], self._end, self.here), (self._far, self._far_end, self.there)):
            _ip(*far, "addr", "add", f"{address}/30", "dev", end)
            _ip(*far, "link", "set", end, "up")

    def take_away(self) -> None:
        with contextlib.suppress(NotPermitted):
            _ip("link", "del", self._end)
        with contextlib.suppress(NotPermitted):
            _ip("netns", "del", self._name)

    def cut(self) -> None:
        """Every frame goes to a machine that is not there: both ends stay up and hear nothing."""
        for far, end, address in self._ways:
            _ip(*far, "neigh", "replace", address, "lladdr", _NOBODY, "dev", end, "nud", "permanent")

    def mend(self) -> None:
        for far, end, address in self._ways:
            _ip(*far, "neigh", "del", address, "dev", end)

    def listen(self) -> socket.socket:
        """A socket on the other machine that accepts connections; a thread goes there to make it."""
        made: list[socket.socket] = []

        def there() -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            with Path("/run/netns", self._name).open("rb") as namespace:
                if libc.setns(namespace.fileno(), _NEWNET):
                    return
            made.append(socket.create_server((self.there, 0)))

        thread = threading.Thread(target=there)
        thread.start()
        thread.join()
        if not made:
            raise NotPermitted("a thread may not enter a network namespace here")
        return made[0]

    @property
    def _far(self) -> list[str]:
        return ["-n", self._name]

    @property
    def _ways(self) -> list[tuple[list[str], str, str]]:
        return [([], self._end, self.there), (self._far, self._far_end, self.here)]


@contextlib.contextmanager
def laid() -> Iterator[Cable]:
    """A cable, until the end of the block; raises NotPermitted."""
    cable = Cable(os.getpid() & 0x3FFF)
    try:
        cable.lay()
        yield cable
    finally:
        cable.take_away()


def _ip(*words: str) -> None:
    program = shutil.which("ip", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        raise NotPermitted("the program `ip` is not installed (iproute2)")
    ran = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise NotPermitted(f"no network namespace may be made here ({ran.stderr.strip()[:100]})")
