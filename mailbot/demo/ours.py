"""mailbot's settings in the demo: a mailbox, a sender and a database of its own, all on this machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from mailbot.demo import people
from mailbot.demo.mailserver import AUTHSERV_ID, HOST, DemoMail
from mailbot.settings import Settings


def settings(folder: Path, server: DemoMail, week: datetime) -> Settings:
    return Settings.model_validate(_values(folder, server, week))


def _values(folder: Path, server: DemoMail, week: datetime) -> dict[str, object]:
    return {
        "mode": "send",
        "folder": folder / "config",
        "clock_file": folder / "clock",
        "mailbox": {
            "address": people.TEAM, "host": HOST, "port": server.imap_port, "tls": "plain", "password": server.password,
            "authserv_id": AUTHSERV_ID, "start_from": week - timedelta(hours=1), "file_every_seconds": 1,
            "look_every_seconds": 2,  # pymap does not announce what comes just as it is told to wait
        },
        "sender": {"host": HOST, "port": server.smtp_port, "tls": "plain", "username": "-"},
        "database": {"url": f"sqlite:///{folder / 'mailbot.db'}"},
        "staff": {"addresses": [people.CHAIR]},
        "referrals": {"also_secure": ["probation.example", "cmht.example"]},
        "meeting": {"dial_in": "01632 960400, then 1234"},
        "alarms": {"canary_hours": 0, "silence_hours": 0},
    }  # fmt: skip


def settings_toml(folder: Path, server: DemoMail, week: datetime) -> str:
    """The same settings as a file, for commands in another terminal, which need no password."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in _values(folder, server, week).items():
        if isinstance(value, dict):
            tables.append(f"\n[{key}]")
            tables.extend(f"{name} = {_toml(one)}" for name, one in value.items() if name != "password")
        elif key != "folder":
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
