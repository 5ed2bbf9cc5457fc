"""One fault at one desk: mail before, during and after it, then the account."""

from __future__ import annotations

import importlib
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from imapclient import SocketTimeout

from mailbot.store import LetterState, MailState, tables
from tests.servers.proxy import Proxy
from tests.stories.desk import Desk

_ENDS = {MailState.HANDLED, MailState.NEEDS_PERSON, MailState.SET_ASIDE, MailState.GONE, MailState.BEFORE_US}
_SETTLES = 40  # looks, a minute of the desk's time apart


def impatient() -> None:
    """Runs in the daemon first: a server is waited for by seconds, so that a fault can be shown in seconds."""
    session: Any = importlib.import_module("mailbot.mailboxes.session")
    smtp: Any = importlib.import_module("mailbot.senders.smtp")
    session.TIMEOUT = SocketTimeout(connect=2, read=2)
    smtp.COMMAND_SECONDS = 2.0


@dataclass
class Round:
    """`given` mails were put there; `gone` of them were taken out again by somebody else."""

    desk: Desk
    proxy: Proxy
    given: int = 0
    gone: int = 0
    seen_twice: int = 0  # messages that the server itself gave another number
    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    def asks(self, times: int = 1) -> None:
        """So many people ask for the form."""
        for _ in range(times):
            self.given += 1
            self.desk.receive(f"Jo Smith <jo.{self.given}@probation.example>")

    def wait(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def settle(self) -> None:
        """Until nothing is under way any more; the desk's clock runs on, for what is tried again later."""
        for _ in range(_SETTLES):
            for _ in range(10):
                if self.desk.is_quiet():
                    return
                self.wait(0.2)
            self.desk.move_clock(self.desk.now() + timedelta(seconds=70))
        self.faults.append("lost: it does not come to rest")

    def happened(self, really: bool) -> None:
        """A fault that did not strike shows nothing."""
        if not really:
            self.faults.append("the fault did not happen")

    def account(self) -> None:
        """Every mail in one state that is an end, every letter taken once or held for a person who was asked."""
        engine = sa.create_engine(self.desk.environment["MAILBOT_DATABASE__URL"])
        with engine.connect() as connection:
            mails, letters, needs = (
                connection.execute(sa.select(table)).mappings().all()
                for table in (tables.mail, tables.letter, tables.need)
            )
        engine.dispose()
        there = sum(number for name, number in self.desk.folders().items() if name not in {"Sent", "Drafts"})
        self._differ(there - (self.given - self.gone), "a message of the mailbox")
        self._differ(len(mails) - self.given - self.seen_twice, "the row of a mail")
        for row in mails:
            if row["state"] not in _ENDS:
                self.faults.append(f"lost: mail {row['id']} is {row['state']}")
        self._letters(letters, {row["letter_id"] for row in needs})
        self.figures = {"mails": self.given, "letters": len(letters)}

    def _letters(self, letters: Any, asked: set[int]) -> None:
        taken = Counter(letter.message_id for letter in self.desk.letters())
        for row in letters:
            times, what = taken[row["message_id"]], f"letter {row['id']} ({row['name']}, {row['state']})"
            if times > 1:
                self.faults.append(f"twice: {what}")
            waits = row["state"] in {LetterState.HELD, LetterState.FAILED}
            if waits and row["id"] not in asked and row["name"] != "needs-a-person":
                self.faults.append(f"lost: {what}, and nobody is asked")
            if not waits and (row["state"] != LetterState.SENT or not times):
                self.faults.append(f"lost: {what}")

    def _differ(self, by: int, what: str) -> None:
        self.faults += [f"{'twice' if by > 0 else 'lost'}: {what}"] * abs(by)
