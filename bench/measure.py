"""The two measures: a backlog of mails that wait, and single mails that come while all is quiet."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.place import Letter, Place, Run, Who
from bench.requests import request, sender
from mailbot.store import Store
from tests.servers.proxy import Proxy

QUIET = 0.8  # seconds without a line on the IMAP connections before the next single mail comes
_PATIENCE = 60.0


@dataclass(frozen=True)
class Backlog:
    """One backlog: mails a second, and what each mail cost."""

    rate: float
    commits: float
    round_trips: float
    peak_mb: float
    cpu_ms: float


def backlog(place: Place, who: Who, mails: int) -> Backlog:
    """From sign-in to the last SMTP 250; the costs until everything is filed and copied, too."""
    address = place.filled(mails)
    with place.running(who, address) as run:
        letters = _letters(place, run, mails)
        _check(who, letters, {sender(number) for number in range(mails)})
        seconds = letters[-1].moment - run.opened_at()
        if who == "mailbot":
            run.wait(_finished(run, address), "filing and copies", _PATIENCE + mails * 0.05)
    costs = run.costs()
    commits, round_trips = costs["commits"] / mails, costs["round_trips"] / mails
    return Backlog(mails / seconds, commits, round_trips, costs["peak_mb"], costs["cpu"] * 1000 / mails)


def latency(place: Place, who: Who, mails: int) -> list[float]:
    """Milliseconds from the server's EXISTS, as the proxy passed it on, to the 250 of the answer; one for each mail."""
    address = place.filled(0)
    proxy = Proxy(place.dovecot.imaps_port, place.dovecot.certificate)
    with proxy.running(), place.running(who, address, port=proxy.port) as run:
        return [single(place, run, proxy, address, number) for number in range(mails)]


def single(place: Place, run: Run, proxy: Proxy, address: str, number: int) -> float:
    """The same for one mail, whose letter is told from others by whom it goes to."""
    run.wait(lambda: _quiet(proxy), "quiet", _PATIENCE)
    before, watching = time.monotonic(), proxy.idling()
    place.dovecot.deliver(request(number, address), address, envelope_from=sender(number))
    letter = place.letter_to(sender(number), _PATIENCE)
    told = proxy.when(b" EXISTS", before, watching)  # other connections are told how many there are in Sent
    assert told is not None, "answered before the server told of it"
    return (letter.moment - told) * 1000


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def _letters(place: Place, run: Run, mails: int) -> list[Letter]:
    try:
        return [place.letter(_PATIENCE) for _ in range(mails)]
    except TimeoutError:
        run.wait(lambda: False, "all letters", 0)
        raise


def _check(who: Who, letters: list[Letter], senders: set[str]) -> None:
    """Everybody who asked has got the form, once."""
    if sorted(letter.recipient for letter in letters) != sorted(senders) or {one.name for one in letters} != {"form"}:
        raise RuntimeError(f"{who} has not answered every request with the form")


def _finished(run: Run, address: str) -> Callable[[], bool]:
    store = Store(run.database_url)

    def finished() -> bool:
        time.sleep(0.2)
        with contextlib.closing(store), store.look(datetime.now(UTC)) as tx:
            return not tx.mails.any_unfiled(address, "INBOX") and not tx.letters.copies_due(1)

    return finished


def _quiet(proxy: Proxy) -> bool:
    """Signed in, waiting in IDLE, and nothing said for a while."""
    return proxy.commands(b"IDLE") > 0 and time.monotonic() - proxy.lines[-1].moment > QUIET
