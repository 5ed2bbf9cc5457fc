"""G7: a referral taken by telephone or on paper: staff enter it by mail or at the command line; same checks, same list."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.desk import MONDAY, Desk
from tests.stories.mails import CHAIR, word_form

BY_PHONE = """add

Surname: Ormerod
First names: Walter
Date of birth: 31 5 1958
NHS number: 999 000 1120
Home postcode: AB1 2XY
Shoe size: 9
Referrer: PC Kay Lund
Referrer's email: kay.lund@nhs.example
What happened:
He waits at the bus stop each morning.
He writes to her employer.
"""


def test_taken_by_telephone_it_is_entered_by_a_mail_of_staff(counter: Desk) -> None:
    came = counter.came_of(counter.receive(CHAIR, "Telephone referral", BY_PHONE))

    (reference,) = came.references
    assert (came.kind, came.waits) == ("decision", ())
    assert came.told == {"decision-check": [CHAIR]}, "nothing goes to anybody outside"
    told = came.letter("decision-check").text
    assert f"{reference} is entered, for the meeting on 25 November 2026." in told
    assert "No answer yet: " in told
    assert "Please check: NHS number" in told, "its check digit is wrong"
    assert "Who holds the case now?" in told
    assert "“Shoe size: 9”: This is no question of the form." in told

    shown = counter.show(reference)
    values = {key: one["value"] for key, one in shown["answers"].items()}
    assert (values["p_surname"], values["p_dob"]) == ("Ormerod", "1958-05-31")
    assert values["s_account"] == "He waits at the bus stop each morning. He writes to her employer."
    assert (shown["referral"]["referrer"], shown["referral"]["confirmed_by"]) == ("kay.lund@nhs.example", CHAIR)
    assert [mail["kind"] for mail in shown["mails"]] == ["decision"]
    assert [one for one in shown["criteria"] if one["verdict"] == "looks not met"], "the postcode is elsewhere"


def test_on_paper_the_form_that_was_keyed_in_is_attached(counter: Desk) -> None:
    form = word_form(
        r_email="una.gale@nhs.example",
        p_surname="Kettlewell",
        p_forenames="Basil",
        p_dob="14 4 1938",
        p_nhs="9990001138",
    )
    came = counter.came_of(counter.receive(CHAIR, "add", "Came by post.", files={"form.docx": form}))

    (reference,) = came.references
    assert came.told == {"decision-check": [CHAIR]}
    assert counter.show(reference)["referral"]["confirmed_by"] == CHAIR


def test_with_nothing_in_it_nothing_is_entered(desk: Desk) -> None:
    # a desk of its own: who decides nothing is answered so many times an hour, and the counter's clock stands
    came = desk.came_of(desk.receive(CHAIR, "Referral", "add a referral"))

    assert (came.kind, came.references) == ("decision", ())
    assert "Nothing was entered" in came.letter("decision-check").text


def test_from_anybody_else_it_is_no_order(counter: Desk) -> None:
    stranger = counter.came_of(counter.receive("mallory.dean@council.example", "Referral", BY_PHONE))
    assert (stranger.kind == "decision", stranger.references) == (False, ())
    forged = counter.came_of(counter.receive(CHAIR, "Referral", BY_PHONE, verdict="fail"))
    assert (forged.kind, forged.references, forged.waits) == ("decision", (), ("decision_refused",))


def test_at_the_command_line_it_is_on_the_list_with_the_same_checks(desk: Desk) -> None:
    said = desk.command(
        "add", "--set", "p_surname=Pennington", "--set", "p_postcode=AB1 2XY", "--set", "p_nhs=999 000 0019",
        "--as", "Ann",
    )  # fmt: skip
    assert said.strip() == "HM-2026-0001: for the meeting on 2026-11-25."
    assert [one["criterion"] for one in desk.show("HM-2026-0001")["criteria"] if one["verdict"] == "looks not met"]
    desk.move_clock(MONDAY + timedelta(days=1, hours=4, minutes=1))
    assert "HM-2026-0001" in desk.letter("digest").text
    assert "add" in desk.letter("digest").text
    assert desk.letters("receipt") == []
