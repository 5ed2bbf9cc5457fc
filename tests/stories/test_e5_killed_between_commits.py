"""E5: the process is killed once between every two commits: exactly one case, and never a second letter."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mailbot.store import LetterState
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpSink, keep_sent_copies
from tests.stories import killer
from tests.stories.conftest import OpenDesk
from tests.stories.desk import Desk
from tests.stories.mails import JO, PRIYA, pdf_form

Kill = Callable[[int], None]
LAST = 40
STARTED = 5  # about so many commits a process makes before it looks at its mailbox


@dataclass(frozen=True)
class Story:
    """A mail, and the one letter that follows from it."""

    letter: str
    referrals: int
    tell: Callable[[Desk], object]


FORM = pdf_form()
RETURNED = Story("receipt", 1, lambda desk: desk.receive(PRIYA, "Referral", "", files={"form.pdf": FORM}))
ASKED_FOR = Story("form", 0, lambda desk: desk.receive(JO))


def killed_at_each_commit(open_desk: OpenDesk, story: Story, kill: Kill, first: int, **settings: str) -> list[Desk]:
    """The desks at which a process was killed once and another went on; the last one was not killed any more."""
    desks: list[Desk] = []
    for number in range(first, LAST):
        desk = open_desk(**settings)
        story.tell(desk)
        desk.launch(functools.partial(kill, number))
        if finishes(desk):
            return desks
        desk.kill()
        desk.start()
        desk.quiet()
        desk.kill()
        desks.append(desk)
    raise AssertionError(f"more than {LAST} commits for one mail")


def finishes(desk: Desk) -> bool:
    """Whether everything is done before the process is killed."""

    def ended() -> bool:
        return desk.has_died or ("started" in desk.events() and desk.is_quiet())

    desk.until(ended, "it was neither killed nor quiet")
    return not desk.has_died


def assert_one_case(desk: Desk, story: Story) -> None:
    with desk.ledger() as tx:
        assert sum(tx.referrals.count_by_state().values()) == story.referrals, desk.log
        assert tx.mails.count_by_state() == {"handled": 1}, desk.log


@pytest.mark.parametrize(("kill", "first"), [(killer.before_commit, 1), (killer.after_commit, STARTED)])
def test_a_form_returned_its_receipt_goes_once_or_is_seen_to_be_in_doubt(
    open_desk: OpenDesk, kill: Kill, first: int
) -> None:
    desks = killed_at_each_commit(open_desk, RETURNED, kill, first)

    assert len(desks) >= 12
    for desk in desks:
        assert_one_case(desk, RETURNED)
        with desk.ledger() as tx:
            (receipt,) = [row["state"] for row in tx.letters.of_mail(1) if row["name"] == "receipt"]
            waiting = [row["why"] for row in tx.needs.waiting()]
        sent = len(desk.letters("receipt"))
        if receipt == LetterState.HELD:  # killed while it was being sent
            assert sent <= 1, desk.log
            assert waiting == ["letter_in_doubt"]
            assert "may or may not have gone" in desk.letter("needs-a-person").text
        else:
            assert (receipt, sent, waiting) == (LetterState.SENT, 1, []), desk.log


def test_a_receipt_that_was_being_sent_is_held_and_a_person_asked(open_desk: OpenDesk) -> None:
    desk = open_desk()
    RETURNED.tell(desk)
    desk.launch(killer.while_sending)
    assert not finishes(desk)
    desk.kill()

    desk.start()
    desk.quiet()

    assert_one_case(desk, RETURNED)
    assert "may or may not have gone" in desk.letter("needs-a-person").text
    with desk.ledger() as tx:
        assert [row["why"] for row in tx.needs.waiting()] == ["letter_in_doubt"]
        (receipt,) = [row["state"] for row in tx.letters.of_mail(1) if row["name"] == "receipt"]
    assert receipt == LetterState.HELD
    assert not desk.letters("receipt")


@pytest.mark.parametrize("kill", [killer.before_commit, killer.after_commit])
def test_the_form_asked_for_goes_exactly_once_where_the_server_keeps_copies(
    open_desk: OpenDesk, smtp_sink: SmtpSink, dovecot: Dovecot, kill: Kill
) -> None:
    smtp_sink.after = [keep_sent_copies(dovecot)]
    desks = killed_at_each_commit(
        open_desk, ASKED_FOR, kill, STARTED, SENDER__KEEPS_SENT_COPIES="true", SENDER__IN_DOUBT_GRACE_SECONDS="0"
    )

    assert len(desks) >= 6
    for desk in desks:
        assert_one_case(desk, ASKED_FOR)
        assert desk.folders() == {"Handled": 1, "Sent": 1}, desk.log  # one copy for each letter the server took
        with desk.ledger() as tx:
            assert tx.letters.count_by_state() == {"sent": 1}
            assert not tx.needs.waiting()
