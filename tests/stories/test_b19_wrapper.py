"""B19: an encrypted mail is recognised, staff are told at once, and the sender that a person opens it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, PRIYA

NOTICE = "Priya Nair has sent you a protected message. Learn about messages protected by Microsoft Purview."


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (NOTICE, {"message.rpmsg": b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(900)}),
        ("You've received an encrypted message from Priya Nair.", {"message.html": b"<html><form></form></html>"}),
        ("This is a secure, encrypted message.", {"Encrypted_Message.htm": b"<html></html>"}),
        ("", {"smime.p7m": b"\x30\x80" + bytes(900)}),
        ("Priya Nair has sent you a secure message. Please sign in to Mimecast to read it.", {}),
        ("You have received a secure email sent with Egress. Click to read your secure message.", {}),
        ("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----", {}),
    ],
)
def test_a_person_opens_it(desk: Desk, words: str, files: Mapping[str, bytes]) -> None:
    sent = desk.receive(PRIYA, "Confidential: referral", words, files=files)
    told = desk.letter("holding")
    desk.quiet()

    assert told.to == sent.address
    assert "A person here has to open it" in told.text
    assert desk.kinds() == ["unreadable"]
    assert desk.letter("needs-a-person").to == CHAIR
    assert [item["rule"] for item in desk.waiting()] == ["cannot_open"]


def test_the_notice_of_a_service_is_not_answered(desk: Desk) -> None:
    """Nobody reads answers to it; staff must open it before its link ends."""
    desk.receive("Egress <no-reply@switch.egress.com>", "Priya Nair has sent you a secure email", "Read it by Friday.")
    desk.letter("needs-a-person")
    desk.quiet()

    assert desk.kinds() == ["unreadable"]
    assert {letter.to for letter in desk.letters()} == {CHAIR}
