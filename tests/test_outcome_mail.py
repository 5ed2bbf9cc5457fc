"""Outcomes by mail: recorded in a reply to the digest, shown as letters, approved in a reply; nothing half done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from mailbot.settings import ReferralSettings, StaffSettings
from mailbot.store import LetterState, Store
from tests.contracts.test_store import new_referral
from tests.desk import PASSED, STAFF, US, Desk, mail, office_with
from tests.stories.mails import Letter, report
from tests.test_decisions import text

OTHER, PRIYA = "clerk@desk.example", "priya.nair@nhs.example"
TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
ONE, TWO, THREE = "HM-2026-0001", "HM-2026-0002", "HM-2026-0003"
ADVICE = "advice and consultation, Dr Patel, call by 4 December"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Three referrals on the list, whose digest has gone."""
    store = Store("sqlite://")
    store.upgrade()
    office = office_with(
        staff=StaffSettings(addresses=(STAFF, OTHER)), referrals=ReferralSettings(also_secure=("nhs.example",))
    )
    found = Desk(store, office)
    found.tick()
    with store.transaction(found.clock.now()) as tx:
        for _ in range(3):
            tx.referrals.add(new_referral(referrer=PRIYA, confirmed_by="a test"), {})
    found.clock.moment = TUESDAY
    found.tick()
    found.clock.move(days=1)
    yield found
    store.close()


def last(desk: Desk, name: str, to: str = STAFF) -> sa.RowMapping:
    return [row for row in desk.letters(name) if row["recipient"] == to][-1]


def replies(desk: Desk, words: str, sender: str = STAFF, *, to: str = "digest", verdict: str | None = None) -> str:
    """Staff answer a letter of ours with these words above it; what we told them then, or nothing."""
    before = len(desk.letters("decision-check"))
    letter = last(desk, to, sender)
    quoted = "\n".join(f"> {line}" for line in text(letter).splitlines())
    passed = PASSED + sender.rpartition("@")[2] if verdict is None else verdict
    more: dict[str, Any] = {"Authentication-Results": passed} if passed else {}
    desk.clock.move(minutes=1)
    body = f"{words}\n\nOn 24 Nov 2026, at 13:00, HMASIP team <{US}> wrote:\n{quoted}"
    desk.handles(mail(body, "Re: Review list", sender, In_Reply_To=letter["message_id"], headers=more))
    checks = desk.letters("decision-check")
    return text(checks[-1]) if len(checks) > before else ""


def state(desk: Desk, reference: str = ONE) -> str:
    with desk.store.look(desk.clock.now()) as tx:
        return str(tx.referrals.get(reference)["state"])


def recorded(desk: Desk, reference: str = ONE) -> list[sa.RowMapping]:
    with desk.store.look(desk.clock.now()) as tx:
        return list(tx.outcomes.of_referral(tx.referrals.get(reference)["id"]))


def outcome_letters(desk: Desk) -> list[sa.RowMapping]:
    return [row for row in desk.letters() if row["name"].startswith("outcome-")]


def sent(desk: Desk) -> None:
    """The letters leave, and what follows from that follows."""
    from mailbot.actions import delivery

    letters = outcome_letters(desk)
    with desk.store.transaction(desk.clock.now()) as tx:
        for row in letters:
            if tx.letters.settle(row["id"], LetterState.SENT, [LetterState.READY], sent_at=tx.now):
                delivery.settled(desk.office, tx, row["id"], row["name"], LetterState.SENT)


def test_recorded_shown_approved_and_told(desk: Desk) -> None:
    shown = replies(desk, f"Hi\n\n{ONE}: {ADVICE}\n\nThanks\nAda Jones")

    assert f"{ONE}: Advice and consultation only was recorded." in shown
    assert f"To send exactly that, reply: approve {ONE}" in shown
    assert "To: priya.nair@nhs.example" in shown
    assert "You will hear from us by Friday 4 December 2026 to arrange it. Our work will be led by Dr Patel." in shown
    assert "Not done" not in shown
    assert (state(desk), outcome_letters(desk)) == ("decided", [])

    assert "approved, the letter goes" in replies(desk, f"Approve {ONE} please", to="decision-check")
    (letter,) = outcome_letters(desk)
    assert letter["recipient"] == PRIYA
    for line in filter(None, text(letter).splitlines()):
        assert line in shown
    sent(desk)
    assert state(desk) == "told"
    assert "already been approved" in replies(desk, f"approve {ONE}", to="decision-check")
    assert len(outcome_letters(desk)) == 1


def test_approve_all_sends_what_this_person_was_shown(desk: Desk) -> None:
    replies(desk, f"{ONE}: {ADVICE}\n{TWO}: decline, Dr Patel, reason: it is about a debt, not stalking")
    replies(desk, f"{THREE}: {ADVICE}", OTHER)
    told = replies(desk, "approve all", to="decision-check")

    assert [row["name"] for row in outcome_letters(desk)] == ["outcome-consultation", "outcome-decline"]
    assert f"Not done: {THREE}: you have not seen its letter as it is now." in told
    assert "outcome-consultation" not in told
    assert f"Subject: Referral {THREE}" in replies(desk, f"{THREE}: show", to="decision-check")
    replies(desk, "Approve all.", to="decision-check")
    assert len(outcome_letters(desk)) == 3


def test_a_correction_in_words_changes_the_letter(desk: Desk) -> None:
    replies(desk, f"{ONE}: {ADVICE}")
    shown = replies(desk, f"{ONE}: reason: You asked how to respond to his letters.", to="decision-check")
    assert "You asked how to respond to his letters." in shown
    replies(desk, "approve all", to="decision-check")
    assert "You asked how to respond" in text(outcome_letters(desk)[0])
    assert [bool(row["taken_back_by"]) for row in recorded(desk)] == [True, False]


def test_what_lacks_something_is_not_recorded_and_says_what(desk: Desk) -> None:
    """G3: and what was right in the same mail stands."""
    told = replies(desk, f"{ONE}: decline\n{TWO}: {ADVICE}\nHM-2026-0099: decline, Dr A, reason: x\n{THREE}: maybe")
    assert "Some of your answer was not done." in told
    assert f"“{ONE}: decline”" in told
    assert "still needs who leads, the reason. Nothing was recorded." in told
    assert "There is no referral HM-2026-0099" in told
    assert "“maybe” is not an outcome" in told
    assert [state(desk, one) for one in (ONE, TWO, THREE)] == ["on_list", "decided", "on_list"]


def test_labelled_lines_below_belong_to_it(desk: Desk) -> None:
    shown = replies(desk, f"{ONE}: decline\nLead: Dr Patel\nReason: It is about a debt, not stalking.")
    assert "It is about a debt, not stalking." in shown
    assert "Not done" not in shown


@pytest.mark.parametrize(
    "words",
    [
        "defer until 9 December, Dr Patel, reason: the court decides then",
        "defer until after the hearing, Dr Patel, reason: the court decides then",
        "put off until 9 December; Dr Patel; reason: the court decides then",
        "deferred until 9 December 2026, Dr Patel\nReason: the court decides then",
    ],
)
def test_put_off_until_in_one_line_is_the_outcome_and_no_new_day(desk: Desk, words: str) -> None:
    assert f"{ONE}: Defer was recorded." in replies(desk, f"{ONE}: {words}")
    (row,) = recorded(desk)
    assert row["recorded"]["lead"] == "Dr Patel"
    assert row["recorded"]["until"].startswith(("2026-12-09", "after the hearing"))


def test_only_what_is_put_off_has_a_day_to_set_and_how_to_put_it_off_is_said(desk: Desk) -> None:
    told = replies(desk, f"{ONE}: until 9 December 2026")
    assert f"write “{ONE}: defer until 9 December 2026, who leads, reason: ...”" in told


def test_several_outcomes_of_one_case(desk: Desk) -> None:
    replies(desk, f"{ONE}: {ADVICE}\n{ONE}: also more information, Ann Lee, by 1 December, question: Who holds it?")
    replies(desk, "approve all", to="decision-check")
    assert [row["name"] for row in outcome_letters(desk)] == ["outcome-consultation", "outcome-ask"]
    sent(desk)
    assert state(desk) == "waiting"


def test_the_same_case_twice_in_one_mail(desk: Desk) -> None:
    told = replies(desk, f"{ONE}: {ADVICE}\n{ONE}: decline, Dr Patel, reason: x")
    assert f"{ONE} stands twice; the first was taken." in told
    assert [row["outcome"] for row in recorded(desk)] == ["consultation"]


def test_two_people_at_once(desk: Desk) -> None:
    """G5: the second sees the first's entry and must choose."""
    replies(desk, f"{ONE}: {ADVICE}")
    told = replies(desk, f"{ONE}: decline, Dr Reyes, reason: x", OTHER)
    assert "duty@desk.example has already recorded “Advice and consultation only”" in told
    assert len(recorded(desk)) == 1
    replies(desk, f"{ONE}: instead decline, Dr Reyes, reason: x", OTHER)
    assert [(row["outcome"], bool(row["taken_back_by"])) for row in recorded(desk)] == [
        ("consultation", True), ("decline", False),
    ]  # fmt: skip
    assert "you have not seen its letter" in replies(desk, "approve all", to="decision-check")
    assert outcome_letters(desk) == []


def test_a_wrong_outcome_that_was_told_is_put_right(desk: Desk) -> None:
    """G4: with the reason, in a letter that says so; both are kept."""
    replies(desk, f"{ONE}: decline, Dr Patel, reason: x")
    replies(desk, "approve all", to="decision-check")
    sent(desk)
    told = replies(desk, f"{ONE}: {ADVICE}", to="decision-check")
    assert "to put a wrong outcome right write" in told
    assert "say what was wrong" in replies(desk, f"{ONE}: correct {ADVICE}", to="decision-check")
    shown = replies(desk, f"{ONE}: correct {ADVICE}, correction: We wrote to you by mistake.", to="decision-check")
    assert "This replaces the outcome that we sent you on 25 November 2026. We wrote to you by mistake." in shown
    replies(desk, "approve all", to="decision-check")
    sent(desk)
    assert [row["name"] for row in outcome_letters(desk)] == ["outcome-decline", "outcome-consultation"]
    assert [(row["outcome"], row["corrects"]) for row in recorded(desk)] == [("decline", None), ("consultation", 1)]
    assert state(desk) == "told"


def test_taken_back(desk: Desk) -> None:
    replies(desk, f"{ONE}: {ADVICE}")
    assert "taken back" in replies(desk, f"{ONE}: take back", to="decision-check")
    assert "No outcome waits for approval" in replies(desk, "approve all", to="decision-check")
    assert state(desk) == "queued"


class TestWhereItGoes:
    def insecure(self, desk: Desk, **changes: Any) -> None:
        with desk.store.transaction(desk.clock.now()) as tx:
            tx.referrals.change(tx.referrals.get(ONE)["id"], **changes)

    def test_an_address_that_is_not_on_the_secure_list(self, desk: Desk) -> None:
        """F8: not sent; staff choose."""
        self.insecure(desk, referrer="jo@charity.example")
        told = replies(desk, f"{ONE}: {ADVICE}")
        assert "The referrer's address is not on the secure list, so nothing was sent." in told
        assert desk.needs() == ["not_secure"]
        assert "not on the secure list" in replies(desk, "approve all", to="decision-check")
        assert outcome_letters(desk) == []
        assert "does not encrypt" in replies(desk, f"{ONE}: send secure", to="decision-check")
        shown = replies(desk, f"{ONE}: send to jo.reed@nhs.example", to="decision-check")
        assert "To: jo.reed@nhs.example" in shown
        replies(desk, "approve all", to="decision-check")
        assert [row["recipient"] for row in outcome_letters(desk)] == ["jo.reed@nhs.example"]

    def test_told_by_telephone(self, desk: Desk) -> None:
        self.insecure(desk, referrer="jo@charity.example")
        replies(desk, f"{ONE}: {ADVICE}")
        assert "No letter goes" in replies(desk, f"{ONE}: told by phone", to="decision-check")
        assert (state(desk), outcome_letters(desk)) == ("told", [])

    def test_a_referrer_whom_nobody_confirmed(self, desk: Desk) -> None:
        """B14, B15, F9."""
        self.insecure(desk, confirmed_by=None)
        told = replies(desk, f"{ONE}: {ADVICE}")
        assert "Nobody has confirmed the referrer's address" in told
        assert desk.needs() == ["referrer_not_confirmed"]
        replies(desk, f"{ONE}: send to {PRIYA}", to="decision-check")
        replies(desk, "approve all", to="decision-check")
        assert len(outcome_letters(desk)) == 1

    def test_an_address_that_changed_after_it_was_shown(self, desk: Desk) -> None:
        replies(desk, f"{ONE}: {ADVICE}")
        self.insecure(desk, referrer="new@nhs.example")
        assert "you have not seen its letter as it is now" in replies(desk, "approve all", to="decision-check")
        assert outcome_letters(desk) == []


def test_an_outcome_letter_that_comes_back_is_for_the_telephone(desk: Desk) -> None:
    """C6, of an outcome: the case shows it, staff are told, and the next digest names it."""
    replies(desk, f"{ONE}: {ADVICE}")
    replies(desk, f"approve {ONE}", to="decision-check")
    sent(desk)
    assert state(desk) == "told"
    letter = Letter((PRIYA,), bytes(outcome_letters(desk)[0]["skeleton"]))
    desk.handles(report(US, letter, when=desk.clock.now()).raw)
    assert desk.needs() == ["not_delivered"]
    assert "Please telephone instead." in text(last(desk, "needs-a-person"))
    desk.clock.moment = TUESDAY + timedelta(days=7)
    desk.tick()
    assert f"- outcome-consultation for {ONE}: came back: 5.1.1" in text(last(desk, "digest"))


class TestNotProven:
    def test_the_code_counts_while_the_meeting_is_open(self, desk: Desk) -> None:
        assert "was recorded" in replies(desk, f"{ONE}: {ADVICE}", verdict="")
        desk.clock.moment = TUESDAY + timedelta(days=7)
        desk.tick()
        first = desk.letters("digest")[0]
        assert first["recipient"] == STAFF
        quoted = "\n".join(f"> {line}" for line in text(first).splitlines())
        desk.clock.move(minutes=1)
        desk.handles(mail(f"{TWO}: {ADVICE}\n\n{quoted}", "Re: list", STAFF, In_Reply_To=first["message_id"]))
        assert state(desk, TWO) == "on_list"
        assert "decision_refused" in desk.needs()

    def test_another_persons_code_or_a_forged_sender_changes_nothing(self, desk: Desk) -> None:
        theirs = last(desk, "digest", OTHER)
        quoted = "\n".join(f"> {line}" for line in text(theirs).splitlines())
        for verdict in ({}, {"Authentication-Results": PASSED.replace("pass", "fail") + "desk.example"}):
            desk.clock.move(minutes=1)
            words = f"{ONE}: {ADVICE}\n\n{quoted}"
            desk.handles(mail(words, "Re: list", STAFF, In_Reply_To=theirs["message_id"], headers=verdict))
        assert (state(desk), recorded(desk)) == ("on_list", [])
        assert desk.needs() == ["decision_refused"] * 2


class TestForTheRecord:
    """DOMAIN 2.2: who was present, rationale, dissent, safety actions and what must not be told, with every outcome."""

    def test_kept_with_the_outcome_and_never_in_its_letter(self, desk: Desk) -> None:
        words = (
            f"Present: Dr Patel (clinic), PC Lee (police)\n{ONE}: {ADVICE}, rationale: risk is low; dissent: PC Lee, who "
            "would accept; safety: Ann Lee rings the advocate by 1 December; not to be told: the covert search"
        )
        shown = replies(desk, words)
        assert "Who was present on 25 November 2026 was recorded, for the record only." in shown
        assert "was recorded. Its letter is below" in shown
        letter = shown.partition("\nSubject: ")[2]
        for word in ("PC Lee", "covert", "Ann Lee", "risk is low", "dissent", "present"):
            assert word not in letter
        (row,) = recorded(desk)
        assert row["recorded"]["dissent"] == "PC Lee, who would accept"
        assert row["recorded"]["safety"] == "Ann Lee rings the advocate by 1 December"
        from mailbot.actions import present

        with desk.store.look(desk.clock.now()) as tx:
            assert present.of(tx, row["recorded"]["reviewed_on"]) == "Dr Patel (clinic), PC Lee (police)"

    def test_a_letter_that_says_what_must_not_be_told_is_not_shown_and_cannot_go(self, desk: Desk) -> None:
        words = (
            f"{ONE}: decline, Dr Patel, reason: after the Covert Search we cannot help; not to be told: covert search"
        )
        told = replies(desk, words)
        assert "Its letter says “covert search”, which is recorded as not to be told" in told
        assert "cannot help" not in told.partition("\n## ")[2]
        assert "recorded as not to be told" in replies(desk, f"approve {ONE}", to="decision-check")
        assert outcome_letters(desk) == []
        assert "To look at" in replies(desk, f"{ONE}: reason: we cannot help", to="decision-check")
        replies(desk, f"approve {ONE}", to="decision-check")
        assert len(outcome_letters(desk)) == 1
