"""The whole loop: asked for, returned, listed, decided and told; and G3, an outcome that lacks something is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import OpenDesk
from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import CHAIR, PRIYA, pdf_form, word_form

DIGEST_TIME = MONDAY + timedelta(days=1, hours=4, minutes=1)
REASON = "The risk is best managed by your team, with our advice."


def test_an_outcome_that_lacks_something_is_refused_and_says_what(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.quiet()

    said = desk.command("outcome", "HM-2026-0001", "--outcome", "consultation", "--reason", " ", status=1)
    assert "still needs who leads, by when. Nothing was recorded." in said
    said = desk.command("outcome", "HM-2026-0001", "--outcome", "consultation", "--lead", "Dr Reyes", status=1)
    assert "still needs by when." in said
    assert "is not an outcome" in desk.command("outcome", "HM-2026-0001", "--outcome", "maybe", status=1)
    assert "no outcome has been recorded" in desk.command("approve", "HM-2026-0001", "--yes", status=1)

    shown = desk.show("HM-2026-0001")
    assert shown["outcomes"] == []
    assert shown["referral"]["state"] == "queued"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_whole_loop(open_desk: OpenDesk, request: pytest.FixtureRequest, engine: str) -> None:
    database = request.getfixturevalue("postgres_url") if engine == "postgresql" else ""
    desk = open_desk(database=database).start_as_installed()

    desk.receive(PRIYA, words="Could you send me your referral form please?")
    desk.receive(PRIYA, words="Please find attached.", files={"form.docx": word_form()}, answers=desk.letter("form"))
    receipt = desk.letter("receipt")
    desk.quiet()

    desk.move_clock(DIGEST_TIME)
    digest = desk.letter("digest")
    assert digest.to == CHAIR
    assert digest.subject == "Review list for Wednesday 25 November 2026: 1 new referral"
    assert digest.files["review-list-2026-11-25.docx"].startswith(b"PK")
    desk.quiet()
    assert desk.show("HM-2026-0001")["referral"]["state"] == "on_list"

    consultation = ("--outcome", "consultation", "--lead", "Dr Reyes", "--by", "2026-12-04", "--reason", REASON)
    desk.command("outcome", "HM-2026-0001", *consultation, "--rationale", "Not in a letter.", "--as", "Ann")
    said = desk.command("approve", "HM-2026-0001", typed="n\n", status=1)
    assert REASON in said
    assert "nothing was sent" in said
    assert "approved" in desk.command("approve", "HM-2026-0001", "--as", "Ben", typed="y\n")

    outcome = desk.letter("outcome-consultation")
    assert outcome.recipients == ("priya.nair@nhs.example",)
    assert outcome.subject == "Referral HM-2026-0001: outcome of our meeting"
    assert outcome["In-Reply-To"] == receipt.message_id
    assert outcome["Auto-Submitted"] == "auto-generated"
    assert "OOF" not in outcome["X-Auto-Response-Suppress"]  # an out-of-office answer may name somebody else (C5)
    for words in (REASON, "Your reference: FC-2210", "Wednesday 25 November 2026", "by Friday 4 December 2026", "999"):
        assert words in outcome.text
    assert b"Whitlock" not in outcome.raw
    assert "Not in a letter" not in outcome.text

    desk.quiet()
    shown = desk.show("HM-2026-0001")
    assert shown["referral"]["state"] == "told"
    assert [(one["recorded_by"], one["approved_by"]) for one in shown["outcomes"]] == [("Ann", "Ben")]
    assert "already been approved" in desk.command("approve", "HM-2026-0001", "--yes", status=1)

    desk.receive(PRIYA, words="Thank you.", answers=outcome)
    desk.move_clock(DIGEST_TIME + timedelta(days=7))
    desk.until(lambda: len(desk.letters("digest")) == 2, "no second digest")
    assert "- 0 new referrals - 0 carried over" in desk.letters("digest")[-1].text
    desk.quiet()
    assert [letter.name for letter in desk.letters() if letter.to != CHAIR] == [
        "form", "receipt", "outcome-consultation"
    ]  # fmt: skip
    assert desk.status()["ledger"]["reconciled"] is True
