"""Who has a referral on their list: kept from an agency (G8), restricted where it is about a colleague (F5), bounced (G9)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import docx
import pytest

from mailbot.actions import about, restricting
from mailbot.errors import NotFound, UserError
from mailbot.referral import State
from mailbot.settings import StaffSettings
from mailbot.store import Store
from parsers import Answer
from tests.contracts.test_store import new_referral
from tests.desk import PASSED, STAFF, US, Desk, mail, office_with
from tests.test_decisions import text

LEAD, POLICE = "lead@desk.example", "jo@hq.police.example"
TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
ONE, TWO = "HM-2026-0001", "HM-2026-0002"


def team(**changes: Any) -> StaffSettings:
    plain = StaffSettings(
        addresses=(STAFF, LEAD, POLICE), lead=LEAD, agencies=("police.example: Police",), names=("Dr Ann Example",)
    )
    return plain.model_copy(update=changes)


def a_desk(staff: StaffSettings, *answers: dict[str, Answer]) -> Desk:
    store = Store("sqlite://")
    store.upgrade()
    desk = Desk(store, office_with(staff=staff))
    desk.tick()
    for given in answers or ({}, {}):
        enters(desk, given)
    return desk


def enters(desk: Desk, answers: dict[str, Answer]) -> None:
    with desk.store.transaction(desk.clock.now()) as tx:
        row = tx.referrals.add(new_referral(), answers)
        restricting.restrict_if_about_colleague(desk.office, tx, row)


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = a_desk(team())
    yield found
    found.store.close()


def says(desk: Desk, reference: str, action: str, said: str = "", by: str = "Ann at the keyboard") -> str:
    with desk.store.transaction(desk.clock.now()) as tx:
        return about.answer(desk.office, tx, reference, action, said, by)


def digests(desk: Desk, at: datetime = TUESDAY) -> dict[str, tuple[str, str]]:
    """The words of each recipient's digest of that day, and of the review list with it."""
    desk.clock.moment = at
    desk.tick()
    with desk.store.look(at) as tx:
        rows = [row for row in desk.letters("digest") if str(row["written_at"])[:10] == at.date().isoformat()]
        return {row["recipient"]: (text(row), words(tx.letters.blob(hashes(row)[0]))) for row in rows}


def hashes(row: Any) -> list[str]:
    import json

    found = row["attachments"]
    return found if isinstance(found, list) else list(json.loads(found))


def words(document: bytes) -> str:
    body = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in body.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in body.paragraphs), *cells])


def answer(text: str) -> Answer:
    return Answer(text, text, 1.0)


def test_an_agencys_digest_and_list_leave_out_what_is_kept_from_it(desk: Desk) -> None:
    """G8."""
    told = says(desk, ONE, "not-for", "police")
    assert told == f"{ONE} is on the lists of {STAFF}, {LEAD}; not of {POLICE}."
    found = digests(desk)
    for address in (STAFF, LEAD):
        assert "2 new referrals" in found[address][0]
        assert all(ONE in one and TWO in one for one in found[address])
        assert "Kept from: Police." in found[address][1]
    assert "1 new referral" in found[POLICE][0]
    assert all(ONE not in one and TWO in one for one in found[POLICE])

    assert "that is everybody" in says(desk, ONE, "for-all")
    again = digests(desk, TUESDAY + timedelta(days=7))
    assert all(ONE in one for pair in again.values() for one in pair)


def test_who_had_what_before_them_is_on_record(desk: Desk) -> None:
    says(desk, ONE, "not-for", "Police")
    digests(desk)
    with desk.store.look(desk.clock.now()) as tx:
        rows = tx.connection.exec_driver_sql(
            "select recipient, detail from event join letter on letter.id = letter_id where what = 'digest_written'"
        ).all()
    assert {recipient: ONE in detail for recipient, detail in rows} == {STAFF: True, LEAD: True, POLICE: False}


def test_what_is_kept_from_somebody_is_not_there_for_them(desk: Desk) -> None:
    """Neither its letter nor a decision about it, by a reference they may have heard."""
    says(desk, ONE, "not-for", POLICE)
    digests(desk)
    told = replies(desk, f"{ONE}: consultation, Dr Patel, by 4 December\n{ONE}: show\n{ONE}: for all", POLICE)
    assert told.count(f"There is no referral {ONE} on your list.") == 3
    with desk.store.look(desk.clock.now()) as tx:
        assert tx.referrals.get(ONE)["state"] == State.ON_LIST


def test_the_same_words_by_reply(desk: Desk) -> None:
    digests(desk)
    assert f"not of {POLICE}" in replies(desk, f"{ONE}: not for Police please", STAFF)
    assert "that is everybody" in replies(desk, f"{ONE}: for all", STAFF)
    assert "“Army” is no agency or member of staff; choose from: Police, " in replies(
        desk, f"{ONE}: not-for Army", STAFF
    )


def replies(desk: Desk, words: str, sender: str) -> str:
    letter = [row for row in desk.letters("digest") if row["recipient"] == sender][-1]
    desk.clock.move(minutes=1)
    passed = {"Authentication-Results": PASSED + sender.rpartition("@")[2]}
    body = f"{words}\n\nOn 24 Nov 2026, at 13:00, HMASIP team <{US}> wrote:\n> {letter['message_id']}"
    desk.handles(mail(body, "Re: Review list", sender, In_Reply_To=letter["message_id"], headers=passed))
    return text(desk.letters("decision-check")[-1])


ABOUT_US = {"s_account": answer("He waits for Ann Example at the clinic."), "p_surname": answer("Other")}


class TestRestricted:
    """F5."""

    def test_only_the_lead_has_it_until_the_lead_says_who(self) -> None:
        desk = a_desk(team(), ABOUT_US, {})
        assert desk.needs() == ["restricted"]
        (told,) = desk.letters("needs-a-person")
        assert told["recipient"] == LEAD
        assert f"{ONE} may be about a colleague, so it is only on the lead's list" in text(told)
        assert "Example" not in text(told)

        found = digests(desk)
        assert [address for address, pair in found.items() if ONE in pair[0] + pair[1]] == [LEAD]
        assert "Restricted: seen only by the lead." in found[LEAD][1]

        refused = replies(desk, f"{ONE}: for all", STAFF)
        assert f"There is no referral {ONE} on your list" in refused
        assert f"is on the lists of {STAFF}, {LEAD}" in replies(desk, f"{ONE}: only for {STAFF}", LEAD)
        assert desk.needs() == []
        assert "only the lead says who sees it" in replies(desk, f"{ONE}: for all", STAFF)
        found = digests(desk, TUESDAY + timedelta(days=7))
        assert sorted(address for address, pair in found.items() if ONE in pair[0] + pair[1]) == [STAFF, LEAD]
        desk.store.close()

    def test_without_a_lead_nobody_has_it_and_nobody_forgets_it(self) -> None:
        desk = a_desk(team(lead=""), ABOUT_US, {})
        assert sorted(row["recipient"] for row in desk.letters("needs-a-person")) == sorted((STAFF, LEAD, POLICE))
        found = digests(desk)
        assert not [address for address, pair in found.items() if "1 new" not in pair[0]]
        assert all("may be about a colleague" in pair[0] for pair in found.values())
        assert "is on the lists of" in replies(desk, f"{ONE}: only for Police, {STAFF}", POLICE)
        desk.store.close()

    @pytest.mark.parametrize(
        ("answers", "names_one"),
        [
            ({"p_surname": answer("Example"), "p_forenames": answer("Ann Marie")}, True),
            ({"p_aliases": answer("EXAMPLE, Ann")}, True),
            ({"q_question": answer("Letters to Dr Ann\nExample since May.")}, True),
            ({"s_unwanted": Answer({"choice": "told_directly", "text": "By Ann Example"}, "", 1.0)}, True),
            ({"h_services": answer("Dr Ann Example, consultant")}, False),
            ({"r_name": answer("Ann Example"), "h_holder": answer("Ann Example")}, False),
            ({"s_account": answer("Anne Examples, and Joann Example")}, False),
            ({"p_surname": answer("Example"), "p_forenames": answer("Bob")}, False),
        ],
    )
    def test_who_counts(self, answers: dict[str, Answer], names_one: bool) -> None:
        assert restricting.names_colleague(("Dr Ann Example",), answers) is names_one

    def test_a_name_that_is_none_restricts_nothing(self) -> None:
        assert not restricting.names_colleague(("", "Dr"), ABOUT_US)


class TestBounced:
    """G9."""

    def bounces(self, desk: Desk, address: str) -> None:
        from mailbot.store import LetterState
        from tests.stories.mails import Letter, report

        row = [one for one in desk.letters("digest") if one["recipient"] == address][-1]
        with desk.store.transaction(desk.clock.now()) as tx:
            tx.letters.settle(row["id"], LetterState.SENT, [LetterState.READY], sent_at=tx.now)
        desk.handles(report(US, Letter((address,), bytes(row["skeleton"])), when=desk.clock.now()).raw)

    def test_the_others_are_told_at_once_and_see_it_next_time(self, desk: Desk) -> None:
        digests(desk)
        self.bounces(desk, POLICE)
        told = desk.letters("needs-a-person")
        assert sorted(row["recipient"] for row in told) == [STAFF, LEAD]
        assert f"The digest for {POLICE} came back (5.1.1): please see that they have the review list." in text(told[0])
        later = digests(desk, TUESDAY + timedelta(days=7))
        assert f"digest to {POLICE}: came back: 5.1.1" in later[STAFF][0]
        assert later.keys() == {STAFF, LEAD, POLICE}

    def test_of_one_who_is_alone_nobody_is_written_to(self) -> None:
        desk = a_desk(team(addresses=(STAFF,), lead=""))
        digests(desk)
        self.bounces(desk, STAFF)
        assert desk.letters("needs-a-person") == []
        assert desk.needs() == ["digest_came_back"]
        desk.store.close()


def test_words_that_cannot_be_meant(desk: Desk) -> None:
    with pytest.raises(UserError, match="Say from whom it is kept"):
        says(desk, ONE, "not-for")
    with pytest.raises(UserError, match="cannot be said of a referral"):
        says(desk, ONE, "burn")
    with pytest.raises(NotFound):
        says(desk, "HM-2026-0099", "for-all")


def test_a_late_one_is_added_to_this_meeting_by_its_reference(desk: Desk) -> None:
    """G2."""
    from datetime import date

    with desk.store.transaction(desk.clock.now()) as tx:
        tx.referrals.change(tx.referrals.get(TWO)["id"], meeting=date(2026, 12, 2), missed_cut_off=True)
    digests(desk)
    told = replies(desk, f"{TWO}: discuss 25 November 2026", STAFF)
    assert f"{TWO} goes to the meeting on Wednesday 25 November 2026." in told
    assert "There is no meeting to come on" in replies(desk, f"{TWO}: discuss 26 November 2026", STAFF)
    later = digests(desk, TUESDAY + timedelta(days=7))[STAFF][0]
    assert f"{TWO}, late" in later, "nothing was recorded, so it is on the next list"


def test_what_changed_since_the_last_list_is_said(desk: Desk) -> None:
    digests(desk)
    desk.clock.move(days=1)
    with desk.store.transaction(desk.clock.now()) as tx:
        for what in ("form_corrected", "answer_confirmed", "answers_confirmed", "letter_came_back"):
            tx.audit.add(what, referral_id=tx.referrals.get(ONE)["id"])
    digest, page = digests(desk, TUESDAY + timedelta(days=7))[STAFF]
    (line,) = [line for line in digest.splitlines() if line.startswith(f"- {ONE}")]
    assert line.endswith("Changed since the last list: a corrected form came and answers were checked")
    assert "a corrected form came on 25 November 2026; answers were checked on 25 November 2026" in page
    assert digest.count("Changed since") == 1
