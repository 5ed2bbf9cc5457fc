"""A referral desk in action: `mailbot run` as a process, between a real mailbox and a real mail server."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from imapclient import IMAPClient

from mailbot.store import LetterState, MailState, Store, Transaction
from mailbot.store.tables import mail as mail_table
from tests.servers.dovecot import Dovecot
from tests.servers.net import wait_until
from tests.servers.smtp import SmtpSink
from tests.stories.forked import Forked
from tests.stories.mails import CHAIR, Letter, Mail, mail

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # the meeting is on Wednesday at 10, its digest on Tuesday at 13
OUR_SERVER = "mx.desk.example"
_UNDER_WAY = frozenset({MailState.NEW, MailState.READING, MailState.READY})
_ON_THE_WAY = {LetterState.READY, LetterState.LEASED, LetterState.SENDING, LetterState.IN_DOUBT}
PATIENCE = 30.0  # seconds; other work may keep this machine busy

Value = TypeVar("Value")


@dataclass(frozen=True)
class CameOf:
    """What came of one mail, once all of it is done."""

    kind: str
    why: tuple[str, ...]  # the rules that spoke
    letters: tuple[Letter, ...]
    waits: tuple[str, ...]  # what needs a person, by rule
    references: tuple[str, ...]

    @property
    def told(self) -> dict[str, list[str]]:
        """Whom each letter went to."""
        names = dict.fromkeys(one.name for one in self.letters)
        return {name: [one.to for one in self.letters if one.name == name] for name in names}

    def letter(self, name: str) -> Letter:
        (letter,) = (one for one in self.letters if one.name == name)
        return letter


class Desk:
    """One team's mailbox, its outgoing server and its mailbot, which runs between `start` and `stop` or `kill`."""

    def __init__(self, dovecot: Dovecot, sink: SmtpSink, folder: Path, database: str = "", **environment: str) -> None:
        """`environment` names settings as in `MODE="observe"`; the database is SQLite unless a URL is given."""
        self.dovecot, self.sink, self.folder = dovecot, sink, folder
        self.address = dovecot.new_address()
        self.process: subprocess.Popen[bytes] | Forked | None = None
        self.hook: Callable[[], None] | None = None  # runs in every new process first, unless another does
        self._runs: list[Path] = []
        self._delivered = 0
        self._clock = folder / "clock"
        self.move_clock(MONDAY)
        settings = {
            "MODE": "send",
            "DATABASE__URL": database or f"sqlite:///{folder / 'mailbot.db'}",
            "STAFF__ADDRESSES": CHAIR,
            "CLOCK_FILE": str(self._clock),
            "CONFIG": str(ROOT / "config"),
            "REFERRALS__ALSO_SECURE": "nhs.example",
            "RING_EVERY_SECONDS": "0.5",
            "SENDER__LETTERS_PER_MINUTE": "0",  # the pace is shown where the clock stands still
            "ALARMS__CANARY_HOURS": "0",
            "ALARMS__SILENCE_HOURS": "0",
            "MAILBOX__FILE_EVERY_SECONDS": "0.2",
            "MAILBOX__LOOK_EVERY_SECONDS": "1",
            "MAILBOX__AUTHSERV_ID": OUR_SERVER,
            **environment,
        }
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")},
            **dovecot.environment(self.address),
            **sink.environment(),
            **{f"MAILBOT_{name}": value for name, value in settings.items()},
        }
        self._store = Store(settings["DATABASE__URL"])
        self.folders()  # the mailbox is there; two who both make it would give it two UIDVALIDITYs

    # -- the process

    def start(self, before: Callable[[], None] | None = None) -> Desk:
        """Start it and wait until it says that it has started; `before` runs in the new process first."""
        self.launch(before)
        return self._started()

    def start_as_installed(self) -> Desk:
        """The same with `python -m mailbot run`, as a service manager does."""
        with self._next_log().open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mailbot", "run"],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self._started()

    def launch(self, before: Callable[[], None] | None = None) -> None:
        """Start it and wait for nothing."""
        self.process = Forked(["run"], self.environment, self._next_log(), before=before or self.hook)

    @contextlib.contextmanager
    def another(self) -> Iterator[Forked]:
        """A second daemon at the same mailbox and database."""
        log = self.folder / "another.log"
        log.touch()
        process = Forked(["run"], self.environment, log)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    def stop(self) -> None:
        """Ask it to end, as a service manager does; it must do so by itself and well."""
        process = self.process
        if process is not None:
            process.send_signal(signal.SIGTERM)
            status = process.wait(PATIENCE)
            self.kill()
            assert status == 0, self.log

    def kill(self) -> None:
        """End it and its children without a word."""
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    def close(self) -> None:
        """End everything, however it went."""
        self.kill()
        self._store.close()

    def _next_log(self) -> Path:
        assert self.process is None, "it runs already"
        self._runs.append(self.folder / f"run-{len(self._runs) + 1}.log")
        self._runs[-1].touch()
        return self._runs[-1]

    def _started(self) -> Desk:
        self.until(lambda: "started" in self.events(), "it has not started")
        return self

    @property
    def log(self) -> str:
        """What every run so far has said."""
        return "".join(f"--- {run.name}\n{run.read_text(errors='replace')}" for run in self._runs)

    def logged(self) -> list[dict[str, Any]]:
        """The events of the run that was started last."""
        lines = self._runs[-1].read_text(errors="replace").splitlines() if self._runs else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def events(self) -> list[str]:
        return [line["event"] for line in self.logged()]

    def command(self, *words: str, typed: str = "", status: int = 0) -> str:
        """Run `mailbot WORDS` as a person at a terminal does, and give what it says; it must end as expected."""
        output = self.folder / "output"
        ended = Forked(words, self.environment, output, typed).wait(PATIENCE)
        said = output.read_text()
        assert ended == status, f"mailbot {' '.join(words)}: {said}"
        return said

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.command("status", "--json"))
        return found

    def waiting(self) -> list[dict[str, Any]]:
        """What needs a person, as `mailbot list` gives it to programs."""
        found: list[dict[str, Any]] = json.loads(self.command("list", "--json"))["needs_a_person"]
        return found

    def show(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.command("show", reference, "--json"))
        return found

    # -- time

    def now(self) -> datetime:
        """The time as mailbot sees it."""
        return datetime.now(UTC) + timedelta(seconds=float(self._clock.read_text()))

    def move_clock(self, to: datetime) -> None:
        """All at once, for a clock half written would jump back."""
        new = self._clock.with_suffix(".new")
        new.write_text(str((to - datetime.now(UTC)).total_seconds()))
        new.replace(self._clock)

    def until(self, ready: Callable[[], Value], otherwise: str, seconds: float = PATIENCE) -> Value:
        """Wait until there is something; fail with what mailbot said if it never comes."""
        found: list[Value] = []

        def has_come() -> bool:
            died = self.has_died  # asked first: what it did last counts
            found[:] = [ready()]
            return bool(found[0]) or died

        wait_until(has_come, seconds)
        assert found[0], f"{otherwise}\n{self.log}"
        return found[0]

    @property
    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    # -- the mailbox

    def receive(self, *words: str, verdict: str = "pass", **more: Any) -> Mail:
        """Somebody writes to the desk: sender, subject and words, and what else `mail` takes."""
        return self.deliver(mail(self.address, *words, when=self.now(), **more), verdict)

    def deliver(
        self, arrived: Mail, verdict: str = "pass", folder: str = "INBOX", came_at: datetime | None = None
    ) -> Mail:
        """Put it there as the mail server does: with its trace, its verdict on the sender, and the time it came."""
        came_at = came_at or self.now()
        domain = arrived.address.rpartition("@")[2]
        trace = (
            f"Return-Path: <{arrived.address}>\r\nDelivered-To: {self.address}\r\n"
            f"Received: from mail.{domain or 'nowhere.example'} by {OUR_SERVER}; {format_datetime(came_at)}\r\n"
        )
        if verdict:
            trace += f"Authentication-Results: {OUR_SERVER}; dmarc={verdict} header.from={domain}\r\n"
        self.put(trace.encode() + arrived.raw, folder, came_at)
        self._delivered += 1
        return arrived

    def was_taken_out(self, mails: int) -> None:
        """So many of those delivered are not waited for: somebody else took them out, perhaps before they were seen."""
        self._delivered -= mails

    def put(self, raw: bytes, folder: str, came_at: datetime | None = None) -> None:
        """Put a message into a folder, as staff's own programs do with what they send."""
        with self.imap() as imap:
            imap.append(folder, raw, msg_time=came_at or self.now())

    @contextlib.contextmanager
    def imap(self) -> Iterator[IMAPClient]:
        """The mailbox as staff see it in their mail program."""
        with IMAPClient(self.dovecot.host, self.dovecot.imap_port, ssl=False, timeout=10) as client:
            client.login(self.address, self.dovecot.password)
            yield client

    def folders(self) -> dict[str, int]:
        """How many messages each folder holds; those with none are left out."""
        with self.imap() as imap:
            names = [name for _, _, name in imap.list_folders()]
            counts = {name: imap.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in names}
        return {name: count for name, count in counts.items() if count}

    # -- what came of it

    def letters(self, name: str = "", to: str = "") -> list[Letter]:
        """The letters that the mail server has accepted so far."""
        taken = [Letter(one.recipients, one.raw) for one in list(self.sink.box) if one.sender == self.address]
        return [one for one in taken if name in ("", one.name) and to in ("", one.to)]

    def letter(self, name: str, to: str = "") -> Letter:
        """The only letter of that name, as soon as it has come."""
        self.until(lambda: self.letters(name, to), f"no letter {name} was sent")
        (letter,) = self.letters(name, to)
        return letter

    @contextlib.contextmanager
    def ledger(self) -> Iterator[Transaction]:
        """What mailbot knows, for looking only."""
        with self._store.look(self.now()) as tx:
            yield tx

    def quiet(self) -> None:
        """Wait until every mail that was delivered is accounted for and filed, and no letter waits."""
        self.until(self.is_quiet, "it is not quiet")

    def is_quiet(self) -> bool:
        with self.ledger() as tx:
            mails, letters = tx.mails.count_by_state(), tx.letters.count_by_state()
            files = self.environment["MAILBOT_MODE"] != "observe"
            return (
                sum(mails.values()) >= self._delivered
                and mails.keys().isdisjoint(_UNDER_WAY)
                and letters.keys().isdisjoint(_ON_THE_WAY)
                and not tx.letters.copies_due(1)
                and not tx.mails.set_aside_unannounced()
                and not (files and tx.mails.any_unfiled(self.address, "INBOX"))
            )

    def came_of(self, arrived: Mail) -> CameOf:
        """What came of that mail alone, whatever else goes on at the desk."""
        came = self.until(lambda: self._came_of(arrived.message_id), "the mail has not been dealt with")
        assert came
        return came

    def _came_of(self, message_id: str) -> CameOf | None:
        with self.ledger() as tx:
            query = sa.select(mail_table.c.id, mail_table.c.kind, mail_table.c.why, mail_table.c.state)
            found = tx.connection.execute(query.where(mail_table.c.message_id == message_id)).first()
            written = tx.letters.of_mail(found.id) if found else ()
            if found is None or found.state in _UNDER_WAY or any(row["state"] != LetterState.SENT for row in written):
                return None  # its kind is known before it is acted on
            waits = tuple(need["why"] for need in tx.needs.waiting(found.id))
            references = tuple(tx.mails.references_of(found.id))
        sent = {one.message_id: one for one in self.letters()}
        letters = tuple(sent[row["message_id"]] for row in written)
        return CameOf(found.kind, tuple(why["rule"] for why in found.why), letters, waits, references)

    def kinds(self) -> list[str | None]:
        """What each mail was taken for, in the order they came."""
        with self.ledger() as tx:
            return [tx.mails.get(number)["kind"] for number in range(1, sum(tx.mails.count_by_state().values()) + 1)]
