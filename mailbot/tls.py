"""TLS: certificates are verified, and plain text stays on this machine unless a person allows it."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path


def context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies certificate and host name against the machine's authorities, or against `ca_file` alone."""
    return ssl.create_default_context(cafile=ca_file)


def may_be_plain(host: str, *, allowed: bool) -> bool:
    """Whether passwords and mail may go to that host without TLS."""
    if allowed or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
