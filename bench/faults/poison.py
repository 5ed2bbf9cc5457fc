"""Mail that breaks things: set aside at its third strike at the latest, staff told once, the others go on."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.faults.fault import Fault
from bench.faults.round import Round
from mailbot.store import MailState
from tests.stories import breaker

_OTHERS = 5


def _poison(break_it: Callable[[], None], deaths: int = 0) -> Fault:
    """One such mail among others; the process may die of it so many times, and is started again each time."""

    def fault(one: Round) -> None:
        one.desk.receive("Ann Fry <ann.fry@council.example>", breaker.MARK, "Please can you send me the form?")
        one.given += 1
        one.asks(2)
        for _ in range(deaths):
            one.desk.launch(break_it)
            one.desk.until(lambda: one.desk.has_died, "it did not die")
            one.desk.kill()
        one.desk.start(break_it)
        one.settle()
        one.told(1)
        with one.desk.ledger() as tx:
            if tx.mails.get(1)["state"] != MailState.SET_ASIDE:
                one.faults.append("lost: it was not set aside")
        began = time.monotonic()
        one.asks(_OTHERS)
        one.settle()
        one.figures["seconds_of_five_others"] = round(time.monotonic() - began)

    return Fault(fault)


FAULTS = {
    "poison: a mail that raises": _poison(breaker.raises_at_the_mark),
    "poison: a mail that kills the process": _poison(breaker.dies_at_the_mark, deaths=3),
    "poison: a mail that hangs": _poison(breaker.hangs_at_the_mark, deaths=3),
    "poison: a mail that eats memory": _poison(breaker.eats_memory_at_the_mark),
}
