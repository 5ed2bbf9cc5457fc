"""Forms that wait to be read, by two replicas on one PostgreSQL beside one: each reads with one child at a time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median

from bench import maildir, place, returned
from bench.asked import Asked, say
from bench.found import Found, Line
from bench.place import Place, Run
from mailbot.store import MailState, Store

AT_LEAST = 1.6
_FORMS: dict[str, tuple[Callable[[int], bytes], int, int]] = {  # how they come back: whole, and with --smoke
    "PDF": (returned.pdf, 60, 2),
    "scan": (returned.scan, 24, 1),
}
_UNFINISHED = (MailState.NEW, MailState.READING, MailState.READY)
_PATIENCE = 900.0


def measured(asked: Asked) -> Found:
    """One replica and two, in turns, once for each way that forms come back."""
    lines, figures = [], {}
    with place.opened("postgres") as here:
        for how, (make, whole, smoke) in _FORMS.items():
            forms = [make(number) for number in range(asked.size(whole, smoke))]
            rates: dict[int, list[float]] = {1: [], 2: []}
            for run in range(asked.runs):
                for replicas, seen in rates.items():
                    seen.append(len(forms) / _seconds(here, replicas, forms))
                    say(f"run {run + 1}, {replicas} at work: {seen[-1]:.2f} forms ({how}) a second")
            figures[how] = rates
            one, two = (round(median(rates[replicas]), 3) for replicas in rates)
            lines.append(Line(f"forms read a second, each a {how}", two, one, at_least=AT_LEAST))
    about = f"Forms that wait to be read, PostgreSQL, two replicas, {asked.runs} runs in turns."
    return Found(about, "one replica", tuple(lines), figures)


def _seconds(here: Place, replicas: int, forms: Sequence[bytes]) -> float:
    """From when one has signed in to when the last form has been acted upon."""
    address, database = here.dovecot.new_address(), here.new_database()
    mails = (returned.mail(number, address, f"referrer{number}@nhs.example", form) for number, form in enumerate(forms))
    maildir.filled(here.dovecot, address, ((raw, time.time()) for raw in mails))
    store = Store(database)
    store.upgrade()
    with contextlib.closing(store), contextlib.ExitStack() as stack:
        runs = [stack.enter_context(here.running("mailbot", address, database=database)) for _ in range(replicas)]
        runs[0].wait(lambda: any(map(_watches, runs)), "one of them signed in", _PATIENCE)
        runs[0].wait(lambda: _finished(store, len(forms)), "every form acted upon", _PATIENCE)
        ended = time.monotonic()
        return ended - min(run.opened_at() for run in runs if _watches(run))


def _watches(run: Run) -> bool:
    """Only one of several does."""
    return '"mailbox_open"' in run.log.read_text()


def _finished(store: Store, mails: int) -> bool:
    with store.look(datetime.now(UTC)) as tx:
        counted = tx.mails.count_by_state()
    assert not counted.get(MailState.SET_ASIDE), "a form was set aside"
    return sum(counted.values()) == mails and not any(counted.get(state) for state in _UNFINISHED)
