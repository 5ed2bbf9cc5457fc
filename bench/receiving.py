"""`python -m bench.receiving COUNTS MAILS`: receive alone, as the daemon runs it, until so many mails are kept."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.counts import Counts
from mailbot.actions import Office
from mailbot.app import open_store
from mailbot.clock import SystemClock
from mailbot.commands import service
from mailbot.commands.desk import load_settings
from mailbot.loop import Bell
from mailbot.mailboxes.imap import Imap
from mailbot.receive import Receiver
from mailbot.settings import MailboxSettings


def main(counted: Path, mails: int) -> None:
    service._log_to_stderr()
    counts, clock, settings = Counts(), SystemClock(), load_settings()
    counts.count_commits()
    store = open_store(settings, clock)
    opened: list[float] = []

    def connect(mailbox: MailboxSettings) -> Imap:
        found = Imap.connect(mailbox)
        opened.append(time.monotonic())
        return found

    bell = Bell()
    receiver = Receiver(Office.open(settings), store, clock, connect, bell, lambda: None)
    kept = 0
    while kept < mails:
        bell.ring()  # a step ends with a wait for more, and what is measured is what comes before it
        receiver.step()
        with store.look(datetime.now(UTC)) as tx:
            kept = sum(tx.mails.count_by_state().values())
    counts.write(counted, seconds=time.monotonic() - opened[0])
    receiver.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
