"""C6 and C7: a letter of ours comes back, and a person telephones; a delay is only logged."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA, pdf_form, report


def test_the_case_shows_that_it_was_not_delivered(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    receipt = desk.letter("receipt")

    desk.deliver(report(desk.address, receipt, when=desk.now(), action="delayed", status="4.4.1"), verdict="")
    desk.quiet()
    assert desk.waiting() == []

    desk.deliver(report(desk.address, receipt, when=desk.now()), verdict="")
    desk.quiet()

    assert desk.kinds() == ["returned_form", "delivery_report", "delivery_report"]
    shown = {letter["name"]: letter for letter in desk.show("HM-2026-0001")["letters"]}
    assert (shown["receipt"]["state"], shown["receipt"]["note"]) == ("delivered_not", "came back: 5.1.1")
    assert "not delivered" in desk.command("show", "HM-2026-0001")
    (item,) = desk.waiting()
    assert (item["rule"], item["reference"]) == ("not_delivered", "HM-2026-0001")
    assert "Please telephone instead." in item["why"]
    assert desk.letter("needs-a-person").to == CHAIR
    assert desk.folders() == {"Handled": 2, "Needs a person": 1, "Sent": 2}

    desk.command("do", str(item["id"]), "done", "--as", "Ann")
    assert desk.waiting() == []
