"""What mailbot costs, counted inside it and what it forks: commits that changed something, IMAP round trips, time."""

from __future__ import annotations

import imaplib
import json
import multiprocessing
import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

#: how statements begin that may change something; ours that begin with a WITH end in one
_CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH")


class Counts:
    """Counts from the moment it is made, in processes forked later too; `write` puts them into a file."""

    def __init__(self) -> None:
        self._commits, self._round_trips = multiprocessing.Value("q"), multiprocessing.Value("q")
        self._count_commands()

    def committed(self) -> None:
        """One more commit that changed something."""
        _add(self._commits, 1)

    def count_commits(self) -> None:
        """Count every commit of SQLAlchemy that changed something; only looking is not counted."""
        if not os.environ.get("MAILBOT_DATABASE__URL", "").startswith("sqlite"):  # SQLite counts by itself
            sa.event.listen(sa.Engine, "after_cursor_execute", _note_change)
        sa.event.listen(sa.Engine, "commit", self._committed)

    def write(self, path: Path, **more: float) -> None:
        """Once the processes it forked have ended: `cpu` is their seconds of the processor and ours."""
        spent = os.times()
        counted = {
            "commits": self._commits.value,
            "round_trips": self._round_trips.value,
            "cpu": sum(spent[:4]),
            **more,
        }
        path.write_text(json.dumps(counted))

    def _count_commands(self) -> None:
        """Each command waits for the server once; IDLE twice, for its `+` and after DONE."""
        command: Any = imaplib.IMAP4._command  # type: ignore[attr-defined]  # not in its stubs

        def counted(imap: imaplib.IMAP4, name: str, *arguments: Any) -> Any:
            _add(self._round_trips, 2 if name == "IDLE" else 1)
            return command(imap, name, *arguments)

        imaplib.IMAP4._command = counted  # type: ignore[attr-defined]  # as above

    def _committed(self, connection: sa.Connection) -> None:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):  # rows that RETURNING gives hide the number of changes
            before, connection.info["changes"] = connection.info.get("changes", 0), driver.total_changes
            changed = driver.total_changes != before
        else:
            changed = connection.info.pop("changed", False)
        if changed:
            self.committed()


def _note_change(connection: sa.Connection, cursor: Any, sql: str, _values: Any, _context: Any, _many: bool) -> None:
    if sql.startswith(_CHANGES) and cursor.rowcount != 0:
        connection.info["changed"] = True


def _add(counter: Any, number: int) -> None:
    with counter:
        counter.value += number
