"""One fault at one desk: mail before, during and after it, then the account."""

from __future__ import annotations

import contextlib
import importlib
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from imapclient import SocketTimeout

from mailbot.store import LetterState, MailState, tables
from tests.servers.cable import Cable
from tests.servers.postgres import Postgres
from tests.servers.proxy import Proxy
from tests.stories.desk import Desk
from tests.stories.mails import pdf_form

_ENDS = {MailState.HANDLED, MailState.NEEDS_PERSON, MailState.SET_ASIDE, MailState.GONE, MailState.BEFORE_US}
_SETTLES = 40  # looks, a minute of the desk's time apart


def impatient() -> None:
    """Runs in the daemon first: a server is waited for by seconds, so that a fault can be shown in seconds."""
    session: Any = importlib.import_module("mailbot.mailboxes.session")
    smtp: Any = importlib.import_module("mailbot.senders.smtp").Smtp
    session.TIMEOUT = SocketTimeout(connect=2, read=2)
    session.KEEPALIVE |= {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 4000}
    smtp.command_seconds = smtp.letter_seconds = smtp.quiet_seconds = 2.0


@dataclass
class Round:
    """`given` mails were put there; `gone` of them were taken out again by somebody else."""

    desk: Desk
    proxy: Proxy  # to the mailbox
    smtp: Proxy
    cable: Cable | None = None
    postgres: Postgres | None = None
    given: int = 0
    gone: int = 0
    moved: bool = False  # by somebody else: the server gives such a message another number, and it is seen again
    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    def asks(self, times: int = 1) -> None:
        """So many people ask for the form."""
        for _ in range(times):
            self.given += 1
            self.desk.receive(f"Jo Smith <jo.{self.given}@probation.example>")

    def returns_a_form(self, name: str = "form.pdf", data: bytes = b"", surname: str = "Quill") -> None:
        """Somebody sends the form back, filled in."""
        self.given += 1
        answers: dict[str, Any] = {"p_surname": surname, "p_nhs": None, "r_email": f"priya.{self.given}@nhs.example"}
        files = {name: data or pdf_form(**answers)}
        self.desk.receive(f"Priya Nair <priya.{self.given}@nhs.example>", "Referral", "", files=files)

    def wait(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def settle(self) -> None:
        """Until nothing is under way any more; the desk's clock runs on, for what is tried again later."""
        for _ in range(_SETTLES):
            for _ in range(10):
                with contextlib.suppress(sa.exc.OperationalError):  # a connection to a database that was stopped
                    if self.desk.is_quiet() and self._has_seen_all():
                        return
                self.wait(0.2)
            self.desk.move_clock(self.desk.now() + timedelta(seconds=70))
        self.faults.append("lost: it does not come to rest")

    def _has_seen_all(self) -> bool:
        """Also what others took out, which may have had no row, or moved, which has one for each place it was in."""
        if self.gone and self.desk.folders().get("INBOX"):
            return False
        with self.desk.ledger() as tx:
            rows = tx.mails.count_by_state()
        return not self.moved or sum(rows.values()) - rows.get(MailState.GONE, 0) >= self.given

    def happened(self, really: bool) -> None:
        """A fault that did not strike shows nothing."""
        if not really:
            self.faults.append("the fault did not happen")

    def told(self, times: int, why: str = "") -> None:
        """Staff must have been told so often of what needs a person."""
        told = len(self.desk.letters("needs-a-person"))
        if told != times:
            self.faults.append(f"{'twice' if told > times else 'lost'}: staff were told {told} times {why}".rstrip())

    def stops_in_time(self) -> None:
        """SIGTERM: it ends well, by itself, within ten seconds."""
        began = time.monotonic()
        try:
            self.desk.stop()
        except (AssertionError, subprocess.TimeoutExpired) as error:
            self.faults.append(f"lost: it did not end well: {type(error).__name__}")
        self.figures["seconds_to_its_end"] = round(time.monotonic() - began)
        if time.monotonic() - began > 11:
            self.faults.append("lost: more than ten seconds to its end")

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
        self._mails(mails)
        self._letters(letters, {row["letter_id"] for row in needs})
        self.figures |= {"mails": self.given, "letters": len(letters)}

    def _mails(self, mails: Any) -> None:
        """What somebody took out before we saw it has no row; what they moved may have one for each number it had."""
        seen = {row["sha256"] for row in mails if row["state"] != MailState.GONE}
        rows = len(seen) if self.moved else len(mails)
        self._differ(min(0, rows - (self.given - self.gone)) + max(0, rows - self.given), "the row of a mail")
        for row in mails:
            if row["state"] not in _ENDS:
                self.faults.append(f"lost: mail {row['id']} is {row['state']}")

    def _letters(self, letters: Any, asked: set[int]) -> None:
        taken = Counter(letter.message_id for letter in self.desk.letters())
        forms = Counter(row["recipient"] for row in letters if row["name"] == "form")
        self.faults += [f"twice: the form, {times} times to one person" for times in forms.values() if times > 1]
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
