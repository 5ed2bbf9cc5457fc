"""What a process costs, counted inside it: commits that changed something, IMAP round trips, memory, processor time."""

from __future__ import annotations

import imaplib
import json
import os
import resource
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa


class Counts:
    """Counts from the moment it is made; `write` puts them into a file."""

    def __init__(self) -> None:
        self.commits = self.round_trips = 0
        self._count_commands()

    def count_commits(self) -> None:
        """Count every commit of SQLAlchemy that changed something; only looking is not counted."""
        if not os.environ.get("MAILBOT_DATABASE__URL", "").startswith("sqlite"):  # SQLite counts by itself
            sa.event.listen(sa.Engine, "after_cursor_execute", _note_change)
        sa.event.listen(sa.Engine, "commit", self._committed)

    def write(self, path: Path, **more: float) -> None:
        counted = {
            "commits": self.commits,
            "round_trips": self.round_trips,
            "peak_mb": _peak_mb(),
            "cpu": time.process_time(),
            **more,
        }
        path.write_text(json.dumps(counted))

    def _count_commands(self) -> None:
        """Each command waits for the server once; IDLE twice, for its `+` and after DONE."""
        command: Any = imaplib.IMAP4._command  # type: ignore[attr-defined]  # not in its stubs

        def counted(imap: imaplib.IMAP4, name: str, *arguments: Any) -> Any:
            self.round_trips += 2 if name == "IDLE" else 1
            return command(imap, name, *arguments)

        imaplib.IMAP4._command = counted  # type: ignore[attr-defined]  # as above

    def _committed(self, connection: sa.Connection) -> None:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):  # rows that RETURNING gives hide the number of changes
            before, connection.info["changes"] = connection.info.get("changes", 0), driver.total_changes
            self.commits += driver.total_changes != before
        else:
            self.commits += connection.info.pop("changed", False)


def _note_change(connection: sa.Connection, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:
    if (context.isinsert or context.isupdate or context.isdelete) and cursor.rowcount != 0:
        connection.info["changed"] = True


def _peak_mb() -> float:
    """Linux counts its parent's memory into `ru_maxrss` of a new process; VmHWM is this one's alone."""
    status = Path("/proc/self/status")
    if not status.exists():
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1)
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)
