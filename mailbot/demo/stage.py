"""What every step of the story stands on: a desk that runs, people who write to it, and what can be seen of it."""

from __future__ import annotations

import shutil
import smtplib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from rich.console import Console

from mailbot.actions.referrals import gaps_of
from mailbot.app import App
from mailbot.clock import FileClock
from mailbot.demo import ours, people
from mailbot.demo.mailserver import HOST, DemoMail
from mailbot.store import MailState

#: how long a step may take before it counts as not having happened
_PATIENCE = 30.0
_QUOTED = "      "

File = tuple[str, bytes]


class NotHappened(Exception):  # noqa: N818 - reads as what it says
    """A step of the story did not happen."""


class Stage:
    """A desk on a mail server of its own, whose clock the story moves; says what happens as it happens."""

    app: App
    server: DemoMail

    def __init__(self, console: Console, folder: Path, clock: FileClock) -> None:
        self._console, self.folder, self.clock = console, folder, clock
        self.mails = 0
        now = datetime.now(UTC)
        self.monday = now.replace(hour=9, minute=0, second=0) + timedelta(days=7 - now.weekday())
        self._set_clock(self.monday)

    def open(self, config: Path, server: DemoMail) -> None:
        """Start mailbot on a mailbox of its own, with the team's own configuration beside it."""
        self.server = server
        shutil.copytree(config, self.folder / "config")
        toml = ours.settings_toml(self.folder, server, self.monday)
        (self.folder / "config" / "mailbot.toml").write_text(toml, "utf-8")
        self.app = App(ours.settings(self.folder, server, self.monday))
        self.app.start()

    # -- telling

    def say(self, title: str, words: str = "") -> None:
        """What comes next."""
        self._console.print()
        self._console.print(title, style="bold", markup=False)
        if words:
            self._console.print(words, markup=False)

    def tick(self, words: str, below: Sequence[str] = ()) -> None:
        """Something has happened, with what can be read in it."""
        self._console.print(f"  ✓ {words}", style="green", markup=False)
        self.quote(below)

    def quote(self, lines: Sequence[str]) -> None:
        """Words as they stand in a mail or letter."""
        for line in lines:
            self._console.print(f"{_QUOTED}{line}", style="dim", markup=False)

    def keep(self, name: str, data: object) -> bytes:
        """Leave a file for whoever watches, to be opened."""
        assert isinstance(data, bytes)
        (self.folder / name).write_bytes(data)
        return data

    # -- time

    def until(self, what: str, happened: Callable[[], object]) -> None:
        """Wait for it; raise NotHappened where it does not come."""
        end = time.monotonic() + _PATIENCE
        while not happened():
            if time.monotonic() > end:
                raise NotHappened(what)
            time.sleep(0.05)

    def move_clock(self, days: int, hours: int) -> None:
        """So many days and hours after Monday 9am, once nothing is on its way; what falls due then is done."""
        self.until("all letters have left", self._all_left)
        self._set_clock(self.monday + timedelta(days=days, hours=hours))
        self.ring()

    def ring(self) -> None:
        """The timetable, which would ring by itself within seconds."""
        self.app.timetable.tick(self.clock.now())

    def _set_clock(self, moment: datetime) -> None:
        (self.folder / "clock").write_text(str((moment - datetime.now(UTC)).total_seconds()))

    def _all_left(self) -> bool:
        with self.app.store.look(self.clock.now()) as tx:
            return not {"ready", "leased"} & set(tx.letters.count_by_state())

    # -- mail

    def write(
        self,
        sender: str,
        subject: str,
        words: str,
        *,
        answers: str = "",
        files: Sequence[File] = (),
        **headers: str,
    ) -> None:
        """Somebody writes to the team."""
        self.mails += 1
        raw = people.mail(
            sender, subject, words, self.clock.now(), number=self.mails, answers=answers, files=files, **headers
        )
        with smtplib.SMTP(HOST, self.server.smtp_port) as smtp:
            smtp.sendmail(sender, [people.TEAM], raw)

    def reply(self, sender: str, letter: EmailMessage, words: str, files: Sequence[File] = ()) -> None:
        """Somebody answers a letter of ours."""
        self.write(sender, f"RE: {letter['Subject']}", words, answers=str(letter["Message-ID"]), files=files)

    def letter(self, name: str, to: str, saying: str = "") -> EmailMessage:
        """The letter of that name to that address, in which these words stand, once it is there."""
        self.until(f"the letter “{name}” to {to}", lambda: any(self._letters(name, to, saying)))
        return next(self._letters(name, to, saying))

    def letters_begun(self, name: str) -> int:
        """How many letters have left whose name begins so."""
        return sum(_name(_parsed(letter.raw)).startswith(name) for letter in self.server.letters)

    def keep_letters(self) -> None:
        for number, letter in enumerate(self.server.letters, 1):
            self.keep(f"letter-{number:02d}-{_name(_parsed(letter.raw))}.eml", letter.raw)

    def _letters(self, name: str, to: str, saying: str) -> Iterator[EmailMessage]:
        for letter in list(self.server.letters):
            if address_of(to) in letter.recipients:
                found = _parsed(letter.raw)
                if _name(found) == name and saying in text_of(found):
                    yield found

    # -- what the desk knows

    def handled(self) -> int:
        """How many mails are done with."""
        with self.app.store.look(self.clock.now()) as tx:
            return tx.mails.count_by_state().get(MailState.HANDLED, 0)

    def reference(self, sender: str) -> str:
        """The reference of what somebody sent in."""
        with self.app.store.look(self.clock.now()) as tx:
            return next(str(row["reference"]) for row in tx.referrals.all() if row["sender"] == address_of(sender))

    def referral_states(self) -> set[str]:
        with self.app.store.look(self.clock.now()) as tx:
            return set(tx.referrals.count_by_state())

    def attending(self, reference: str) -> set[str]:
        """What came back to the invitation."""
        with self.app.store.look(self.clock.now()) as tx:
            return {row["answer"] for row in tx.invitations.of_referral(tx.referrals.get(reference)["id"])}

    def gaps(self, reference: str) -> tuple[str, ...]:
        """The questions that have no answer yet, or none that is clear, as the form words them."""
        with self.app.store.look(self.clock.now()) as tx:
            missing, unclear = gaps_of(self.app.office, tx, tx.referrals.get(reference)["id"])
        return (*missing, *unclear)


def address_of(person: str) -> str:
    """The bare address of "Priya Shah <priya.shah@probation.example>"."""
    return person.partition("<")[2].rstrip(">") or person


def text_of(letter: EmailMessage) -> str:
    """The words of a letter."""
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def _name(letter: EmailMessage) -> str:
    return str(letter["X-Mailbot-Letter"]).partition(";")[0]
