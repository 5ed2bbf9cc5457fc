"""The least that receiving can be: FETCH in batches of 8 MB, each kept in one durable commit, and nothing else.

`python -m bench.storing COUNTS MAILS` reads the same environment as mailbot, and ends when so many are kept.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.bare import TABLE, setting, signed_in
from bench.counts import Counts

_BATCH_BYTES, _BATCH = 8 * 1024 * 1024, 50  # as mailbot's


def main(counted: Path, mails: int) -> None:
    counts = Counts()
    database = sqlite3.connect(str(make_url(setting("DATABASE__URL")).database), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(TABLE.format(blob="BLOB"))
    client = signed_in()
    started = time.monotonic()
    client.select_folder("INBOX", readonly=True)
    sizes = {uid: row[b"RFC822.SIZE"] for uid, row in client.fetch(client.search(), ["RFC822.SIZE"]).items()}
    for batch in _batches(sizes):
        rows = client.fetch(batch, ["BODY.PEEK[]"])
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO mail VALUES (?, NULL, ?)", [(uid, rows[uid][b"BODY[]"]) for uid in batch])
        database.execute("COMMIT")
        counts.committed()
    assert len(sizes) == mails
    counts.write(counted, seconds=time.monotonic() - started)


def _batches(sizes: dict[int, int]) -> Iterator[Sequence[int]]:
    batch: list[int] = []
    for uid in sorted(sizes):
        if batch and (len(batch) >= _BATCH or sum(map(sizes.__getitem__, batch)) + sizes[uid] > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append(uid)
    if batch:
        yield batch


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
