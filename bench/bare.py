"""The least a mail loop can do: fetch, parse with every part decoded, one durable commit of the raw mail, one send.

`python -m bench.bare COUNTS LETTER` reads the same environment as mailbot, and sends the bytes of LETTER every time.
"""

from __future__ import annotations

import email
import os
import signal
import smtplib
import socket
import sqlite3
import ssl
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path

from imapclient import IMAPClient
from sqlalchemy.engine import make_url

from bench.counts import Counts

BATCH = 50

TABLE = "CREATE TABLE mail (uid INTEGER PRIMARY KEY, message_id TEXT, raw {blob})"
Keep = Callable[[int, str, bytes], None]


def sqlite(path: str) -> Keep:
    """One durable transaction a mail, with the pragmas that mailbot uses."""
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(TABLE.format(blob="BLOB"))

    def keep(*row: object) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO mail VALUES (?, ?, ?)", row)
        database.execute("COMMIT")

    return keep


def postgres(url: str) -> Keep:
    """One durable transaction a mail."""
    import psycopg  # noqa: PLC0415 - an extra

    database = psycopg.connect(url, autocommit=True)
    database.execute(TABLE.format(blob="BYTEA").encode())

    def keep(*row: object) -> None:
        database.execute("INSERT INTO mail VALUES (%s, %s, %s)", row)  # by itself it is a transaction

    return keep


class Bare:
    """The loop, over one IMAP and one SMTP connection."""

    def __init__(self, letter: bytes, keep: Keep, counts: Counts) -> None:
        self._letter, self._keep, self._counts = letter, keep, counts
        self._next = 1
        self._us = setting("MAILBOX__ADDRESS")
        self._smtp = smtplib.SMTP(setting("SENDER__HOST"), int(setting("SENDER__PORT")), "localhost")
        self._imap = signed_in()
        for sock in (self._smtp.sock, self._imap.socket()):
            assert sock is not None
            # else it waits 40 ms for an ACK, and looks worse than it is
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self) -> None:
        self._imap.select_folder("INBOX")
        while True:
            self._handle_new()
            self._imap.idle()
            self._imap.idle_check(timeout=10)
            self._imap.idle_done()

    def _handle_new(self) -> None:
        uids = [uid for uid in self._imap.search(["UID", f"{self._next}:*"]) if uid >= self._next]
        for start in range(0, len(uids), BATCH):
            for uid, row in self._imap.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"]).items():
                self._handle(uid, row[b"BODY[]"])
                self._next = uid + 1

    def _handle(self, uid: int, raw: bytes) -> None:
        mail = email.message_from_bytes(raw)
        for part in mail.walk():
            if not part.is_multipart():
                part.get_payload(decode=True)
        self._keep(uid, mail["Message-ID"], raw)
        self._counts.committed()
        self._smtp.sendmail(self._us, [parseaddr(mail["From"])[1]], self._letter)


def setting(name: str) -> str:
    return os.environ[f"MAILBOT_{name}"]


def signed_in() -> IMAPClient:
    context = ssl.create_default_context(cafile=setting("MAILBOX__CA_FILE"))
    client = IMAPClient(setting("MAILBOX__HOST"), int(setting("MAILBOX__PORT")), ssl_context=context, timeout=60)
    client._imap.debug = 0  # as mailbot does: IMAPClient sets 5, the repr() of every mail
    client.login(setting("MAILBOX__ADDRESS"), setting("MAILBOX__PASSWORD"))
    print(f'{{"event": "mailbox_open", "timestamp": "{datetime.now(UTC).isoformat()}"}}', file=sys.stderr, flush=True)
    return client


def main(counted: Path, letter: Path) -> None:
    counts = Counts()
    url = make_url(setting("DATABASE__URL"))
    keep = (
        sqlite(str(url.database))
        if url.drivername == "sqlite"
        else postgres(url.set(drivername="postgresql").render_as_string())
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        Bare(letter.read_bytes(), keep, counts).run()
    finally:
        counts.write(counted)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
