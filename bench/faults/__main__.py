"""`python -m bench.faults`: one bad day after another; bench/faults.json keeps what was counted.

Status 1 where anything was lost or went twice. Needs Dovecot, and for some PostgreSQL, a network namespace or a small
disk: where these cannot be had it says what is not shown. Servers are waited for by seconds, not minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.faults import cut, database, mailbox, poison, sending
from bench.faults import machine as machine_faults
from bench.faults.fault import Fault
from bench.faults.round import Round, impatient
from bench.report import machine
from tests.servers import cable as cables
from tests.servers import dovecot, postgres
from tests.servers.cable import Cable, NotPermitted
from tests.servers.dovecot import Dovecot
from tests.servers.net import Certificate, NotInstalled, short_folder
from tests.servers.proxy import Proxy
from tests.stories.desk import Desk

KEPT = Path(__file__).parents[1] / "faults.json"
FAULTS: dict[str, Fault] = {
    **mailbox.FAULTS, **cut.FAULTS, **sending.FAULTS, **machine_faults.FAULTS, **database.FAULTS, **poison.FAULTS,
}  # fmt: skip
SMOKE = (
    "gone in FETCH",
    "throttled at LOGIN, with a back-off",
    "announced and empty, then whole",
    "expunged by staff before it is fetched",
    "packets dropped after the dot",
    "STARTTLS stripped",
    "gone after the dot, letter taken",
    "temporary folder full",
    "PostgreSQL stopped and started",
    "poison: a mail that hangs",
)
_SETTINGS = {
    "SENDER__LETTERS_PER_HOUR": "0",
    "SENDER__LETTERS_PER_MINUTE": "0",
    "MAILBOX__RENEW_IDLE_SECONDS": "2",
    "ALARMS__AFTER_MINUTES": "100000",  # alarms are shown elsewhere: here only what was asked for is counted
    "ALARMS__WAITING_MINUTES": "100000",
    "STAFF__REMIND_AFTER_HOURS": "1000",
}


def main() -> int:
    asked = _asked()
    names = [name for name in (SMOKE if asked.smoke else FAULTS) if asked.only in name]
    found = {}
    warnings.filterwarnings("ignore", module="aiosmtpd")  # of passwords without TLS
    with dovecot.running() as server:
        for name in names:
            found[name] = _one(server, name)
            print(_line(name, found[name]), flush=True)
    if not asked.smoke:
        _keep(found)
    wrong = sum(len(one["wrong"]) for one in found.values())
    print(f"{len(found)} faults, {wrong} things lost or twice")
    return int(wrong > 0)


def _keep(found: dict[str, Any]) -> None:
    """What was found, beside what earlier runs found of other faults; those that are no more are left out."""
    kept = json.loads(KEPT.read_text())["faults"] if KEPT.exists() else {}
    faults = {name: one for name in FAULTS if (one := found.get(name, kept.get(name)))}
    KEPT.write_text(json.dumps({"machine": machine(), "faults": faults}, indent=2) + "\n")


def _one(server: Dovecot, name: str) -> dict[str, Any]:
    began = time.monotonic()
    try:
        with _round(server, FAULTS[name]) as one:
            try:
                FAULTS[name].happens(one)
                one.account()
            except AssertionError as error:
                one.faults.append(f"lost: {str(error).splitlines()[0]}")
            if one.faults:
                _keep_for_looking(name, one)
    except (NotPermitted, NotInstalled) as error:
        return {"not_shown": str(error), "seconds": 0, "wrong": []}
    return {**one.figures, "seconds": round(time.monotonic() - began), "wrong": one.faults}


@contextlib.contextmanager
def _round(server: Dovecot, fault: Fault) -> Iterator[Round]:
    """A desk of its own for the fault; raises NotPermitted or NotInstalled where it cannot be shown here."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(short_folder("fault-"))
        sink = stack.enter_context(fault.sink(server.certificate).running())
        cable = stack.enter_context(cables.laid()) if fault.cable else None
        database = stack.enter_context(postgres.running(durable=True)) if fault.postgres else None
        mailbox_road = Proxy(server.imaps_port, server.certificate)
        sender_road = Proxy(sink.port)
        settings = {**_SETTINGS, **fault.settings}
        if cable:
            settings |= _beyond(cable, folder, mailbox_road, sender_road)
        stack.enter_context(mailbox_road.running())
        stack.enter_context(sender_road.running())
        if fault.small_disk:
            stack.enter_context(_disk(folder if fault.small_disk == "of the database" else folder / "tmp"))
        settings |= {"MAILBOX__PORT": str(mailbox_road.port), "SENDER__PORT": str(sender_road.port)}
        desk = Desk(server, sink, folder, database.new_database() if database else "", **settings)
        desk.hook = impatient
        stack.callback(desk.close)
        if fault.small_disk == "of temporary files":
            desk.environment["TMPDIR"] = str(folder / "tmp")
        yield Round(desk, mailbox_road, sender_road, cable, database)


def _beyond(cable: Cable, folder: Path, *roads: Proxy) -> dict[str, str]:
    """Both servers are found on the other machine, and what it shows is for its address."""
    shown = Certificate(folder, cable.there)
    for road in roads:
        road.listen, road.shown = cable.listen, shown
    settings = {"MAILBOX__HOST": cable.there, "MAILBOX__CA_FILE": str(shown.file)}
    return {**settings, "SENDER__HOST": cable.there, "SENDER__PLAIN_ALLOWED": "true"}


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """The folder on a disk of its own with four megabytes, where we may mount one."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        raise NotPermitted("no disk may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def _keep_for_looking(name: str, one: Round) -> None:
    folder = Path("build") / f"fault-{'-'.join(name.split())}".replace(":", "").replace(",", "")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "faults.txt").write_text("\n".join(one.faults) + "\n" + one.desk.log)


def _line(name: str, found: dict[str, Any]) -> str:
    verdict = "; ".join(found["wrong"]) or "nothing lost, nothing twice"
    if reason := found.get("not_shown"):
        verdict = f"not shown here: {reason}"
    mails, letters = found.get("mails", 0), found.get("letters", 0)
    return f"{name:<50}{mails:>4} mails{letters:>4} letters{found['seconds']:>5} s  {verdict}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--smoke", action="store_true", help="only whether it works: some faults, nothing is kept")
    parser.add_argument("--only", default="", help="the faults with these words in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
