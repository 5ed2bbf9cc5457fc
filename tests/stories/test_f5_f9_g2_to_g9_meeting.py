"""A week of one team, told in order on one service: F5, F9, G2, G3, G5, G6, G7, G8 and G9, each named where it is told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import docx
import pytest

from parsers.write.fill import fill_docx
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpSink
from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import CHAIR, CLERK, PRIYA, Letter, Mail, pdf_form, report

POLICE = "lee@hq.police.example"
NOON = MONDAY + timedelta(days=1, hours=3)  # Tuesday at 12, the cut-off
DIGEST_TIME = NOON + timedelta(hours=1, minutes=1)
WEEK = timedelta(days=7)
ONE, ABOUT_A_COLLEAGUE, KEPT_BACK, ON_PAPER, PASSED_ON, LATE = (f"HM-2026-{number:04}" for number in range(1, 7))
LIST = "review-list-2026-11-25.docx"


@pytest.fixture(scope="module")
def desk(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with SmtpSink().running() as sink:
        found = Desk(
            dovecot, sink, tmp_path_factory.mktemp("week"), STAFF__ADDRESSES=f"{CHAIR},{CLERK},{POLICE}",
            STAFF__LEAD=CHAIR, STAFF__AGENCIES="police.example: Police", STAFF__NAMES="Dr Ann Example",
            STAFF__ROWS=CLERK, SENDER__LETTERS_PER_HOUR="0",
        )  # fmt: skip
        yield found.start()
        found.close()


def refers(desk: Desk, number: int, sender: str = PRIYA, words: str = "", **answers: object) -> Mail:
    """A form about somebody else each time."""
    about = {
        "p_surname": f"Person{'abcdefgh'[number]}",
        "p_nhs": None,
        "p_forenames": None,
        "p_dob": f"{1950 + 5 * number}-0{1 + number}-1{number}",
        **answers,
    }
    came = desk.receive(sender, "Referral", words, files={"form.pdf": pdf_form(**about)})
    desk.quiet()
    return came


def of(desk: Desk, name: str, to: str) -> Letter:
    """The newest letter of that name to somebody."""
    return desk.letters(name, to)[-1]


def replies(desk: Desk, who: str, words: str, files: dict[str, bytes] | None = None) -> str:
    """Somebody of staff answers the digest; what they are told."""
    before = len(desk.letters("decision-check", who))
    desk.receive(who, words=words, answers=of(desk, "digest", who), files=files)
    desk.until(lambda: len(desk.letters("decision-check", who)) > before, "nothing was answered")
    desk.quiet()
    return of(desk, "decision-check", who).text


def words(document: bytes) -> str:
    found = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


def test_f5_a_form_about_a_colleague_is_told_to_the_lead_alone(desk: Desk) -> None:
    refers(desk, 1)
    refers(desk, 2, s_account="He waits for Ann Example at the clinic each evening.")
    assert len(desk.letters("receipt")) == 2
    assert [letter.to for letter in desk.letters("needs-a-person")] == [CHAIR]
    told = of(desk, "needs-a-person", CHAIR)
    assert f"{ABOUT_A_COLLEAGUE} may be about a colleague, so it is only on the lead's list" in told.text
    assert "Example" not in told.text


def test_g8_staff_keep_a_referral_from_an_agency(desk: Desk) -> None:
    refers(desk, 3)
    said = desk.command("do", KEPT_BACK, "not-for", "Police")
    assert f"{KEPT_BACK} is on the lists of {CHAIR}, {CLERK}; not of {POLICE}." in said


def test_g7_a_referral_on_paper_is_entered_by_hand(desk: Desk) -> None:
    said = desk.command("add", "--set", "p_surname=Paper", "--set", "r_email=priya.nair@nhs.example", "--as", "Ann")
    assert said.strip() == f"{ON_PAPER}: for the meeting on 2026-11-25."


def test_g6_a_colleague_passes_on_a_referral_and_staff_confirm_whose_it_is(desk: Desk) -> None:
    passed_on = (
        "For us, I think.\n\n-----Original Message-----\nFrom: Priya Nair <priya.nair@nhs.example>\n"
        "Sent: 23 November 2026 08:00\nTo: Sam Okafor <sam.okafor@council.example>\nSubject: Referral\n\nForm attached."
    )
    about = {"p_surname": "Passed", "p_nhs": None, "p_forenames": None, "p_dob": "1999-12-31"}
    came = desk.came_of(
        desk.receive("sam.okafor@council.example", "FW: Referral", passed_on, files={"form.pdf": pdf_form(**about)})
    )
    desk.quiet()
    assert came.kind == "returned_form"
    assert of(desk, "receipt", "sam.okafor@council.example")
    told = of(desk, "needs-a-person", CHAIR)
    assert "The form's address is priya.nair@nhs.example, who wrote the mail that is passed on here" in told.text
    assert "confirm-referrer" in told.text
    assert desk.show(PASSED_ON)["referral"]["confirmed_by"] is None
    (item,) = [one["id"] for one in desk.waiting() if one["rule"] == "referrer_differs"]
    desk.command("do", str(item), "confirm-referrer", "--as", "Ann")
    assert desk.show(PASSED_ON)["referral"]["referrer"] == "priya.nair@nhs.example"


def test_g2_after_the_cut_off_it_is_for_the_next_list(desk: Desk) -> None:
    desk.move_clock(NOON + timedelta(minutes=20))
    refers(desk, 6)
    assert "Wednesday 2 December 2026" in desk.letters("receipt")[-1].text
    desk.move_clock(DIGEST_TIME)
    desk.until(lambda: len(desk.letters("digest")) == 3, "the digests have not come")
    desk.quiet()
    text = of(desk, "digest", CHAIR).text
    assert "- 1 missed the cut-off" in text
    assert f"reply “REFERENCE: discuss 25 November 2026”. - {LATE}" in text
    told = replies(desk, CHAIR, f"{LATE}: discuss 25 November 2026")
    assert f"{LATE} goes to the meeting on Wednesday 25 November 2026." in told


def test_each_has_the_digest_and_the_list_that_they_may_see(desk: Desk) -> None:
    """F5, G7, G8."""
    seen = {to: of(desk, "digest", to) for to in (CHAIR, CLERK, POLICE)}
    for to, left_out in ((CHAIR, ()), (CLERK, (ABOUT_A_COLLEAGUE,)), (POLICE, (ABOUT_A_COLLEAGUE, KEPT_BACK))):
        text = seen[to].text + words(seen[to].files[LIST])
        assert f"{5 - len(left_out)} new referrals" in seen[to].subject
        for reference in (ONE, ABOUT_A_COLLEAGUE, KEPT_BACK, ON_PAPER, PASSED_ON):
            assert (reference in text) is (reference not in left_out), (to, reference)
    assert [to for to, letter in seen.items() if "review-list-2026-11-25.xlsx" in letter.files] == [CLERK]


def test_f5_the_lead_says_who_sees_it(desk: Desk) -> None:
    assert f"There is no referral {ABOUT_A_COLLEAGUE} on your list" in replies(
        desk, CLERK, f"{ABOUT_A_COLLEAGUE}: for all"
    )
    assert f"is on the lists of {CHAIR}, {CLERK}" in replies(desk, CHAIR, f"{ABOUT_A_COLLEAGUE}: only for {CLERK}")


def test_g9_a_digest_that_bounces_is_told_to_the_others(desk: Desk) -> None:
    before = len(desk.letters("needs-a-person"))
    desk.deliver(report(desk.address, of(desk, "digest", POLICE), when=desk.now()), verdict="")
    desk.until(lambda: len(desk.letters("needs-a-person")) == before + 2, "the others were not told")
    told = desk.letters("needs-a-person")[before:]
    assert sorted(letter.to for letter in told) == [CHAIR, CLERK]
    assert f"The digest for {POLICE} came back (5.1.1): please see that they have the review list." in told[0].text


def test_g3_the_list_comes_back_and_what_lacks_something_is_named(desk: Desk) -> None:
    boxes = {
        "meeting.present": "Dr Patel (clinic), PC Lee (police)",
        f"{ONE}.outcome": "decline", f"{ONE}.lead": "Dr Patel",
        f"{KEPT_BACK}.outcome": "consultation", f"{KEPT_BACK}.lead": "Dr Patel", f"{KEPT_BACK}.by": "4 December 2026",
        f"{KEPT_BACK}.dissent": "Ann Lee would accept", f"{KEPT_BACK}.safety": "Ann Lee rings the advocate",
    }  # fmt: skip
    filled = fill_docx(of(desk, "digest", CHAIR).files[LIST], boxes)
    told = replies(desk, CHAIR, "Please find attached.", {LIST: filled})
    assert f"{ONE}: the outcome “Decline” still needs the reason. Nothing was recorded." in told
    assert f"{KEPT_BACK}: Advice and consultation only was recorded." in told
    assert "Who was present on 25 November 2026 was recorded" in told
    (outcome,) = desk.show(KEPT_BACK)["outcomes"]
    assert outcome["recorded"]["dissent"] == "Ann Lee would accept"
    assert outcome["present"] == "Dr Patel (clinic), PC Lee (police)"


def test_g5_the_second_sees_what_the_first_recorded(desk: Desk) -> None:
    told = replies(desk, CLERK, f"{KEPT_BACK}: decline, Dr Reyes, reason: x")
    assert f"{CHAIR} has already recorded “Advice and consultation only”" in told


def test_f9_the_referrers_address_changes_and_the_outcome_waits(desk: Desk) -> None:
    receipt = desk.letters("receipt")[2]
    assert KEPT_BACK in receipt.text
    changed = pdf_form(
        p_surname="Persond", p_nhs=None, p_forenames=None, p_dob="1965-04-13", r_email="priya.new@nhs.example"
    )
    desk.receive(PRIYA, words="My new address is on it.", files={"form.pdf": changed}, answers=receipt)
    desk.quiet()
    told = replies(desk, CHAIR, f"approve {KEPT_BACK}")
    assert "nobody has confirmed the referrer's address" in told
    assert not [letter for letter in desk.letters() if letter.name.startswith("outcome")]

    assert "To: priya.new@nhs.example" in replies(desk, CHAIR, f"{KEPT_BACK}: send to priya.new@nhs.example")
    replies(desk, CHAIR, f"approve {KEPT_BACK}")
    outcome = desk.letter("outcome-consultation")
    assert outcome.recipients == ("priya.new@nhs.example",)
    for word in ("Ann Lee", "PC Lee", "Person"):
        assert word not in outcome.text


def test_next_week_the_late_one_is_marked_and_what_happened_is_said(desk: Desk) -> None:
    """F5, G2, G9."""
    desk.move_clock(DIGEST_TIME + WEEK)
    desk.until(lambda: len(desk.letters("digest")) == 6, "the digests have not come")
    desk.quiet()
    chairs, clerks, polices = (of(desk, "digest", to).text for to in (CHAIR, CLERK, POLICE))
    assert f"New - {LATE}, late, received Tuesday 24 November 2026, waiting 7 days" in chairs
    assert f"digest to {POLICE}: came back: 5.1.1" in chairs
    assert ABOUT_A_COLLEAGUE in clerks
    assert ABOUT_A_COLLEAGUE not in polices
    assert desk.status()["ledger"]["reconciled"] is True
