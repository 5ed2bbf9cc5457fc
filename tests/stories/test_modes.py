"""The modes: observe sends and files nothing and says what it would do; drafts leaves the sending to staff; pause."""

from __future__ import annotations

from tests.stories.conftest import OpenDesk
from tests.stories.desk import Desk
from tests.stories.mails import JO, PRIYA, SAM, Letter, pdf_form


def test_observe_only_says_what_it_would_do(open_desk: OpenDesk) -> None:
    desk = open_desk(MODE="observe").start()
    desk.receive(JO)
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.receive(SAM, "Hello", "Are you the right people?")
    desk.quiet()

    assert desk.letters() == []
    assert desk.folders() == {"INBOX": 3}
    with desk.imap() as imap:
        imap.select_folder("INBOX")
        assert imap.search("SEEN") == []
    assert desk.kinds() == ["form_request", "returned_form", "unclear"]
    said = [(line.get("name"), line.get("state")) for line in desk.logged() if line["event"] == "letter"]
    assert sorted(said) == [("form", "cancelled"), ("needs-a-person", "cancelled"), ("receipt", "cancelled")]
    status = desk.status()
    assert status["mode"] == "observe"
    assert status["letters"] == {"cancelled": 3}


def take_draft(desk: Desk) -> Letter:
    """The only draft, as a member of staff takes it to send it."""
    with desk.imap() as imap:
        imap.select_folder("Drafts")
        (number,) = imap.search()
        raw = imap.fetch(number, ["RFC822"])[number][b"RFC822"]
        imap.delete_messages([number])
        imap.expunge()
    return Letter((), raw)


def states(desk: Desk) -> dict[str, int]:
    with desk.ledger() as tx:
        return tx.letters.count_by_state()


def test_drafts_are_for_staff_to_send(open_desk: OpenDesk) -> None:
    desk = open_desk(MODE="drafts").start()
    asked = desk.receive(JO)
    desk.quiet()

    assert desk.letters() == []
    assert states(desk) == {"held": 1}
    assert desk.folders() == {"Handled": 1, "Drafts": 1}
    draft = take_draft(desk)
    assert (draft.name, draft.to, draft["In-Reply-To"]) == ("form", "jo.smith@probation.example", asked.message_id)

    desk.put(draft.raw, "Sent")
    desk.until(lambda: states(desk) == {"sent": 1}, "the sent draft was not noticed")
    assert desk.letters() == []
    assert desk.waiting() == []


def test_an_outcome_sent_from_drafts_has_been_told(open_desk: OpenDesk) -> None:
    desk = open_desk(MODE="drafts").start()
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.quiet()
    desk.put(take_draft(desk).raw, "Sent")
    desk.command("outcome", "HM-2026-0001", "--outcome", "decline", "--lead", "Dr Reyes", "--reason", "Out of area.")
    desk.command("approve", "HM-2026-0001", "--yes")
    desk.until(lambda: states(desk) == {"sent": 1, "held": 1}, "the outcome is not in Drafts")
    assert desk.show("HM-2026-0001")["referral"]["state"] == "decided"

    desk.put(take_draft(desk).raw, "Sent")
    desk.until(lambda: states(desk) == {"sent": 2}, "the sent draft was not noticed")
    assert desk.show("HM-2026-0001")["referral"]["state"] == "told"


def test_paused_nothing_is_sent_until_resumed(desk: Desk) -> None:
    desk.command("pause")
    desk.receive(JO)
    desk.until(lambda: states(desk) == {"ready": 1}, "the mail was not handled")
    desk.stop()
    desk.start()
    desk.receive(SAM)
    desk.until(lambda: states(desk) == {"ready": 2}, "the mail was not handled")
    status = desk.status()
    assert (status["paused"], status["letters"]) == (True, {"ready": 2})
    assert desk.letters() == []

    desk.command("resume")
    desk.quiet()
    assert [letter.name for letter in desk.letters()] == ["form", "form"]
    assert desk.status()["paused"] is False
