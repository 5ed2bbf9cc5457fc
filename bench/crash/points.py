"""Where mailbot is killed: at points with a name, each met on the way of a mail or a letter, or at any moment.

Each runs in the new process before mailbot does, and changes nothing but that it ends there, with its children.
"""

from __future__ import annotations

import functools
import itertools
import smtplib
import socket
import subprocess
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient

from mailbot.senders.smtp import Smtp
from tests.stories.killer import after_commit, before_commit, die

Kill = Callable[[int], None]


def _around(owner: type, name: str, *, before: bool, only: Callable[..., bool] = lambda *_: True) -> Kill:
    """Ends the process before, or after, the numbered call of a method."""

    def kill(number: int) -> None:
        called, calls = getattr(owner, name), itertools.count(1)

        @functools.wraps(called)
        def watched(self: Any, *arguments: Any, **more: Any) -> Any:
            dies = only(*arguments) and next(calls) == number
            if dies and before:
                die()
            given = called(self, *arguments, **more)
            if dies:
                die()
            return given

        setattr(owner, name, watched)

    return kill


def _written(*, short_of_the_end: int) -> Kill:
    """Ends the process when the numbered letter is written but for so many bytes, of which three are its final dot."""

    def kill(number: int) -> None:
        called, calls = socket.socket.send, itertools.count(1)

        def watched(self: socket.socket, data: memoryview, *flags: int) -> int:
            if bytes(data[-5:]) != b"\r\n.\r\n":
                return called(self, data, *flags)
            wanted = len(data) - short_of_the_end
            written = called(self, data[:wanted], *flags)
            if written == wanted and next(calls) == number:
                die()
            return written

        setattr(socket.socket, "send", watched)  # noqa: B010 - mypy minds that a method is replaced

    return kill


def _says(verb: str) -> Callable[..., bool]:
    return lambda commands: verb in commands


def _asks(item: str) -> Callable[..., bool]:
    return lambda _messages, items, *_: item in items


#: the way of a mail from the mailbox to its folder, and of a letter from the outbox to Sent
POINTS: dict[str, Kill] = {
    "a mail is fetched": _around(IMAPClient, "fetch", before=False, only=_asks("BODY.PEEK[]")),
    "before a commit": before_commit,
    "after a commit": after_commit,
    "a child begins to read": _around(subprocess.Popen, "__init__", before=False),
    "before MAIL": _around(smtplib.SMTP, "send", before=True, only=_says("MAIL FROM")),
    "before DATA": _around(smtplib.SMTP, "send", before=True, only=_says("DATA")),  # with MAIL, where they go together
    "after DATA": _around(smtplib.SMTP, "send", before=False, only=_says("DATA")),
    "before the final dot": _written(short_of_the_end=3),
    "the final dot is sent": _written(short_of_the_end=0),
    "the letter is taken": _around(Smtp, "send", before=False),
    "before APPEND": _around(IMAPClient, "append", before=True),
    "after APPEND": _around(IMAPClient, "append", before=False),
    "before MOVE": _around(IMAPClient, "move", before=True),
    "after MOVE": _around(IMAPClient, "move", before=False),
}


def kill_at(point: str, number: int) -> None:
    """The process ends when it comes to that point for the numbered time."""
    POINTS[point](number)
