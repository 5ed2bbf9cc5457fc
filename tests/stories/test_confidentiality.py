"""Names and numbers from mails and forms stay out of subjects, file names, headers and logs (rule 10)."""

from __future__ import annotations

from datetime import timedelta

from tests.calendars import Invited
from tests.stories import breaker
from tests.stories.conftest import OpenDesk
from tests.stories.desk import MONDAY
from tests.stories.mails import BY_PHONE, CHAIR, JO, PRIYA, SAM, pdf_form, report, word_form

MARKS = ("Zarquon", "Quibbleworth", "9990000018", "999 000 0018", "SO14", "zaphod")


def test_planted_names_are_found_nowhere_they_do_not_belong(open_desk: OpenDesk) -> None:
    desk = open_desk().start(breaker.raises_at_the_mark)
    person = {"p_surname": "Quibbleworth", "p_forenames": "Zarquon", "p_aliases": "zaphod"}
    zaphod = "Zaphod Quibbleworth <zaphod@quibbleworth.example>"
    desk.receive(
        PRIYA, "Re Zarquon Quibbleworth 999 000 0018: referral form please", "Please send me the referral form."
    )
    desk.receive(
        PRIYA, "Zarquon Quibbleworth, NHS 999 000 0018", "For Zarquon.", answers=None,
        files={"Zarquon Quibbleworth 9990000018.pdf": pdf_form(**person, **BY_PHONE, p_nhs="999 000 0019")},
    )  # fmt: skip
    desk.receive(SAM, "Quibbleworth", "", files={"Quibbleworth.docx": word_form(**person, p_contact=None)})
    desk.receive(zaphod, "About Zarquon Quibbleworth", "He lives in SO14. What happens next?")
    desk.receive(zaphod, breaker.MARK, "Zarquon Quibbleworth")
    desk.receive(JO, "Zarquon", "", files={"Zarquon.pdf": b"%PDF-1.7 Quibbleworth", "zaphod.zip": b"PK\3\4Zarquon"})
    desk.quiet()
    desk.deliver(report(desk.address, desk.letters("receipt")[0], when=desk.now()), verdict="")
    desk.move_clock(MONDAY + timedelta(days=1, hours=4, minutes=1))
    desk.letter("digest")
    desk.quiet()
    decline = ("--outcome", "decline", "--lead", "Dr Reyes", "--reason", "Out of area.")
    desk.command("outcome", "HM-2026-0001", *decline)
    desk.command("approve", "HM-2026-0001", "--yes")
    desk.letter("outcome-decline")
    desk.quiet()
    desk.stop()

    said = desk.log + desk.command("status")
    for letter in desk.letters():
        head, _, _ = letter.raw.partition(b"\r\n\r\n")
        to = letter.to if letter.to != CHAIR else ""
        said += head.decode().replace(to, "") + " ".join([letter.subject, *letter.files])
        if letter.to != CHAIR:
            said += letter.text
    said += "".join(Invited.of(letter.raw).raw.decode() for letter in desk.letters("invitation"))
    found = [mark for mark in MARKS if mark.lower() in said.lower()]
    assert found == []
    expected = {"form", "receipt", "invitation", "needs-a-person", "digest", "outcome-decline"}
    assert expected <= {one.name for one in desk.letters()}
