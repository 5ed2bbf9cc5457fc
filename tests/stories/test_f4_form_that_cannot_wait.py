"""F4: a form that says it cannot wait, or speaks of suicide, is put before staff at once; its receipt is like any other."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA, pdf_form


def test_the_receipt_is_the_same_and_staff_know(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form(s_account="He says that he will end his life.")})
    desk.receive(
        PRIYA,
        "Referral",
        "",
        files={
            "form.pdf": pdf_form(
                p_surname="Ashdown",
                p_forenames="Noel",
                p_nhs="9990000069",
                p_dob="1971-02-11",
                q_urgent={"choice": "yes", "text": "Friday"},
            )
        },
    )
    desk.quiet()

    first, second = desk.letters("receipt")
    assert first.text.replace("0001", "0002") == second.text
    assert [letter.to for letter in desk.letters("urgent")] == [CHAIR, CHAIR]
    assert [item["rule"] for item in desk.waiting()] == ["urgent_form", "urgent_form"]
