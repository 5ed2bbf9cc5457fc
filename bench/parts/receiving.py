"""Receive alone on large mails, beside the least that fetching and storing can be."""

from __future__ import annotations

import time
from statistics import median

from bench import maildir, place, returned
from bench.asked import Asked, say
from bench.found import Found, Line
from bench.place import Place, Who

MAILS, SMOKE = 500, 12
AT_LEAST = 0.6
_LOOPS: tuple[Who, ...] = ("storing", "receiving")


def measured(asked: Asked) -> Found:
    """Both in turns, on the same mailbox: neither changes anything there."""
    mails = asked.size(MAILS, SMOKE)
    seen: dict[Who, list[float]] = {who: [] for who in _LOOPS}
    costs: dict[Who, dict[str, float]] = {}
    with place.opened("sqlite") as here:
        address = here.dovecot.new_address()
        now = time.time()
        maildir.filled(here.dovecot, address, ((returned.large(one, address), now) for one in range(mails)))
        for run in range(asked.runs):
            for who in _LOOPS:
                costs[who] = _run(here, who, address, mails)
                seen[who].append(mails / costs[who]["seconds"])
                say(f"run {run + 1}, {who}: {seen[who][-1]:.0f} mails a second")
    bare, ours = (round(median(seen[who]), 1) for who in _LOOPS)
    lines = (
        Line("mails of 412 kB kept a second", ours, bare, at_least=AT_LEAST),
        Line("peak memory, MB", costs["receiving"]["peak_mb"], costs["storing"]["peak_mb"]),
    )
    about = f"receive alone, {mails} mails of 412 kB, SQLite, {asked.runs} runs in turns."
    return Found(about, "fetching and storing alone", lines, {"rates": seen, "costs": costs})


def _run(here: Place, who: Who, address: str, mails: int) -> dict[str, float]:
    with here.running(who, address, arguments=[str(mails)], MODE="observe") as run:
        run.process.wait(600)
    return run.costs()
