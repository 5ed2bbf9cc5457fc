"""Everything that may happen to referrals, in any order: no letter unapproved, none twice, no case lost."""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailbot.actions import people
from mailbot.errors import Passing, Permanent
from mailbot.jobs import digest as digest_job
from mailbot.meeting import next_meeting
from mailbot.referral import OPEN, State
from mailbot.senders import Leaves
from mailbot.settings import ReferralSettings, StaffSettings
from mailbot.store import LetterState, Store, Transaction
from tests.contracts.test_store import new_referral
from tests.desk import PASSED, STAFF, Desk, mail, office_with
from tests.test_decisions import text

CHAIR = "chair@desk.example"
PRIYA, JO = "priya.nair@nhs.example", "jo@charity.example"
OFFICE = office_with(
    referrals=ReferralSettings(also_secure=("nhs.example",)), staff=StaffSettings(addresses=(STAFF, CHAIR))
)
#: states in which the team still has something to do, or to say
UNFINISHED = (*OPEN, State.DECIDED)

OUTCOMES = (
    "decline, Dr Patel, reason: not stalking",
    "advice and consultation, Dr Patel, call by 4 December",
    "accept for assessment, Dr Patel, by 4 December, reason: it fits",
    "more information, Ann Lee, by soon, question: Is there a hearing?",
    "defer until 9 December, Dr Patel, reason: the court",
    "defer until after the hearing, Dr Patel, reason: the court",
    "defer until after the hearing on 1 May, Dr Patel, reason: the court",
    "withdrawn, reason: you asked us",
    "decline",
)
ABOUT_OUTCOMES = (
    "show",
    "take back",
    "told by phone",
    "send secure",
    f"send to {PRIYA}",
    f"send to {JO}",
    "reason: y",
)
#: what the audit trail calls it when a person ends a referral
_ENDED = ("merged", "outcome_approved", "told_by_telephone")
NEWS = (
    "Any update on this please?",
    "Please ignore my referral.",
    "He breached his order last night and was outside her house.",
    "The case is held by Fareham CMHT.",
    "We do not agree with the outcome and wish to complain.",
    "Thanks very much.",
    "I am leaving. My colleague Sam takes over this case from Monday.",
)


class Sink:
    """A mail server that takes letters, or does not."""

    leaves: ClassVar[Leaves] = "sent"

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.trouble: Exception | None = None

    def send(self, envelope_from: str, recipients: Sequence[str], raw: bytes) -> None:
        del envelope_from, recipients
        if self.trouble:
            raise self.trouble
        self.taken.append(raw)

    def close(self) -> None:
        """Nothing to close."""


class Life(RuleBasedStateMachine):
    """A desk with two members of staff, to whom anything happens."""

    @initialize()
    def opens(self) -> None:
        self.sink, self.store = Sink(), Store("sqlite://")
        self.store.upgrade()
        self.desk = Desk(self.store, OFFICE, self.sink)
        self.desk.tick()
        self.a_referral_comes(PRIYA, confirmed=True)
        self.a_week_passes(days=1.2)

    def teardown(self) -> None:
        self.store.close()

    def references(self) -> list[str]:
        with self.look() as tx:
            return [row["reference"] for row in tx.referrals.all()]

    def look(self) -> Any:
        return self.store.look(self.desk.clock.now())

    # -- what happens

    @rule(referrer=st.sampled_from([PRIYA, JO]), confirmed=st.booleans())
    def a_referral_comes(self, referrer: str, confirmed: bool) -> None:
        now = self.desk.clock.now()
        with self.store.transaction(now) as tx:
            meeting = next_meeting(now, OFFICE.settings.meeting).date
            by = "test" if confirmed else None
            tx.referrals.add(new_referral(received_at=now, meeting=meeting, referrer=referrer, confirmed_by=by), {})

    @rule(number=st.integers(0, 3), words=st.sampled_from(NEWS), sender=st.sampled_from([PRIYA, JO]))
    def a_referrer_writes(self, number: int, words: str, sender: str) -> None:
        headers = {"Authentication-Results": PASSED + sender.rpartition("@")[2]}
        self.desk.handles(mail(words, f"Re: {self.named(number)}", sender, headers=headers))

    @rule(
        number=st.integers(0, 3),
        mode=st.sampled_from(["", "", "", "also ", "instead ", "correct "]),
        words=st.sampled_from(OUTCOMES),
        who=st.sampled_from([STAFF, CHAIR]),
    )
    def staff_record(self, number: int, mode: str, words: str, who: str) -> None:
        reason = ", correction: it was wrong" if mode == "correct " else ""
        self.staff_write(f"{self.named(number)}: {mode}{words}{reason}", who)

    @rule(number=st.integers(0, 3), words=st.sampled_from(ABOUT_OUTCOMES), who=st.sampled_from([STAFF, CHAIR]))
    def staff_say(self, number: int, words: str, who: str) -> None:
        self.staff_write(f"{self.named(number)}: {words}", who)

    @rule(who=st.sampled_from([STAFF, CHAIR]))
    def staff_approve_all(self, who: str) -> None:
        self.staff_write("approve all", who)

    @rule(number=st.integers(0, 3), words=st.sampled_from(OUTCOMES), who=st.sampled_from([STAFF, CHAIR]))
    def a_decision_is_told(self, number: int, words: str, who: str) -> None:
        """The ordinary way, so that what follows begins where it ends."""
        self.staff_record(number, "", words, who)
        self.staff_write(f"approve {self.named(number)}", who)
        self.letters_leave(None)

    @rule(
        item=st.integers(0, 5),
        action=st.sampled_from([*people.ACTIONS]),
        named=st.sampled_from(["", "HM-2026-0001", "HM-2026-0002", PRIYA, "14 January", "soon", "note"]),
        who=st.sampled_from([STAFF, CHAIR]),
    )
    def staff_answer(self, item: int, action: str, named: str, who: str) -> None:
        with self.look() as tx:
            waiting = [row["id"] for row in tx.needs.waiting()]
        if waiting:
            self.staff_write(f"{waiting[item % len(waiting)]} {action} {named}".strip(), who)

    @rule(trouble=st.sampled_from([None, None, None, Passing("busy"), Permanent("no such user")]))
    def letters_leave(self, trouble: Exception | None) -> None:
        self.sink.trouble = trouble
        self.desk.deliver()

    @rule(days=st.sampled_from([0.1, 2.0, 7.0, 7.0, 40.0]))
    def a_week_passes(self, days: float) -> None:
        self.desk.clock.move(days=days)
        before = len(self.desk.letters("digest"))
        self.desk.tick()
        if len(digests := self.desk.letters("digest")) > before:
            words = text(digests[-1])
            assert [one for one in self.unfinished() if one not in words] == []

    # -- what is always so

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.look() as tx:
            lists = digest_job.lists_for(tx, next_meeting(tx.now, OFFICE.settings.meeting))
            listed = {
                row["id"]
                for rows in (lists.for_review, lists.missed_cut_off, lists.put_off, lists.decided)
                for row in rows
            }
            for row in tx.referrals.all():
                self.has_its_place(tx, row, listed)

    def has_its_place(self, tx: Transaction, row: sa.RowMapping, listed: set[int]) -> None:
        """Open ones are on a list; what is over was told, or ended by a person."""
        waiting = tx.outcomes.waiting(row["id"])
        on_its_way = [one for one in tx.outcomes.of_referral(row["id"]) if one["approved_at"] and one["letter_id"]]
        if row["state"] in UNFINISHED:
            assert row["id"] in listed, row["state"]
        if row["state"] == State.DECIDED:
            unsent = [one for one in on_its_way if tx.letters.get(one["letter_id"])["sent_at"] is None]
            assert waiting or unsent, "decided, and nothing left to approve or to send"
        else:
            assert not waiting, f"an outcome waits for approval, and the referral is {row['state']}"
        if row["state"] == State.TOLD:
            told = tx.outcomes.told(row["id"])
            assert told, "told without an outcome"
            assert OFFICE.outcomes[told["outcome"]].leaves_list, "off the list, and something is still awaited"
        if row["state"] in (State.WITHDRAWN, State.CLOSED):
            by = {one["actor"] for one in tx.audit.of_referral(row["id"]) if one["what"] in _ENDED}
            assert by & {STAFF, CHAIR}, "ended, and by nobody"

    @invariant()
    def nothing_goes_unapproved_or_twice(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.look() as tx:
            approved = {
                one["letter_id"]: one for row in tx.referrals.all() for one in tx.outcomes.of_referral(row["id"])
            }
        letters = [row for row in self.desk.letters() if row["name"].startswith("outcome-")]
        for row in letters:
            assert approved[row["id"]]["approved_by"]
            assert approved[row["id"]]["seen"], "nobody has seen it"
        assert len({row["cause"] for row in letters}) == len(letters)
        taken = [email.message_from_bytes(raw, policy=email.policy.default)["Message-ID"] for raw in self.sink.taken]
        again = [row["message_id"] for row in self.desk.letters() if row["note"] == "a person sends it again"]
        once = [one for one in taken if one not in again]
        assert len(set(once)) == len(once)
        assert set(taken) <= {row["message_id"] for row in self.desk.letters() if row["state"] != LetterState.CANCELLED}

    # -- help

    def named(self, number: int) -> str:
        known = self.references()
        return known[number % len(known)]

    def unfinished(self) -> list[str]:
        with self.look() as tx:
            return [row["reference"] for row in tx.referrals.in_states(UNFINISHED)]

    def staff_write(self, line: str, who: str) -> None:
        digest = next(row for row in self.desk.letters("digest") if row["recipient"] == who)
        headers = {"Authentication-Results": PASSED + "desk.example", "In-Reply-To": digest["message_id"]}
        self.desk.handles(mail(line, "Re: Review list", who, headers=headers))
        with self.look() as tx:
            assert not tx.mails.set_aside_unannounced(), line


Life.TestCase.settings = settings(
    max_examples=int(os.environ.get("LIVES", "12")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase
