"""B27, B28, B29: a box ticked twice, a date that is none, an NHS number that fails: flagged, asked once, never guessed."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Name

from tests.parsers.damage import changed, widget_of
from tests.stories.desk import CameOf, Desk
from tests.stories.mails import pdf_form


def sends(desk: Desk, sender: str, form: bytes) -> CameOf:
    came = desk.came_of(desk.receive(sender, "Referral", "As attached.", files={"form.pdf": form}))
    assert (came.kind, came.told, came.waits) == ("returned_form", {"receipt": [sender]}, ())
    assert desk.show(came.references[0])["referral"]["state"] == "queued", "the referral goes ahead"
    return came


def asks(came: CameOf) -> list[str]:
    """The questions the receipt asks."""
    receipt = came.letter("receipt")
    labels = ("Are they under police investigation now, for anything?", "Date of birth", "NHS number")
    return [one for one in labels if f"- {one}" in receipt.text]


def test_b27_yes_and_no_both_ticked_is_asked_once(counter: Desk) -> None:
    def both(document: pikepdf.Pdf) -> None:
        widget_of(document, "j_invest", "no").AS = Name("/no")

    sender = "ada.wyke@nhs.example"
    form = pdf_form(
        r_email=sender,
        p_surname="Gathercole",
        p_forenames="Norman",
        p_dob="1 2 1939",
        p_nhs=None,
        p_postcode="PO16 7AB",
    )
    came = sends(counter, sender, changed(form, both))

    assert asks(came) == ["Are they under police investigation now, for anything?"]
    answer = counter.show(came.references[0])["answers"]["j_invest"]
    assert (answer["value"], sorted(answer["candidates"])) == (None, ["no", "yes"])


@pytest.mark.parametrize(
    ("surname", "forenames", "written", "value", "may_be"),
    [
        ("Haverstock", "Dudley", "03/04/1985", "1985-04-03", []),
        ("Haversham", "Lucian", "03/04/85", None, ["1985-04-03"]),
        ("Ingoldsby", "Maurice", "30/02/1985", None, []),
        ("Jessamine", "Thaddeus", "about 40", None, []),
        ("Knatchbull", "Ignatius", "1 January 2030", None, ["2030-01-01"]),
    ],
)
def test_b28_a_date_of_birth(
    counter: Desk, surname: str, forenames: str, written: str, value: str | None, may_be: list[str]
) -> None:
    """Day first; what is impossible, vague, in the future or without its century is asked."""
    sender = f"{surname.lower()}@nhs.example"
    came = sends(
        counter, sender, pdf_form(r_email=sender, p_surname=surname, p_forenames=forenames, p_dob=written, p_nhs=None)
    )

    assert asks(came) == ([] if value else ["Date of birth"])
    answer = counter.show(came.references[0])["answers"]["p_dob"]
    assert (answer["value"], answer["raw"], answer["candidates"]) == (value, written, may_be)


@pytest.mark.parametrize(
    ("surname", "forenames", "born", "written", "value"),
    [
        ("Lavenham", "Reginald", "2 2 1932", "999 000 1146", "9990001146"),
        ("Mortlake", "Barnaby", "6 6 1946", "999-000-1154", "9990001154"),
        ("Nettlefold", "Horatio", "18 8 1978", "999 000 1163", None),
    ],
)
def test_b29_an_nhs_number(
    counter: Desk, surname: str, forenames: str, born: str, written: str, value: str | None
) -> None:  # fmt: skip
    sender = f"{surname.lower()}@nhs.example"
    form = pdf_form(r_email=sender, p_surname=surname, p_forenames=forenames, p_dob=born, p_nhs=written)
    came = sends(counter, sender, form)

    assert asks(came) == ([] if value else ["NHS number"])
    answer = counter.show(came.references[0])["answers"]["p_nhs"]
    assert answer["raw"] == written
    assert (answer["value"] if answer["confidence"] >= 0.9 else None) == value
