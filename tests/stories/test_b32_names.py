"""B32: accents, apostrophes, other scripts and emoji: kept and shown exactly."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import word_form

NAMES = {
    "p_forenames": "Zoë Þóra",
    "p_surname": "O’Brien-Łukasz",
    "p_aliases": "Вася, 小明, 🙂 Zee",
    "s_account": "“Ça va?” – she said no.",
}


def test_every_letter_is_kept(counter: Desk) -> None:
    form = word_form(r_email="sian.ohara@nhs.example", p_nhs="9990000042", **NAMES)
    sent = counter.receive(
        "Siân O’Hara <sian.ohara@nhs.example>", "Siân’s referral – größer 🙂", "", files={"f.docx": form}
    )
    came = counter.came_of(sent)

    assert came.kind == "returned_form"
    assert came.told == {"receipt": ["sian.ohara@nhs.example"]}
    answers = counter.show(came.references[0])["answers"]
    assert {key: answers[key]["value"] for key in NAMES} == NAMES
