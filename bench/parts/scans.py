"""Single requests that come while a backlog of scans is being read, beside the bare loop while the same is read."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from bench import maildir, place, returned
from bench.asked import Asked, say
from bench.found import Found, Line
from bench.measure import backlog, p95, single
from bench.parts.requests import LOOPS, MEDIAN, P95
from bench.place import ROOT, Place, Run, Who
from tests.servers.proxy import Proxy

_FIRST = 120.0  # seconds until the first scan has been read


def measured(asked: Asked) -> Found:
    """Both loops in turns, each beside one child that reads."""
    mails = -(-asked.single // asked.runs)
    seen: dict[Who, list[float]] = {who: [] for who in LOOPS}
    with place.opened("sqlite") as here:
        backlog(here, "mailbot", 5)
        for run in range(asked.runs):
            for who in LOOPS:
                found = (_bare if who == "bare" else _mailbot)(here, mails)
                seen[who] += found
                say(f"run {run + 1}, {who}: {len(found)} single mails, {min(found):.1f} to {max(found):.1f} ms")
    middle, late = ({who: round(of(seen[who]), 2) for who in LOOPS} for of in (median, p95))
    lines = (
        Line("EXISTS to SMTP 250, median, ms", middle["mailbot"], middle["bare"], at_most=MEDIAN),
        Line("EXISTS to SMTP 250, 95 of 100, ms", late["mailbot"], late["bare"], at_most=P95),
    )
    about = f"{mails * asked.runs} single requests while scans of seven pages are being read, one after the other."
    return Found(about, "the bare loop while the same scans are being read", lines, {"latencies_ms": seen})


def _bare(here: Place, mails: int) -> list[float]:
    address = here.filled(0)
    proxy = Proxy(here.dovecot.imaps_port, here.dovecot.certificate)
    with proxy.running(), _read_over_and_over(here), here.running("bare", address, port=proxy.port) as run:
        return [single(here, run, proxy, address, number) for number in range(mails)]


@contextlib.contextmanager
def _read_over_and_over(here: Place) -> Iterator[None]:
    """The load of a reader that has a backlog."""
    paths = [here.folder / f"scan{number}.pdf" for number in range(returned.SCANS)]
    for number, path in enumerate(paths):
        path.write_bytes(returned.scan(number))
    command = [sys.executable, "-m", "bench.reading", *map(str, paths)]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            yield
        finally:
            process.terminate()


def _mailbot(here: Place, mails: int) -> list[float]:
    address, scans = here.dovecot.new_address(), 4 + 2 * mails
    made = (returned.mail(one, address, f"nurse{one}@nhs.example", returned.scan(one)) for one in range(scans))
    maildir.filled(here.dovecot, address, ((raw, time.time()) for raw in made))
    proxy = Proxy(here.dovecot.imaps_port, here.dovecot.certificate)
    with proxy.running(), here.running("mailbot", address, port=proxy.port) as run:
        run.wait(lambda: _read(run) > 0, "the first scan", _FIRST)
        found = [single(here, run, proxy, address, number) for number in range(mails)]
        assert _read(run) < scans, "the scans were read before the measure was over"
        return found


def _read(run: Run) -> int:
    return run.log.read_text().count('"files_read"')
