"""SMTP misbehaves."""

from __future__ import annotations

from collections.abc import Callable

from bench.faults.round import Round
from tests.servers.smtp import DROP, KEEP_AND_DROP, Envelope, Stage

Fault = Callable[[Round], None]


def _answers(stage: Stage, words: str, times: int = 1) -> Fault:
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


def _slow_answer(one: Round) -> None:
    waited: list[bool] = []

    def slowly(_: Envelope) -> None:
        if not waited:
            waited.append(True)
            one.wait(4)

    one.desk.sink.after = [slowly]
    one.desk.start()
    one.asks(2)
    one.settle()


FAULTS: dict[str, Fault] = {
    "one recipient refused": _refused_recipients,
    **{f"4xx at {stage}": _answers(stage, "451 4.3.0 later") for stage in ("MAIL", "RCPT", "DATA")},
    **{f"5xx at {stage}": _answers(stage, "554 5.7.1 no") for stage in ("MAIL", "RCPT", "DATA")},
    "throttled: 432 4.3.2, three times": _answers("MAIL", "432 4.3.2 concurrent connections", 3),
    "gone at MAIL": _answers("MAIL", DROP),
    "gone at RCPT": _answers("RCPT", DROP),
    "gone after the dot, nothing kept": _answers("DATA", DROP),
    "gone after the dot, letter taken": _answers("DATA", KEEP_AND_DROP),
    "a slow answer after the dot": _slow_answer,
}
