"""What is an alarm, and what then is to do: found from the loops, the store and the machine. Holds no personal data."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from mailbot import wording
from mailbot.actions import Office, canary, delivery, ledger
from mailbot.errors import SignInRefused
from mailbot.loop import Trouble, Worker
from mailbot.senders.smtp import SIGN_IN_REFUSED
from mailbot.store import Transaction

_LEAST_DISK = 200 * 1024 * 1024


@dataclass(frozen=True)
class Alarm:
    """Something a person must mend; `by_letter`: staff are told by a letter of its own too."""

    name: str
    what: str
    fix: str
    since: datetime
    by_letter: bool = False


def of_loops(loops: Sequence[Worker], office: Office, now: datetime, longest: float) -> Iterator[Alarm]:
    """Loops that meet the same fault again and again, or that are stuck."""
    after = office.settings.alarms.after_minutes * 60
    for loop in loops:
        if loop.is_stuck(longest):
            since = now - timedelta(seconds=time.monotonic() - loop.pulse.beat_at)
            yield Alarm(f"stuck:{loop.name}", f"The part of mailbot called {loop.name} is stuck", _RESTART, since)
        trouble = loop.pulse.trouble
        if trouble is None:
            continue
        lasted = time.monotonic() - trouble.since
        if isinstance(trouble.of_mailbox, SignInRefused) or lasted >= after:
            yield _of_trouble(loop.name, trouble, now - timedelta(seconds=lasted))


def _of_trouble(name: str, trouble: Trouble, since: datetime) -> Alarm:
    if trouble.of_mailbox:
        return Alarm("mailbox", f"The mailbox cannot be used: {trouble.of_mailbox}", _MAILBOX, since)
    what = f"The part of mailbot called {name} fails again and again ({trouble.fault})"
    return Alarm(f"fault:{name}", what, _LOOK, since)


def of_store(office: Office, tx: Transaction) -> Iterator[Alarm]:
    """What the tables say: letters that do not leave, mails that wait, a ledger that differs, a canary not back."""
    yield from _letters(office, tx)
    yield from _mails(office, tx)
    for row in tx.needs.waiting():
        if row["why"] == ledger.WHY:
            yield Alarm("ledger", row["words"], f"`mailbot do {row['id']} done` once it is.", row["opened_at"], True)
            break
    if since := canary.missing_since(office, tx):
        yield Alarm("canary", "mailbot's letter to itself has not come back", _CANARY, since)


def _letters(office: Office, tx: Transaction) -> Iterator[Alarm]:
    if tx.switches.get("paused"):
        return
    if delivery.brake_holds(office, tx):
        what = f"mailbot has sent {office.settings.sender.letters_per_hour} letters in an hour and has stopped for now"
        yield Alarm("brake", what, "See what causes so many (`mailbot list`).", tx.now, True)
        return
    waiting = tx.letters.oldest_refused()
    if waiting is None:
        return
    refused = (waiting["note"] or "").startswith(SIGN_IN_REFUSED) or SIGN_IN_REFUSED in (waiting["note"] or "")
    if refused or tx.now - waiting["written_at"] >= timedelta(minutes=office.settings.alarms.after_minutes):
        yield Alarm("sender", f"Letters cannot leave: {waiting['note']}", _SENDER, waiting["written_at"])


def _mails(office: Office, tx: Transaction) -> Iterator[Alarm]:
    alarms = office.settings.alarms
    oldest = tx.accounts.oldest_kept()
    if oldest and tx.now - oldest >= timedelta(minutes=alarms.waiting_minutes):
        waited = wording.age(tx.now - oldest)
        yield Alarm("waiting", f"A mail has waited {waited} to be handled", _LOOK, oldest)
    last = tx.mails.last_came_at()
    if last and alarms.silence_hours and tx.now - last >= timedelta(hours=alarms.silence_hours):
        yield Alarm("silence", f"No mail has come for {wording.age(tx.now - last)}", _SILENCE, last)


def of_machine(office: Office, now: datetime) -> Iterator[Alarm]:
    """A disk that is nearly full."""
    url = make_url(office.settings.database.url)
    folder = Path(url.database or "").parent if url.get_backend_name() == "sqlite" else Path()
    free = shutil.disk_usage(folder if folder.is_dir() else ".").free
    if free < _LEAST_DISK:
        yield Alarm("disk", f"The disk is nearly full: {free // 1024**2} MB are left", "Make room on it.", now)


def of_database(error: Exception, now: datetime) -> Alarm:
    """The store itself cannot be asked."""
    what = f"The database cannot be used ({type(error).__name__})"
    return Alarm("database", what, "Check that it runs, that its disk is not full, and database.url.", now)


_RESTART = "mailbot ends itself and must be started again: see that whatever runs it does so, and look at its log."
_MAILBOX = (
    "Check mailbox.host, port, tls, username and the password, and that the server runs (`mailbot check`). "
    "Mail waits there and is handled when it can be reached again."
)
_SENDER = (
    "Check sender.host, port, tls, username and the password, and that the server runs (`mailbot check`). "
    "Letters wait and go when it takes them."
)
_LOOK = "Look at mailbot's log and at `mailbot status`."
_SILENCE = "Send the mailbox a mail and see whether it arrives; if the quiet is real, raise alarms.silence_hours."
_CANARY = "Send the mailbox a mail and see whether it arrives; look into Junk, and at `mailbot check`."
