"""E3: a machine answers each of our letters, and we answer none of its: a war ends after one letter."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.smtp import Envelope
from tests.stories.desk import Desk
from tests.stories.mails import JO, Letter


def answers_every_letter(desk: Desk, **headers: str) -> Callable[[Envelope], None]:
    """A machine that asks for the form again whenever it gets a letter."""

    def answer(envelope: Envelope) -> None:
        letter = Letter(envelope.recipients, envelope.raw)
        desk.receive(JO, words="Please can you send me the referral form?", answers=letter, **headers)

    return answer


def test_a_machine_that_says_so_is_never_answered(desk: Desk) -> None:
    desk.sink.after = [answers_every_letter(desk, Auto_Submitted="auto-replied")]
    desk.receive(JO)
    desk.quiet()

    assert desk.kinds() == ["form_request", "automatic"]
    assert len(desk.letters()) == 1


def test_a_machine_that_passes_for_a_person_meets_the_limit(desk: Desk) -> None:
    desk.sink.after = [answers_every_letter(desk)]
    desk.receive(JO)
    desk.quiet()

    assert desk.kinds() == ["form_request"] * 3
    assert [letter.name for letter in desk.letters()] == ["form", "form"]
