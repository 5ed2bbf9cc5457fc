"""B12: the blank comes back: it is asked for again; blank and filled together: the filled one is used."""

from __future__ import annotations

from pathlib import Path

from tests.stories.desk import Desk
from tests.stories.mails import pdf_form


def test_it_arrived_empty(counter: Desk, root: Path) -> None:
    blank = (root / "config/forms/1/referral-form.pdf").read_bytes()
    came = counter.came_of(counter.receive("eva.long@nhs.example", "Referral", "As attached.", files={"f.pdf": blank}))

    assert (came.kind, came.references) == ("returned_form", ())
    assert came.told == {"question": ["eva.long@nhs.example"]}
    assert came.letter("question").subject == "Your referral form arrived empty"
    assert "referral-form.pdf" in came.letter("question").files
    assert came.waits == ()


def test_the_filled_one_of_two_is_used(counter: Desk, root: Path) -> None:
    sender = "eva.short@nhs.example"
    files = {
        "a.docx": (root / "config/forms/1/referral-form.docx").read_bytes(),
        "b.pdf": pdf_form(r_email=sender, p_surname="Thornbury", p_nhs="9990000026"),
    }
    came = counter.came_of(counter.receive(sender, "Referral", "As attached.", files=files))

    assert came.kind == "returned_form"
    assert came.told == {"receipt": [sender]}
    assert len(came.references) == 1
