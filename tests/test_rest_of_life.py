"""What becomes of a referral after its receipt: answers in words, another referrer, withdrawal, the same person twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from mailbot.actions import Office, answers, by_hand, outcome_letters, outcomes, proposals, telling
from mailbot.errors import UserError
from mailbot.persons import Person, compare, is_another
from mailbot.settings import ReferralSettings
from mailbot.store import Store
from parsers import Answer
from tests.contracts.test_store import new_referral
from tests.desk import MONDAY, PASSED, STAFF, Desk, mail, office_with
from tests.test_decisions import text

PRIYA, SAM, JO = "priya.nair@nhs.example", "sam.okafor@nhs.example", "jo.smith@probation.example"
TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
WHITLOCK = {"p_surname": "Whitlock", "p_forenames": "Daniel", "p_dob": "27 3 1985", "p_nhs": "999 000 0018"}


@pytest.fixture(scope="module")
def office() -> Office:
    return office_with(referrals=ReferralSettings(also_secure=("nhs.example",)))


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    store = Store("sqlite://")
    store.upgrade()
    found = Desk(store, office)
    found.tick()
    yield found
    store.close()


def entered(desk: Desk, **given: str) -> str:
    """A referral entered by hand: what is asked of it is asked whichever way it comes."""
    pairs = [f"{key}={value}" for key, value in {"r_email": PRIYA, **given}.items()]
    with desk.store.transaction(desk.clock.now()) as tx:
        return str(by_hand.add(desk.office, tx, [], pairs, "Ann")["reference"])


def writes(desk: Desk, words: str, about: str = "HM-2026-0001", sender: str = PRIYA, **more: Any) -> None:
    headers = {"Authentication-Results": PASSED + sender.rpartition("@")[2]}
    desk.clock.move(minutes=1)
    desk.handles(mail(words, f"Re: {about}", sender, headers=headers, **more))


def does(desk: Desk, action: str, said: str = "", item: int = 0) -> str:
    with desk.store.transaction(desk.clock.now()) as tx:
        return answers.answer(desk.office, tx, item or tx.needs.waiting()[-1]["id"], action, said, STAFF)


def referral(desk: Desk, number: int = 1) -> sa.RowMapping:
    with desk.store.look(desk.clock.now()) as tx:
        return tx.referrals.by_id(number)


def value(desk: Desk, key: str) -> Any:
    with desk.store.look(desk.clock.now()) as tx:
        found = tx.referrals.answer(1, key)
        return found.value if found else None


class TestAnswersInWords:
    """B25."""

    def test_are_proposed_beside_their_question_and_accepted_by_a_person(self, desk: Desk) -> None:
        entered(desk, h_holder="Not sure")
        writes(desk, "Hello,\n\nWho holds the case now? Fareham CMHT, 01632 960011\nHome postcode: PO16 7AB\n\nPriya")
        assert desk.needs() == ["proposed_answers"]
        letter = text(desk.letters("needs-a-person")[0])
        assert "Who holds the case now?" in letter
        assert "Proposed: Fareham CMHT, 01632 960011" in letter
        assert "Now: Not sure (h_holder)" in letter
        assert value(desk, "p_postcode") is None

        said = does(desk, "accept-answers")
        assert "accepted for HM-2026-0001: Who holds the case now?; Home postcode." in said
        assert (value(desk, "h_holder"), value(desk, "p_postcode")) == ("Fareham CMHT, 01632 960011", "PO16 7AB")
        with desk.store.look(desk.clock.now()) as tx:
            assert [row["raw"] for row in tx.referrals.every_answer(1) if row["key"] == "h_holder"] == [
                "Not sure", "Fareham CMHT, 01632 960011",
            ]  # fmt: skip

    def test_some_of_them_can_be_accepted(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "NHS number: 999 000 0018\nHome postcode: PO16 7AB")
        with pytest.raises(UserError, match="is not proposed; choose from: p_nhs, p_postcode"):
            does(desk, "accept-answers", "p_dob")
        does(desk, "accept-answers", "p_nhs")
        assert (value(desk, "p_nhs"), value(desk, "p_postcode")) == ("9990000018", None)

    def test_the_review_list_has_them_until_somebody_says(self, desk: Desk) -> None:
        from mailbot.actions import standing

        entered(desk)
        writes(desk, "Home postcode: PO16 7AB")
        with desk.store.look(desk.clock.now()) as tx:
            notes = standing.notes(desk.office, tx, tx.referrals.by_id(1))
        assert notes == ("Proposed answer, not yet accepted: Home postcode “PO16 7AB” (now: Not answered).",)

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("1. Who holds the case now?\nFareham CMHT\nand Dr Lee\n\nBest wishes\nPriya", {"h_holder": "Fareham CMHT and Dr Lee"}),
            ("Surname: O'Neill\nDOB - not known", {"p_surname": "O'Neill"}),
            ("The case is held by Fareham CMHT.", {}),
            ("Our meeting: 3pm\nTel: 01632 960011", {}),
            ("Date of birth:\n\n27 March 1985", {"p_dob": "27 March 1985"}),
            ("", {}),
        ],
    )  # fmt: skip
    def test_only_what_stands_after_a_question_of_the_form(
        self, office: Office, words: str, found: dict[str, str]
    ) -> None:
        assert proposals.found(office, words) == found


class TestNewsBeforeTheMeeting:
    """C3."""

    def test_staff_are_told_that_their_list_does_not_show_it(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "The care co-ordinator has changed.")
        assert "Changed since the digest" not in text(desk.letters("needs-a-person")[-1])
        desk.clock.moment = TUESDAY
        desk.tick()
        writes(desk, "He breached his order last night and was outside her house.")
        assert "Changed since the digest" in text(desk.letters("urgent")[-1])


class TestAnotherReferrer:
    """C4."""

    def test_only_staff_change_it_and_the_one_before_is_told_nothing_more(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "I am leaving on Friday. My colleague Sam Okafor will take over this case.")
        assert desk.needs() == ["handover"]
        assert (referral(desk)["referrer"], desk.letters("added")) == (PRIYA, [])
        assert does(desk, "confirm-referrer", SAM) == f"Item 1: the referrer of HM-2026-0001 is {SAM}."

        writes(desk, "Any update on HM-2026-0001 please?", sender=PRIYA)
        assert desk.letters("status") == []
        writes(desk, "Any update on HM-2026-0001 please?", sender=SAM)
        assert [row["recipient"] for row in desk.letters("status")] == [SAM]
        writes(desk, "The case is now held by Gosport CMHT.", sender=PRIYA)
        assert [row["recipient"] for row in desk.letters("added")] == []

    def test_who_comes_back_is_told_again(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "My colleague Sam Okafor will take over this case.")
        does(desk, "confirm-referrer", SAM)
        with desk.store.transaction(desk.clock.now()) as tx:
            outcome_letters.confirm_address(tx, "HM-2026-0001", PRIYA, "Ann")
        assert referral(desk)["former"] == [SAM]

    def test_the_reference_can_be_named_where_the_mail_is_not_joined(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "I am taking over this case from my colleague Priya.", sender=SAM)
        assert does(desk, "confirm-referrer", f"HM-2026-0001 {SAM}").endswith(f"is {SAM}.")


class TestWithdrawal:
    """B33."""

    def test_staff_confirm_and_see_the_letter(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "Please withdraw my referral.")
        assert (desk.needs(), referral(desk)["state"]) == (["withdrawal"], "queued")
        item = desk.letters("needs-a-person")[0]
        headers = {"Authentication-Results": PASSED + "desk.example", "In-Reply-To": item["message_id"]}
        desk.handles(mail("withdraw", "Re: item 1", STAFF, headers=headers))
        check = text(desk.letters("decision-check")[0])
        assert "You asked us to withdraw it." in check
        assert (referral(desk)["state"], desk.letters("outcome-withdrawn")) == ("decided", [])
        headers["In-Reply-To"] = desk.letters("decision-check")[0]["message_id"]
        desk.handles(mail("approve HM-2026-0001", "Re: item 1", STAFF, headers=headers))
        (letter,) = desk.letters("outcome-withdrawn")
        with desk.store.transaction(desk.clock.now()) as tx:
            tx.connection.execute(sa.text("update letter set sent_at=written_at, state='sent'"))
            telling.after_telling(desk.office, tx, 1)
        assert (letter["recipient"], referral(desk)["state"]) == (PRIYA, "withdrawn")

    def test_a_withdrawal_in_error_is_for_the_next_meeting_again(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "Please withdraw my referral.")
        does(desk, "withdraw")
        with desk.store.transaction(desk.clock.now()) as tx:
            outcome_letters.by_telephone(desk.office, tx, "HM-2026-0001", "Ann")
        assert referral(desk)["state"] == "withdrawn"
        writes(desk, "Sorry, that was a mistake. Please keep it: he is still following her.")
        assert desk.needs() == ["after_outcome"]
        assert does(desk, "reopen") == "Item 2: HM-2026-0001 is for the meeting on 25 November 2026."
        assert referral(desk)["state"] == "queued"


class TestAfterTheOutcome:
    """C11, C12."""

    def test_a_dispute_or_news_can_bring_it_back(self, desk: Desk) -> None:
        entered(desk)
        with desk.store.transaction(desk.clock.now()) as tx:
            outcomes.record(desk.office, tx, "HM-2026-0001", "decline", {"lead": "A", "reason": "x"}, "Ann")
            outcome_letters.by_telephone(desk.office, tx, "HM-2026-0001", "Ann")
        desk.clock.move(days=90)
        writes(desk, "He has started again: three new incidents this month.")
        assert desk.needs() == ["after_outcome"]
        assert desk.letters("added") == []
        assert "which is told: back on the list, or a new form?" in text(desk.letters("needs-a-person")[-1])
        does(desk, "reopen")
        assert (referral(desk)["state"], referral(desk)["meeting"].isoformat()) == ("queued", "2027-02-24")

    def test_what_is_on_the_list_is_not_put_there_again(self, desk: Desk) -> None:
        entered(desk)
        writes(desk, "More about it.")
        with pytest.raises(UserError, match="is on the list already"):
            does(desk, "reopen")


class TestTheSamePerson:
    """B30, C12, and B10 where one form came twice."""

    def test_is_linked_by_nhs_number_or_by_surname_and_birth(self, desk: Desk) -> None:
        entered(desk, **WHITLOCK)
        entered(desk, r_email=JO, p_nhs="999 000 0018", p_surname="Other")
        entered(desk, r_email=JO, p_surname="WHITLOCK", p_dob="27/03/1985")
        assert desk.needs() == ["same_person", "same_person"]
        with desk.store.look(desk.clock.now()) as tx:
            assert tx.links.of(1) == [(2, "same NHS number"), (3, "same surname and date of birth")]
        desk.clock.moment = TUESDAY
        desk.tick()
        assert "same person as HM-2026-0002 and HM-2026-0003" in " ".join(text(desk.letters("digest")[0]).split())
        assert [row for row in desk.letters() if row["recipient"] in (PRIYA, JO)] == []

    def test_alike_ones_are_asked(self, desk: Desk) -> None:
        entered(desk, **WHITLOCK)
        entered(desk, p_surname="Whitlok", p_forenames="Daniel", p_dob="27 3 1985")
        assert desk.needs() == ["alike_person"]
        with desk.store.look(desk.clock.now()) as tx:
            assert tx.links.of(1) == []
        assert does(desk, "link", "HM-2026-0001").endswith("HM-2026-0002 and HM-2026-0001 are linked.")
        with desk.store.look(desk.clock.now()) as tx:
            assert tx.links.of(2) == [(1, "a person said so")]

    def test_a_wrong_link_is_undone_for_good(self, desk: Desk) -> None:
        from mailbot.actions import same_person

        entered(desk, **WHITLOCK)
        entered(desk, **WHITLOCK)
        does(desk, "unlink", "HM-2026-0001")
        with desk.store.transaction(desk.clock.now()) as tx:
            same_person.look_for(desk.office, tx, tx.referrals.by_id(2))
            assert tx.links.of(2) == []

    def test_one_form_that_came_twice_becomes_one_referral(self, desk: Desk) -> None:
        entered(desk, **WHITLOCK)
        entered(desk, **WHITLOCK, h_holder="Fareham CMHT")
        assert does(desk, "merge", "HM-2026-0001").endswith("HM-2026-0002 is closed.")
        assert (value(desk, "h_holder"), referral(desk, 2)["state"]) == ("Fareham CMHT", "closed")
        assert value(desk, "p_surname") == "Whitlock"

    def test_the_review_list_has_what_a_later_form_changed(self, desk: Desk) -> None:
        """B26: what was only added is not called a correction."""
        from mailbot.actions import standing

        entered(desk, **WHITLOCK)
        entered(desk, **{**WHITLOCK, "p_dob": "27 3 1958"}, h_holder="Fareham CMHT")
        does(desk, "merge", "HM-2026-0001")
        with desk.store.look(desk.clock.now()) as tx:
            notes = standing.notes(desk.office, tx, tx.referrals.by_id(1))
        assert "Corrected: Date of birth “27 March 1958” (was “27 March 1985”)." in notes
        assert not [one for one in notes if "Fareham" in one]

    def test_what_was_decided_of_one_is_not_merged(self, desk: Desk) -> None:
        entered(desk, **WHITLOCK)
        with desk.store.transaction(desk.clock.now()) as tx:
            outcomes.record(desk.office, tx, "HM-2026-0001", "decline", {"lead": "A", "reason": "x"}, "Ann")
        entered(desk, **WHITLOCK)
        with pytest.raises(UserError, match="they stay two referrals"):
            does(desk, "merge", "HM-2026-0001")

    def test_the_review_list_has_the_earlier_contact(self, desk: Desk) -> None:
        from mailbot.actions import standing

        entered(desk, **WHITLOCK)
        with desk.store.transaction(desk.clock.now()) as tx:
            outcomes.record(desk.office, tx, "HM-2026-0001", "decline", {"lead": "A", "reason": "x"}, "Ann")
            outcome_letters.by_telephone(desk.office, tx, "HM-2026-0001", "Ann")
        desk.clock.move(days=100)
        name = entered(desk, **WHITLOCK)
        with desk.store.look(desk.clock.now()) as tx:
            (line,) = standing.notes(desk.office, tx, tx.referrals.get(name))
            assert line == (
                "Earlier contact, the same person: HM-2026-0001 (same NHS number), received 23 November 2026,"
                " told: Decline on 23 November 2026."
            )
            tx.referrals.change(1, only_for=[])
            assert standing.notes(desk.office, tx, tx.referrals.get(name)) == ()
            assert standing.in_short(tx, tx.referrals.get(name)) == ""

    @pytest.mark.parametrize(
        ("other", "sure"),
        [
            ({"nhs": "1"}, "same"),
            ({"surname": "whitlock", "born": "1985-03-27"}, "same"),
            ({"surname": "whitlock", "born": "1985-03-27", "nhs": "2"}, "alike"),
            ({"surname": "whitlok", "born": "1985-03-27"}, "alike"),
            ({"surname": "whitlock", "forenames": "daniel"}, "alike"),
            ({"surname": "whitlock", "forenames": "danial", "born": "1985-03-28"}, "alike"),
            ({"surname": "whitlock", "forenames": "daniel", "born": "1961-11-02"}, ""),
            ({"surname": "whitlock", "forenames": "maria", "born": "1990-01-01"}, ""),
            ({"surname": "whitlock"}, ""),
            ({}, ""),
        ],
    )
    def test_how_sure(self, other: dict[str, str], sure: str) -> None:
        def person(nhs: str = "", surname: str = "", forenames: str = "", born: str = "") -> Person:
            found = {"p_nhs": nhs, "p_surname": surname, "p_forenames": forenames, "p_dob": born}
            return Person.of({key: Answer(text, text, 1.0) for key, text in found.items()})

        one, two = person("1", "whitlock", "daniel", "1985-03-27"), person(**other)
        found = compare(one, two)
        assert (found.sure if found else "") == sure
        assert compare(two, one) == found

    @pytest.mark.parametrize(
        ("other", "another"),
        [
            ({"p_surname": "Harrow", "p_forenames": "Martin", "p_dob": "2 1 1971", "p_nhs": "9990000026"}, True),
            ({"p_surname": "Whitlock", "p_forenames": "Simon", "p_dob": "27 3 1986", "p_nhs": "9990000026"}, True),
            ({"p_surname": "Harrow", "p_forenames": "Martin"}, True),
            ({**WHITLOCK, "p_nhs": "9990000026"}, False),
            ({**WHITLOCK, "p_surname": "Harrow", "p_dob": "3 3 1985"}, False),
            ({"p_surname": "Harrow"}, False),
            ({}, False),
        ],
    )
    def test_a_form_about_somebody_else_corrects_nothing(
        self, desk: Desk, other: dict[str, str], another: bool
    ) -> None:
        """B8, B26."""
        with desk.store.look(desk.clock.now()) as tx:
            one, two = (
                Person.of(by_hand.answers_of(desk.office, tx, [f"{key}={text}" for key, text in given.items()]))
                for given in (WHITLOCK, other)
            )
        assert is_another(one, two) is another

    def test_doubtful_readings_link_nobody(self) -> None:
        doubtful = Person.of({"p_nhs": Answer("9990000018", "999 000 0018", 0.4)})
        assert compare(doubtful, doubtful) is None


def test_a_case_by_hand_is_checked_and_listed_like_any_other(desk: Desk) -> None:
    """G7."""
    entered(desk, **WHITLOCK)
    desk.clock.moment = TUESDAY
    desk.tick()
    assert "HM-2026-0001" in text(desk.letters("digest")[0])
    assert new_referral().received_at == MONDAY  # the same day as others
    desk.clock.move(days=timedelta(weeks=1).days)
