"""F5: a form that names a colleague: its receipt is like any other, and a person decides who may see it."""

from __future__ import annotations

from tests.stories.conftest import OpenDesk
from tests.stories.mails import CHAIR, CLERK, PRIYA, pdf_form


def test_the_lead_alone_is_told(open_desk: OpenDesk) -> None:
    desk = open_desk(STAFF__ADDRESSES=f"{CHAIR},{CLERK}", STAFF__LEAD=CHAIR, STAFF__NAMES="Rowan Tidewell").start()
    form = pdf_form(s_account="He writes to our ward manager, Rowan Tidewell, every day.")
    came = desk.came_of(desk.receive(PRIYA, "Referral", "Attached.", files={"form.pdf": form}))

    assert came.kind == "returned_form"
    assert came.told == {"receipt": ["priya.nair@nhs.example"], "needs-a-person": [CHAIR]}
    assert came.waits == ("restricted",)
    assert "Tidewell" not in came.letter("receipt").text
