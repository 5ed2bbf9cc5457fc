"""B34: under 18, out of area, under investigation: queued like anyone else, and the receipt is like any other."""

from __future__ import annotations

import re
from typing import Any

from tests.stories.desk import Desk
from tests.stories.mails import pdf_form

CASES: list[dict[str, Any]] = [
    {"p_surname": "Ashdown", "p_nhs": "9990000069", "p_forenames": "Noel", "p_dob": "1971-02-11"},
    {"p_surname": "Brill", "p_nhs": "9990000077", "p_forenames": "Kit", "p_dob": "2011-07-19"},
    {
        "p_surname": "Crouch",
        "p_nhs": "9990000085",
        "p_dob": "1968-08-30",
        "p_postcode": "ZE1 0AA",
        "p_area": "elsewhere",
    },
    {
        "p_surname": "Dunmow",
        "p_nhs": "9990000093",
        "p_forenames": "Ted",
        "p_dob": "1990-12-05",
        "j_invest": "yes",
        "j_invest_who": "DC Alder, Hampshire, 44/26",
    },
]


def test_nobody_can_tell_from_the_receipt(counter: Desk) -> None:
    receipts = []
    for number, answers in enumerate(CASES):
        sender = f"flag.{number}@nhs.example"
        form = pdf_form(r_email=sender, **answers)
        came = counter.came_of(counter.receive(sender, "Referral", "Attached.", files={"form.pdf": form}))
        assert came.kind == "returned_form"
        assert came.told == {"receipt": [sender]}
        assert counter.show(came.references[0])["referral"]["state"] == "queued"
        receipts.append(re.sub(r"HM-\d{4}-\d+", "REF", came.letter("receipt").text))

    assert len(set(receipts)) == 1
