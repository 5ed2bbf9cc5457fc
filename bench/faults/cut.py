"""Half-open connections: a cable is cut, and neither end is told. Both servers are behind a network namespace."""

from __future__ import annotations

from collections.abc import Callable

from bench.faults.fault import Fault
from bench.faults.round import Round

_SECONDS = 12  # the cable is cut for longer than a silent connection is believed in


def _in_idle(one: Round) -> None:
    one.desk.start()
    one.asks()
    one.settle()
    one.desk.until(lambda: one.proxy.commands(b"IDLE"), "it does not wait")
    _cut(one)
    one.asks(2)
    one.wait(_SECONDS)
    noticed = "mailbox_fault" in one.desk.events()
    _mend(one)
    one.settle()
    if not noticed:
        one.faults.append("lost: that the connection is dead was not noticed while it was")


def _at(road: str, word: bytes, *, whole_line: bool = False) -> Callable[[Round], None]:
    """Cut as mailbot says that word; what it says next, and every answer, is dropped."""

    def fault(one: Round) -> None:
        one.desk.start()
        one.asks()
        one.settle()
        proxy = one.proxy if road == "mailbox" else one.smtp
        proxy.before(word, lambda: _cut(one), whole_line=whole_line)
        one.asks(2)
        one.desk.until(lambda: proxy.struck, "nothing was cut")
        one.wait(_SECONDS)
        _mend(one)
        one.settle()

    return fault


def _cut(one: Round) -> None:
    assert one.cable
    one.cable.cut()


def _mend(one: Round) -> None:
    assert one.cable
    one.cable.mend()


_SLOWLY = {"MAILBOX__RENEW_IDLE_SECONDS": "120", "MAILBOX__LOOK_EVERY_SECONDS": "60"}
_SOON = {"SENDER__ANSWER_TIMEOUT_SECONDS": "4"}
FAULTS = {
    "packets dropped in IDLE": Fault(_in_idle, _SLOWLY, cable=True),
    "packets dropped in FETCH": Fault(_at("mailbox", b"BODY.PEEK[]"), cable=True),
    "packets dropped in MOVE": Fault(_at("mailbox", b" MOVE "), cable=True),
    "packets dropped at MAIL": Fault(_at("sender", b"MAIL FROM"), _SOON, cable=True),
    "packets dropped after the dot": Fault(_at("sender", b".", whole_line=True), _SOON, cable=True),
}
