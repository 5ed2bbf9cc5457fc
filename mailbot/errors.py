"""Errors that people can act on: the message says what is wrong and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Something a person can mend; shown without a traceback, exit status 1. Holds one line for each problem."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotFound(UserError):  # noqa: N818 - reads as what it says
    """What was named (a reference, an id, a folder) does not exist."""


class DeliveryError(Exception):
    """A letter was not taken. The message never holds an address or other personal data."""


class Passing(DeliveryError):  # noqa: N818
    """Try again later: the server did not take the letter, and nobody has it."""


class Permanent(DeliveryError):  # noqa: N818
    """Will not be taken however often it is tried: a person must look."""


class InDoubt(DeliveryError):  # noqa: N818
    """The whole letter was handed over and no answer came: it may or may not have gone (RFC 1047)."""


class MailboxError(Exception):
    """The connection to the mailbox is finished; a new one is needed. Never holds message content."""


class SignInRefused(MailboxError):  # noqa: N818
    """The server does not accept the user name and password: a person must change them."""


class Throttled(MailboxError):  # noqa: N818
    """The server asks to be left alone for `seconds`."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds
