"""One bad mail never stops the line: it is set aside, staff are told once, and it can be taken again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories import breaker
from tests.stories.conftest import OpenDesk
from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, JO, SAM


def mail_states(desk: Desk) -> list[str]:
    with desk.ledger() as tx:
        return [tx.mails.get(number)["state"] for number in range(1, len(desk.kinds()) + 1)]


def test_a_mail_that_breaks_the_code(open_desk: OpenDesk) -> None:
    desk = open_desk().start(breaker.raises_at_the_mark)
    desk.receive(JO, breaker.MARK)
    desk.receive(SAM)
    desk.quiet()

    assert mail_states(desk) == ["set_aside", "handled"]
    assert desk.letter("form").to == "sam.okafor@council.example"
    told = desk.letter("needs-a-person")
    assert told.to == CHAIR
    assert "A mail could not be handled and was set aside (RuntimeError). The others go on." in told.text
    assert "mailbot do 1 retry" in told.text
    assert desk.folders() == {"Handled": 1, "Needs a person": 1, "Sent": 2}
    assert "jo.smith" not in desk.log

    desk.stop()
    desk.start()  # mended
    assert "handled again" in desk.command("retry", "1")
    desk.quiet()

    assert mail_states(desk) == ["handled", "handled"]
    assert desk.letter("form", "jo.smith@probation.example")
    assert len(desk.letters("needs-a-person")) == 1
    assert desk.waiting() == []


@pytest.mark.parametrize("break_it", [breaker.dies_at_the_mark, breaker.hangs_at_the_mark], ids=["dies", "hangs"])
def test_a_mail_that_ends_the_process_takes_no_other_with_it(open_desk: OpenDesk, break_it: Callable[[], None]) -> None:
    desk = open_desk()
    desk.receive(JO, breaker.MARK)
    desk.receive(SAM)
    for _ in range(3):
        desk.launch(break_it)
        desk.until(lambda: desk.has_died, "it is still alive")
        desk.kill()
    desk.start(break_it)
    desk.quiet()

    assert mail_states(desk) == ["set_aside", "handled"]
    assert [letter.name for letter in desk.letters(to="sam.okafor@council.example")] == ["form"]
    assert "mailbot do 1 retry" in desk.letter("needs-a-person").text


def test_a_mail_beyond_the_limit(open_desk: OpenDesk) -> None:
    desk = open_desk(MAILBOX__LARGEST_MAIL_MB="1").start()
    desk.receive(JO, files={"film.bin": bytes(1_000_000)})
    desk.receive(SAM)
    desk.quiet()

    assert mail_states(desk) == ["set_aside", "handled"]
    assert desk.letter("needs-a-person").to == CHAIR
    assert "look in the mailbox" in desk.command("retry", "1", status=1)
