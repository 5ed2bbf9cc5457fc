"""B2: the form printed to PDF, or saved as ODT, RTF or old Word: the same referral; what cannot be read has one reason."""

from __future__ import annotations

import pytest

from tests.parsers.fill.clients import libreoffice
from tests.parsers.printing import pdfium
from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form, word_form


@pytest.mark.parametrize(
    ("kind", "surname", "forenames", "born", "iso"),
    [
        ("pdf", "Adlington", "Percy", "3 10 1941", "1941-10-03"),
        ("odt", "Brocklebank", "Selwyn", "12 2 1953", "1953-02-12"),
        ("rtf", "Crowhurst", "Leopold", "25 7 1967", "1967-07-25"),
        ("doc", "Dunstable", "Augustus", "9 11 1999", "1999-11-09"),
    ],
)
def test_it_is_the_same_referral(
    counter: Desk, kind: str, surname: str, forenames: str, born: str, iso: str
) -> None:  # fmt: skip
    sender = f"{surname.lower()}@nhs.example"
    about = {"r_email": sender, "p_surname": surname, "p_forenames": forenames, "p_dob": born, "p_nhs": None}
    data = pdfium(pdf_form(**about)) if kind == "pdf" else libreoffice(word_form(**about), to=kind)[0]
    came = counter.came_of(counter.receive(sender, "Referral", "As attached.", files={f"form.{kind}": data}))

    (reference,) = came.references
    assert (came.kind, came.waits) == ("returned_form", ())
    assert came.told == {"receipt": [sender]}
    assert "Every question we need has an answer." in came.letter("receipt").text
    shown = counter.show(reference)
    assert [shown["answers"][key]["value"] for key in ("p_surname", "p_dob")] == [surname, iso]
    assert shown["referral"]["confirmed_by"]


def test_what_cannot_be_read_has_one_clear_reason(counter: Desk) -> None:
    broken = libreoffice(word_form(p_surname="Eglantine"), to="odt")[0][:3000]
    sender = "fern.oakes@nhs.example"
    came = counter.came_of(counter.receive(sender, "Referral", "My form.", files={"form.odt": broken}))

    assert (came.kind, came.references, came.waits) == ("unreadable", (), ("cannot_open",))
    assert came.told == {"cannot-open": [sender], "needs-a-person": [CHAIR]}
    told = came.letter("needs-a-person").text
    assert told.startswith("A mail brings a file we cannot read: This zip file is damaged and cannot be opened. Please")
