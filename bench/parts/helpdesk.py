"""The same requests, to mailbot and to django-helpdesk's mail fetch: each answers every mail once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench import place
from bench.asked import Asked, say
from bench.found import Found, Line
from bench.measure import backlog
from bench.place import ROOT, Place
from bench.requests import sender

VERSION = "2.6.1"
MAILS, SMOKE = 1_000, 10
_HOME = ROOT / "build" / "helpdesk"
_PYTHON = str(_HOME / "bin" / "python")
_BOTH = ("mailbot", "helpdesk")
_WANTED = f"django-helpdesk=={VERSION}"


def measured(asked: Asked) -> Found:
    """Both in turns; django-helpdesk is installed into build/ first, if it is not there."""
    _install()
    mails = asked.mails or asked.size(MAILS, SMOKE)
    rates: dict[str, list[float]] = {who: [] for who in _BOTH}
    cpu: dict[str, list[float]] = {who: [] for who in _BOTH}
    with place.opened("sqlite") as here:
        for run in range(asked.runs):
            theirs, ours = _fetch(here, mails), backlog(here, "mailbot", mails)
            for who, rate, spent in (("helpdesk", *theirs), ("mailbot", ours.rate, ours.cpu_ms)):
                rates[who].append(rate)
                cpu[who].append(spent)
                say(f"run {run + 1}, {who}: {rate:.1f} mails a second")
    lines = (
        Line("requests answered a second", *(round(median(rates[who]), 1) for who in ("mailbot", "helpdesk"))),
        Line(
            "processor ms a mail (mailbot's with its start)",
            *(round(median(cpu[who]), 2) for who in ("mailbot", "helpdesk")),
        ),
    )
    about = f"{mails:,} requests of 5 kB, SQLite, {asked.runs} runs in turns; nothing is promised."
    return Found(
        about, f"get_email of {_WANTED}, which answers each with its letter", lines, {"rates": rates, "cpu": cpu}
    )


def _install() -> None:
    """Into an environment of its own: it is no dependency of mailbot's."""
    if not Path(_PYTHON).exists():
        subprocess.run([sys.executable, "-m", "venv", _HOME], check=True)
    pip = [_PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
    if _WANTED not in installed.splitlines():
        say(f"installing {_WANTED} into build/")
        subprocess.run([*pip, "install", _WANTED], check=True, stdout=sys.stderr)


def _fetch(here: Place, mails: int) -> tuple[float, float]:
    """Mails a second from the start of the fetch to the last SMTP 250, and processor milliseconds a mail."""
    address, counted = here.filled(mails), here.folder / "helpdesk.json"
    database = here.new_database().removeprefix("sqlite:///")
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "bench.helpdesk.settings",
        "HELPDESK_ADDRESS": address,
        "HELPDESK_PASSWORD": here.dovecot.password,
        "HELPDESK_IMAP_PORT": str(here.dovecot.imaps_port),
        "HELPDESK_SMTP_PORT": str(here.sink_port),
        "HELPDESK_DATABASE": database,
        "HELPDESK_MEDIA": f"{database}.media",
    }
    run = [_PYTHON, "-m", "bench.helpdesk.fetch", str(counted)]
    subprocess.run(run, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    costs = json.loads(counted.read_text())
    letters = [here.letter(10) for _ in range(mails)]
    if {letter.recipient for letter in letters} != {sender(number) for number in range(mails)}:
        raise RuntimeError("django-helpdesk has not answered every request")
    return mails / (letters[-1].moment - costs["started"]), costs["cpu"] * 1000 / mails
