"""B16: a locked file is put before a person, the sender is told what we can take, and the password is written nowhere."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA

#: what an encrypted Word document is: an OLE file with this stream in its directory (MS-OFFCRYPTO 2.3.4)
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(900)


def test_the_file_and_then_its_password(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "Form attached, password to follow.", files={"D Whitlock.docx": LOCKED})
    told = desk.letter("cannot-open")
    desk.quiet()
    desk.receive(PRIYA, "Password", "The password for the form is Lantern-Quay-41.")
    desk.quiet()

    assert told.recipients == ("priya.nair@nhs.example",)
    assert "The .docx file: This document is locked with a password." in told.text
    assert "without a password" in told.text
    assert b"Whitlock" not in told.raw
    assert desk.kinds() == ["unreadable", "unreadable"]
    assert len(desk.letters("needs-a-person")) == 2
    assert len(desk.letters("cannot-open")) == 1
    first, second = desk.letters("needs-a-person")
    assert "It seems to belong with item" not in first.text
    assert "It seems to belong with item 1 (mail 1) of the same sender." in second.text
    assert not any(b"Lantern" in letter.raw for letter in desk.letters())
    assert "Lantern" not in desk.log


def test_the_password_may_come_first(desk: Desk) -> None:
    desk.receive(PRIYA, "Password", "The password for the form I am about to send is Lantern-Quay-41.")
    desk.quiet()
    desk.receive(PRIYA, "Referral", "Form attached.", files={"form.docx": LOCKED})
    desk.quiet()

    assert desk.kinds() == ["unreadable", "unreadable"]
    assert "It seems to belong with item 1 (mail 1) of the same sender." in desk.letters("needs-a-person")[1].text
    assert [letter.name for letter in desk.letters(to="priya.nair@nhs.example")] == ["cannot-open"]


def test_a_password_in_the_subject_is_kept_nowhere(counter: Desk) -> None:
    sent = counter.receive("pia.north@nhs.example", "Password: Heron-Field-77", "The password for the form is above.")
    came = counter.came_of(sent)

    assert came.kind == "unreadable"
    assert came.told == {"needs-a-person": [CHAIR]}
    assert b"Heron" not in came.letter("needs-a-person").raw
    assert "Heron" not in counter.log
    assert "Heron" not in counter.command("list")
    with counter.ledger() as tx:
        rows = [tx.mails.get(need["mail_id"]) for need in tx.needs.waiting() if need["mail_id"]]
    assert "Heron" not in str(rows)


def test_nobody_is_asked_to_unlock_a_form_for_an_address_that_may_not_be_secure(counter: Desk) -> None:
    sender = "pia.north@charity.example"
    came = counter.came_of(counter.receive(sender, "Referral", "Form attached.", files={"form.docx": LOCKED}))

    assert came.told == {"cannot-open": [sender], "needs-a-person": [CHAIR]}
    told = came.letter("cannot-open").text
    assert "Please do not take the password off" in told
    assert "Send it from a secure work address instead" in told
