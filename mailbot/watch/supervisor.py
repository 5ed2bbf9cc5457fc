"""What systemd is told over its socket (sd_notify(3)): ready, alive, stopping. Without systemd it does nothing."""

from __future__ import annotations

import contextlib
import os
import socket


def tell(*words: str) -> None:
    """Say it, as in `tell("READY=1")`; never raises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # a name without a file
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto("\n".join(words).encode(), address)
