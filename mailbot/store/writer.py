"""SQLite has one writer at a time; waiting for it here is fairer and quicker than its own sleeping retries."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from sqlalchemy.engine import make_url


class OneWriter:
    """Held by whoever writes: one thread of this process, and one process of this machine.

    Processes wait for a lock on the database's folder, which whoever ends in whatever way sets free (flock(2)). A
    lock on the database itself would get in the way of SQLite's own, and a file for it would be somebody's.
    """

    def __init__(self, url: str) -> None:
        self._file, self._folder = database_file(url), -1
        self._threads = threading.Lock()

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._file:
                if self._folder < 0:
                    self._folder = os.open(self._file.parent, os.O_RDONLY | os.O_CLOEXEC)
                fcntl.flock(self._folder, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        if self._folder >= 0:
            fcntl.flock(self._folder, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Nobody of this process writes any more."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1


def database_file(url: str) -> Path | None:
    """The file of an SQLite database; None for one in memory."""
    database = make_url(url).database
    return Path(database) if database and database != ":memory:" else None
