"""C5: an out-of-office answer to one of our letters is logged, never answered; after an outcome staff see it."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, JO, PRIYA, pdf_form

AWAY = "I am on leave until Monday. Please contact Tom Reed, tom.reed@nhs.example."


def test_nobody_answers_it(desk: Desk) -> None:
    desk.receive(JO)
    form = desk.letter("form")

    desk.receive(JO, words=AWAY, answers=form, Auto_Submitted="auto-replied", X_Auto_Response_Suppress="All")
    desk.quiet()

    assert desk.kinds() == ["form_request", "automatic"]
    assert [letter.name for letter in desk.letters()] == ["form"]
    assert desk.folders() == {"Handled": 2, "Sent": 1}
    assert desk.waiting() == []


def test_after_an_outcome_staff_see_whom_else_to_tell(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.quiet()
    desk.command("outcome", "HM-2026-0001", "--outcome", "decline", "--lead", "Dr Reyes", "--reason", "Out of area.")
    desk.command("approve", "HM-2026-0001", "--yes")
    outcome = desk.letter("outcome-decline")

    desk.receive(PRIYA, words=AWAY, answers=outcome, Auto_Submitted="auto-replied")
    desk.quiet()

    assert desk.kinds() == ["returned_form", "automatic"]
    told = desk.letter("needs-a-person")
    assert told.to == CHAIR
    assert "It may name somebody else to contact." in told.text
    assert told.subject == "Needs a person: item 1, referral HM-2026-0001"
    assert desk.folders() == {"Handled": 1, "Needs a person": 1, "Sent": 3}
    assert [item["rule"] for item in desk.waiting()] == ["away"]
