"""`python -m bench.faults`: one bad day after another; bench/faults.json keeps what was counted.

Status 1 where anything was lost or went twice. Needs Dovecot. Links that drop packets are shown by a proxy that
swallows everything, and servers are waited for by seconds where mailbot waits for minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.faults import machine as machine_faults
from bench.faults import mailbox, sending
from bench.faults.round import Round, impatient
from bench.report import machine
from tests.servers import dovecot
from tests.servers.dovecot import Dovecot
from tests.servers.net import short_folder
from tests.servers.proxy import Proxy
from tests.servers.smtp import SmtpSink
from tests.stories.desk import Desk

KEPT = Path(__file__).parents[1] / "faults.json"
FAULTS = {**mailbox.FAULTS, **sending.FAULTS, **machine_faults.FAULTS}
SMOKE = ("gone in FETCH", "throttled at LOGIN, with a back-off", "gone after the dot, letter taken", "database locked")
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
    with dovecot.running() as server:
        for name in names:
            found[name] = _one(server, name)
            print(_line(name, found[name]), flush=True)
    if not asked.smoke and not asked.only:
        KEPT.write_text(json.dumps({"machine": machine(), "faults": found}, indent=2) + "\n")
    wrong = sum(len(one["wrong"]) for one in found.values())
    print(f"{len(found)} faults, {wrong} things lost or twice")
    return int(wrong > 0)


def _one(server: Dovecot, name: str) -> dict[str, Any]:
    began = time.monotonic()
    with _round(server, name) as one:
        try:
            FAULTS[name](one)
            one.account()
        except AssertionError as error:
            one.faults.append(f"lost: {str(error).splitlines()[0]}")
        if one.faults:
            _keep_for_looking(name, one)
    return {**one.figures, "seconds": round(time.monotonic() - began), "wrong": one.faults}


@contextlib.contextmanager
def _round(server: Dovecot, name: str) -> Iterator[Round]:
    proxy = Proxy(server.imaps_port, server.certificate)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(short_folder("fault-"))
        sink = stack.enter_context(SmtpSink().running())
        stack.enter_context(proxy.running())
        stack.enter_context(_disk(folder, small=name == "disk full"))
        desk = Desk(server, sink, folder, MAILBOX__PORT=str(proxy.port), **_SETTINGS)
        desk.hook = impatient
        stack.callback(desk.close)
        yield Round(desk, proxy)


@contextlib.contextmanager
def _disk(folder: Path, *, small: bool) -> Iterator[None]:
    """The folder on a disk of its own with four megabytes, where we may mount one."""
    if not small:
        yield
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        raise AssertionError("no disk may be mounted here")
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
    mails, letters = found.get("mails", 0), found.get("letters", 0)
    return f"{name:<42}{mails:>4} mails{letters:>4} letters{found['seconds']:>5} s  {verdict}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--smoke", action="store_true", help="only whether it works: four faults, nothing is kept")
    parser.add_argument("--only", default="", help="the faults with these words in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
