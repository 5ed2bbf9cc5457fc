"""SMTP misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable

from bench.faults.fault import Fault
from bench.faults.round import Round
from mailbot.store import LetterState
from tests.servers.net import Certificate
from tests.servers.proxy import Change
from tests.servers.smtp import DROP, KEEP_AND_DROP, Envelope, SmtpSink, Stage

Happens = Callable[[Round], None]


def _answers(stage: Stage, words: str, times: int = 1) -> Happens:
    """The first letters are answered so at that stage."""

    def fault(one: Round) -> None:
        left = [times]

        def answer(at: Stage, _envelope: Envelope) -> str | None:
            if at != stage or not left[0]:
                return None
            left[0] -= 1
            return words

        one.desk.sink.answer = answer
        one.desk.start()
        one.asks(3)
        one.settle()

    return fault


def _refused_recipients(one: Round) -> None:
    def answer(at: Stage, envelope: Envelope) -> str | None:
        return "550 5.1.1 no such user" if at == "RCPT" and "jo.2@" in envelope.recipients[0] else None

    one.desk.sink.answer = answer
    one.desk.start()
    one.asks(3)
    one.settle()


def _says(verb: bytes, words: bytes) -> Happens:
    """The server's answer to that verb, once, is another."""

    def fault(one: Round) -> None:
        one.smtp.answer(verb, words + b"\r\n", tagged=False)
        one.desk.start()
        one.asks(3)
        one.settle()
        one.happened(one.smtp.struck == 1)

    return fault


def _greets(words: bytes) -> Happens:
    def fault(one: Round) -> None:
        one.smtp.changes = [Change(b"220 ", words, times=1)]
        one.desk.start()
        one.asks(3)
        one.settle()
        one.happened(one.smtp.struck == 1)

    return fault


def _slow_answer(seconds: float) -> Happens:
    def fault(one: Round) -> None:
        waited: list[bool] = []

        def slowly(_: Envelope) -> None:
            if not waited:
                waited.append(True)
                one.wait(seconds)

        one.desk.sink.after = [slowly]
        one.desk.start()
        one.asks(2)
        one.settle()
        one.happened(bool(waited))

    return fault


def _not_offered(*extensions: bytes) -> Happens:
    """The server takes these off its list; nothing is sent that would need them."""

    def fault(one: Round) -> None:
        one.smtp.changes = [Change(b"250-" + one_of + b"\r\n", b"") for one_of in extensions]
        one.desk.start()
        one.asks(3)
        one.settle()
        one.happened(one.smtp.struck >= len(extensions))

    return fault


def _stripped(one: Round) -> None:
    """Somebody between us and the server takes its offer of TLS away: nothing leaves, and it leaves once it is back."""
    one.smtp.changes = [Change(b"250-STARTTLS\r\n", b"")]
    one.desk.start()
    one.asks(2)
    _nothing_leaves(one)
    one.smtp.changes = []
    one.settle()
    if any(re.match(rb"(MAIL|AUTH)", line.text) for line in one.smtp.lines):
        one.faults.append("lost: something was said without TLS")


def _refused(one: Round) -> None:
    """The password was changed; letters wait, and leave when it is right again."""
    right, one.desk.sink.password = one.desk.sink.password, "another"
    one.desk.start()
    one.asks(2)
    _nothing_leaves(one)
    one.desk.sink.password = right
    one.settle()


def _nothing_leaves(one: Round) -> None:
    one.desk.until(lambda: _waiting(one) == 2, "no letter was tried")
    one.wait(3)
    one.happened(not one.desk.letters() and one.smtp.lines != [])


def _waiting(one: Round) -> int:
    with one.desk.ledger() as tx:
        refused = tx.letters.oldest_refused() is not None
        return tx.letters.count_by_state().get(LetterState.READY, 0) if refused else 0


def _too_large(one: Round) -> None:
    """The server says how much it takes, and the form is more: a person is asked, and sends it when it may go."""
    one.smtp.changes = [Change(b"SIZE 40000000", b"SIZE 60000")]
    one.desk.start()
    one.asks(2)
    one.settle()
    one.happened(one.smtp.struck > 0 and not one.desk.letters("form"))
    one.smtp.changes = []
    one.wait(3)  # until the connection that has heard it is given up
    for item in one.desk.waiting():
        one.desk.command("do", str(item["id"]), "send-again", "--as", "Ann")
    one.settle()
    if len(one.desk.letters("form")) != 2:
        one.faults.append("lost: a form that a person sent again")


def _with_tls(certificate: Certificate) -> SmtpSink:
    return SmtpSink(tls="starttls", certificate=certificate)


def _one_by_one(_: Certificate) -> SmtpSink:
    """No PIPELINING: the proxy answers in the server's place, and only one command."""
    return SmtpSink(pipelining=False)


def _with_password(_: Certificate) -> SmtpSink:
    return SmtpSink(password="tangible")


_REFUSALS: dict[str, Happens] = {
    "one recipient refused": _refused_recipients,
    "4xx in place of a greeting": _greets(b"421 "),
    "4xx at EHLO": _says(b"ehlo", b"421 4.3.0 later"),
    **{f"4xx at {stage}": _answers(stage, "451 4.3.0 later") for stage in ("MAIL", "RCPT")},
    "4xx after the dot": _answers("DATA", "451 4.3.0 later"),
    **{f"5xx at {stage}": _answers(stage, "554 5.7.1 no") for stage in ("MAIL", "RCPT")},
    "5xx after the dot": _answers("DATA", "554 5.7.1 no"),
    "throttled: 432 4.3.2, three times": _answers("MAIL", "432 4.3.2 concurrent connections", 3),
    "gone at MAIL": _answers("MAIL", DROP),
    "gone at RCPT": _answers("RCPT", DROP),
    "gone after the dot, nothing kept": _answers("DATA", DROP),
    "gone after the dot, letter taken": _answers("DATA", KEEP_AND_DROP),
    "SIZE, 8BITMIME and SMTPUTF8 missing": _not_offered(b"8BITMIME", b"SMTPUTF8", b"SIZE 40000000"),
    "SIZE smaller than the form": _too_large,
}
FAULTS = {
    **{name: Fault(happens) for name, happens in _REFUSALS.items()},
    "4xx at DATA": Fault(_says(b"DATA\r\n", b"451 4.3.0 later"), sink=_one_by_one),
    "5xx at DATA": Fault(_says(b"DATA\r\n", b"554 5.7.1 no"), sink=_one_by_one),
    "4xx at AUTH": Fault(_says(b"AUTH ", b"454 4.7.0 later"), sink=_with_password),
    "sign-in refused": Fault(_refused, sink=_with_password),
    "STARTTLS stripped": Fault(_stripped, sink=_with_tls),
    "a slow answer after the dot": Fault(_slow_answer(4)),
    "an answer after the dot that comes too late": Fault(_slow_answer(7), {"SENDER__ANSWER_TIMEOUT_SECONDS": "3"}),
}
