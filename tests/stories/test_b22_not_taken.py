"""B22: a kind of file that we do not take, or one that a gateway took out: the letter names it, and staff are told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from tests.parsers.test_unpack import packed
from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, SAM

TAKEN_OUT = (
    b"This attachment was removed because it contains a file type that is not allowed.\r\nName: Referral form.docm\r\n"
)


def docm() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("words", "files", "said"),
    [
        ("Form attached.", {"form.docm": docm()}, "contains macros"),
        ("Form attached.", {"form.pages": packed(Index_zip=b"x", Document_iwa=b"y")}, "Apple Pages"),
        ("Form attached.", {"ATTACHMENT REMOVED.txt": TAKEN_OUT}, "taken out before your email reached us"),
        ("Form attached.\n\nWarning: the attachment has been removed by our mail gateway.", {}, "taken out"),
    ],
)
def test_the_sender_is_told_what_we_take(desk: Desk, words: str, files: Mapping[str, bytes], said: str) -> None:
    sent = desk.receive(SAM, "Completed form", words, files=files)
    told = desk.letter("cannot-open")
    desk.quiet()

    assert told.to == sent.address
    assert said in told.text
    assert "as a PDF, a Word document (.docx)" in told.text
    assert desk.kinds() == ["unreadable"]
    assert desk.letter("needs-a-person").to == CHAIR
