"""Whether every mail is accounted for: the line of the digest and of `mailbot status`, and the alarm if not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailbot import wording
from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.store import MailState, Transaction

WHY = "ledger"

_COMPARED = "reconciled"
_OPEN = (MailState.NEW, MailState.READING, MailState.READY)


@dataclass(frozen=True)
class Ledger:
    """The mails that are ours to handle, those that are done or with a person, and the last look at the mailbox."""

    mails: int
    accounted_for: int
    compared_at: datetime | None = None
    held: int = 0  # messages that the mailbox then held in its watched folders
    missing: int = 0  # of them, those that the ledger did not have

    @property
    def adds_up(self) -> bool:
        return self.mails == self.accounted_for and not self.missing

    @property
    def words(self) -> str:
        """As in "41 mails, 41 accounted for"."""
        return f"{wording.count(self.mails, 'mail')}, {self.accounted_for} accounted for"

    def comparison(self, zone: ZoneInfo) -> str:
        """When the mailbox was last compared with it, and what was missing."""
        if self.compared_at is None:
            return "not compared with the mailbox yet"
        found = f"{wording.count(self.missing, 'mail')} missing and taken in" if self.missing else "nothing missing"
        return f"compared with the mailbox {wording.when(self.compared_at, zone)}: {found}"


def of(tx: Transaction) -> Ledger:
    """The account as it stands."""
    counts = tx.mails.count_by_state()
    ours = sum(count for state, count in counts.items() if state != MailState.BEFORE_US)
    last = json.loads(tx.switches.get(_COMPARED) or "{}")
    at = datetime.fromisoformat(last["at"]) if last else None
    unfinished = sum(counts.get(state, 0) for state in _OPEN)
    return Ledger(ours, ours - unfinished, at, last.get("held", 0), last.get("missing", 0))


def compared(office: Office, tx: Transaction, held: int, mails: Sequence[int], unnamed: int) -> None:
    """Remember a comparison with the mailbox; mails that the ledger lacked are put before staff by their numbers."""
    missing = len(mails) + unnamed
    tx.switches.put(_COMPARED, json.dumps({"at": tx.now.isoformat(), "held": held, "missing": missing}))
    if missing:
        tx.audit.add("ledger_differed", mails=list(mails), without_number=unnamed)
        people.ask(office, tx, WHY, _words(mails, unnamed), again=True)


def _words(mails: Sequence[int], unnamed: int) -> str:
    which = [f"number {wording.listed(str(number) for number in mails)}"] if mails else []
    which += [f"{unnamed} that the server does not give out yet"] if unnamed else []
    total = len(mails) + unnamed
    return (
        f"The mailbox held {wording.count(total, 'mail')} that mailbot had not kept: {wording.listed(which)}. "
        f"mailbot has taken {'it' if total == 1 else 'them'} in now. Please see that "
        f"{'it is' if total == 1 else 'each is'} dealt with."
    )
