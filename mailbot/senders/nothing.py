"""Sends nothing: `observe` says what it would do, and no letter leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mailbot.senders import Leaves


class Nothing:
    """Takes every letter and lets none go."""

    leaves: ClassVar[Leaves] = "cancelled"

    def send(self, envelope_from: str, recipients: Sequence[str], raw: bytes) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Nothing to close."""
