"""The Sender protocol: hands one finished letter over, and says exactly what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol

Leaves = Literal["sent", "held", "cancelled"]


class Sender(Protocol):
    """Hands letters over to whatever carries them, one at a time, used by one thread."""

    leaves: ClassVar[Leaves]  # the state of a letter it has taken

    def send(self, envelope_from: str, recipients: Sequence[str], raw: bytes) -> None:
        """Return when the letter was taken for every recipient.

        Raises Passing (nobody has it, try later), Permanent (a person must look) or InDoubt (it may have
        gone). A letter refused for one recipient is sent to none.
        """

    def close(self) -> None:
        """End the connection; never raises."""
