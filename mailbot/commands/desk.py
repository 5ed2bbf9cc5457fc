"""What most commands need: the settings, the office and the store, opened for one command and closed after it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from mailbot import settings as settings_module
from mailbot.actions import Office
from mailbot.app import clock_of, open_store
from mailbot.settings import Settings
from mailbot.store import Store

console = Console(highlight=False, soft_wrap=True)
_config_folder: list[Path | None] = [None]


def set_config_folder(folder: Path | None) -> None:
    """The folder that `--config` named, for the command that follows."""
    _config_folder[0] = folder


def config_folder() -> Path:
    """The folder that was named, or config/ here."""
    return _config_folder[0] or Path("config")


def load_settings(*, account: bool = True) -> Settings:
    """The settings; without `account` also where no mailbox has been set, for commands that need none."""
    return settings_module.load(_config_folder[0], account=account)


@dataclass(frozen=True)
class Desk:
    """One command's view of everything."""

    office: Office
    store: Store
    now: datetime

    @property
    def settings(self) -> Settings:
        return self.office.settings

    def viewed(self, what: str, referral_id: int | None = None) -> None:
        """Somebody looked at people's data: who, when and at what."""
        with self.store.transaction(self.now) as tx:
            tx.audit.add("viewed", actor=who(), referral_id=referral_id, by=what)


@contextmanager
def open_desk() -> Iterator[Desk]:
    """The configuration and the store, for one command."""
    settings = load_settings()
    clock = clock_of(settings)
    store = open_store(settings, clock)
    try:
        yield Desk(Office.open(settings), store, clock.now())
    finally:
        store.close()


def who() -> str:
    """Who is at the keyboard, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at this machine"


def print_json(data: Any) -> None:
    """Data for programs: UTF-8 JSON on standard output."""
    print(json.dumps(data, indent=2, ensure_ascii=False, default=str))  # noqa: T201 - no wrapping, no colours


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows for people; on something that is not a terminal they are plain lines."""
    if not rows:
        return
    if not console.is_terminal:
        console.print(title, markup=False)
        for row in rows:
            console.print("  " + "  ".join(str(cell) for cell in row), markup=False)
        return
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)
