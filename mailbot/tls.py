"""TLS: certificates are verified, and plain text stays on this machine unless a person allows it."""

from __future__ import annotations

import ipaddress
import ssl
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=8)
def context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies certificate and host name against the machine's authorities, or against `ca_file` alone.

    Read once in a process: the machine's authorities take 40 ms, and a connection that was quiet is opened anew.
    """
    return ssl.create_default_context(cafile=ca_file)


def may_be_plain(host: str, *, allowed: bool) -> bool:
    """Whether passwords and mail may go to that host without TLS."""
    if allowed or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
