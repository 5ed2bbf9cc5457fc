"""E6: staff read, flag or move a mail before mailbot sees it: it is handled all the same, once."""

from __future__ import annotations

from tests.stories.conftest import OpenDesk
from tests.stories.desk import Desk
from tests.stories.mails import JO, PRIYA, SAM, pdf_form


def read_and_flag_everything(desk: Desk) -> None:
    with desk.imap() as imap:
        imap.select_folder("INBOX")
        imap.add_flags(imap.search(), ["\\Seen", "\\Flagged"])


def move_everything(desk: Desk, to: str) -> None:
    with desk.imap() as imap:
        if not imap.folder_exists(to):
            imap.create_folder(to)
        imap.select_folder("INBOX")
        imap.move(imap.search(), to)


def test_before_mailbot_ever_starts(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.receive(JO)
    move_everything(desk, "Ann's cases")
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    read_and_flag_everything(desk)

    desk.start()
    desk.quiet()

    assert sorted(map(str, desk.kinds())) == ["form_request", "returned_form"]
    assert {(letter.name, letter.to) for letter in desk.letters()} == {
        ("form", "jo.smith@probation.example"), ("receipt", "priya.nair@nhs.example")
    }  # fmt: skip
    assert desk.folders() == {"Ann's cases": 1, "Handled": 1, "Sent": 2}  # what staff moved stays where they put it


def test_while_it_is_stopped_and_after_it_has_answered(desk: Desk) -> None:
    desk.receive(JO)
    desk.quiet()
    desk.stop()
    desk.receive(SAM)
    read_and_flag_everything(desk)
    move_everything(desk, "Ann's cases")
    with desk.imap() as imap:  # and what was handled is taken out of our folder, as if it were new
        imap.select_folder("Handled")
        imap.move(imap.search(), "Ann's cases")

    desk.start()
    desk.until(lambda: len(desk.kinds()) == 3, "the moved mails were not seen")
    desk.quiet()

    assert sorted(map(str, desk.kinds())) == ["form_request", "form_request", "repeat"]
    assert [letter.to for letter in desk.letters()] == ["jo.smith@probation.example", "sam.okafor@council.example"]
    assert desk.folders() == {"Ann's cases": 2, "Sent": 2}
