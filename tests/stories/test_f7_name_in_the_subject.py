"""F7: a name or an NHS number in the subject: our letters have a clean one with the reference."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import pdf_form

SENDER = "gil.penn@nhs.example"


def test_our_subjects_are_clean(counter: Desk) -> None:
    form = pdf_form(r_email=SENDER, p_surname="Quennell", p_nhs="9990000166")
    subject = "Referral: Rupert QUENNELL, NHS 999 000 0166"
    came = counter.came_of(counter.receive(SENDER, subject, "Form attached.", files={"Quennell R.pdf": form}))
    more = counter.came_of(counter.receive(SENDER, f"{subject} {came.references[0]}", "His officer is DC Alder."))

    assert came.told == {"receipt": [SENDER]}
    assert came.letter("receipt").subject == f"Referral {came.references[0]} received"
    assert more.kind == "more_information"
    for letter in (*came.letters, *more.letters):
        assert "quennell" not in letter.subject.lower()
        assert "0166" not in letter.subject
    assert b"Quennell" not in came.letter("receipt").raw
    assert "quennell" not in counter.log.lower()
