"""B5: the form's questions and answers are typed into the mail itself; a quoted blank is no form."""

from __future__ import annotations

from pathlib import Path

from parsers import Form
from parsers.write.fill import by_control
from tests.parsers.fill.by_typing import typed
from tests.parsers.people import PLAIN
from tests.stories.desk import Desk
from tests.stories.mails import JO, PRIYA

_FOLDER = Path(__file__).parents[2] / "config" / "forms" / "1"
FORM, BLANK = Form.load(_FOLDER), (_FOLDER / "referral-form.txt").read_text("utf-8")


def test_answers_in_the_mail_are_a_referral(desk: Desk) -> None:
    desk.receive(PRIYA, words=f"Here are my answers.\n\n{typed(BLANK, FORM, by_control(PLAIN))}")

    assert desk.letter("receipt").subject == "Referral HM-2026-0001 received"
    answers = desk.show("HM-2026-0001")["answers"]
    assert (answers["p_surname"]["value"], answers["p_dob"]["value"]) == ("Whitlock", "1985-03-27")


def test_a_request_above_a_blank_is_a_request(desk: Desk) -> None:
    quoted = "\n".join(f"> {line}" for line in BLANK.splitlines())
    desk.receive(JO, words=f"Please can you send me a referral form?\n\nOn Monday, desk@team.example wrote:\n{quoted}")
    desk.letter("form")
    desk.receive(PRIYA, words=f"Please can you send me a referral form in Word?\n\n{BLANK}")
    desk.quiet()

    assert "returned_form" not in desk.kinds()


def test_our_questions_answered_where_they_are_quoted_are_a_referral(desk: Desk) -> None:
    filled = "\n".join(f"> {line}" for line in typed(BLANK, FORM, by_control(PLAIN)).splitlines())
    desk.receive(PRIYA, words=f"My answers are below.\n\nOn Monday, Referrals <{desk.address}> wrote:\n{filled}")

    assert desk.letter("receipt").subject == "Referral HM-2026-0001 received"
    assert desk.show("HM-2026-0001")["answers"]["p_surname"]["value"] == "Whitlock"


def test_their_own_form_quoted_again_is_no_new_referral(desk: Desk) -> None:
    filled = typed(BLANK, FORM, by_control(PLAIN))
    desk.receive(PRIYA, words=f"Here are my answers.\n\n{filled}")
    desk.letter("receipt")
    quoted = "\n".join(f"> {line}" for line in filled.splitlines())
    desk.receive(PRIYA, words=f"Is there any news?\n\nOn Monday, {PRIYA} wrote:\n{quoted}")
    twice = "\n".join(f"> {line}" for line in f"Thank you.\n\nOn Monday, Priya wrote:\n{quoted}".splitlines())
    desk.receive(PRIYA, words=f"Any news?\n\nOn Tuesday, Referrals <{desk.address}> wrote:\n{twice}")
    desk.quiet()

    assert desk.kinds().count("returned_form") == 1
