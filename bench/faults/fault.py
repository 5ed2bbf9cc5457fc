"""What a fault is: what happens on that day, and what the desk needs for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bench.faults.round import Round
from tests.servers.net import Certificate
from tests.servers.smtp import SmtpSink

Disk = Literal["", "of the database", "of temporary files"]


@dataclass(frozen=True)
class Fault:
    """`happens` begins with a desk that has not started; when it returns, everything must have come to rest."""

    happens: Callable[[Round], None]
    settings: Mapping[str, str] = field(default_factory=dict)  # as a team could set them
    sink: Callable[[Certificate], SmtpSink] = lambda _: SmtpSink()
    small_disk: Disk = ""  # which lies on a disk of its own with four megabytes
    postgres: bool = False
    cable: bool = False  # both servers are another machine's, behind a cable that can be cut
