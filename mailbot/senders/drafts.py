"""Puts letters into Drafts, for a person to read and send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from mailbot.errors import MailboxError, Passing
from mailbot.senders import Leaves


class Drafts:
    """Hands each letter to `append`, which puts it into the mailbox's folder for drafts.

    A fault is always Passing, for nothing has left: at worst the same draft stands there twice.
    """

    leaves: ClassVar[Leaves] = "held"

    def __init__(self, append: Callable[[bytes], None]) -> None:
        self._append = append

    def send(self, envelope_from: str, recipients: Sequence[str], raw: bytes) -> None:  # noqa: ARG002 - the letter has them
        try:
            self._append(raw)
        except MailboxError as error:
            raise Passing(f"the draft was not kept: {error}") from None

    def close(self) -> None:
        """The mailbox is not ours to close."""
