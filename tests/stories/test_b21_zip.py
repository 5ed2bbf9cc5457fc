"""B21: a zip file is opened within limits; what cannot be opened goes to a person, and the sender is told."""

from __future__ import annotations

import io
import zipfile

from tests.parsers.test_unpack import packed
from tests.stories.desk import Desk
from tests.stories.mails import PRIYA, pdf_form


def test_the_form_in_it_is_a_referral(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "Form attached.", files={"forms.zip": packed(form_pdf=pdf_form())})
    desk.letter("receipt")
    desk.quiet()

    assert desk.kinds() == ["returned_form"]
    assert desk.waiting() == []


def test_a_bomb_and_a_locked_one_go_to_a_person(desk: Desk) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(300):
            archive.writestr(f"{number}.txt", b"0" * (1 << 20))
    locked = bytearray(packed(form_pdf=pdf_form()))
    for at in (locked.find(b"PK\x03\x04") + 6, locked.find(b"PK\x01\x02") + 8):
        locked[at] |= 1  # APPNOTE 4.4.4: encrypted
    desk.receive(PRIYA, "Referral", "Form attached.", files={"forms.zip": bomb.getvalue()})
    desk.receive(PRIYA, "Referral again", "Form attached, sorry.", files={"forms.zip": bytes(locked)})
    desk.quiet()

    assert desk.kinds() == ["unreadable", "unreadable"]
    assert len(desk.waiting()) == 2
    first, second = desk.letters("cannot-open")
    assert "The .zip file" in first.text or "The .txt file" in first.text
    assert "locked with a password" in second.text
    assert desk.status()["referrals"] == {}
