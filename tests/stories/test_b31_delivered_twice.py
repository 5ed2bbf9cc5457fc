"""B31: the same mail is delivered twice, and resent unchanged: one case, one receipt."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.desk import Desk
from tests.stories.mails import PRIYA, mail, pdf_form


def test_one_case_and_one_receipt(desk: Desk) -> None:
    returned = mail(desk.address, PRIYA, "Referral", "Attached.", when=desk.now(), files={"form.pdf": pdf_form()})
    desk.deliver(returned)
    desk.deliver(returned)
    desk.quiet()
    desk.deliver(returned, came_at=desk.now() + timedelta(minutes=20))  # by another way: its trace is not the same
    desk.quiet()

    assert desk.kinds() == ["returned_form", "repeat", "repeat"]
    assert [letter.name for letter in desk.letters()] == ["receipt"]
    assert desk.folders() == {"Handled": 3, "Sent": 1}
    assert desk.status()["referrals"] == {"queued": 1}
