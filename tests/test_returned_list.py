"""The review list sent back with its boxes filled in, in Word's own way and in the ways people spoil it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parsers.write.fill import fill_docx
from tests.desk import PASSED, STAFF, Desk, mail
from tests.test_decisions import text
from tests.test_outcome_mail import ONE, OTHER, THREE, TUESDAY, TWO, last, outcome_letters, recorded, replies, state
from tests.test_outcome_mail import desk as desk

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DECLINED = {"outcome": "decline", "lead": "Dr Patel", "reason": "It is about a debt.\nNot about a person."}


def review_list(desk: Desk) -> bytes:
    with desk.store.look(desk.clock.now()) as tx:
        row = last(desk, "digest")
        import json

        hashes = row["attachments"] if isinstance(row["attachments"], list) else json.loads(row["attachments"])
        return tx.letters.blob(hashes[0])


def filled(desk: Desk, **of: dict[str, str]) -> bytes:
    """The list of the last digest with these boxes filled in, by the last digit of the reference: `r1={...}`."""
    boxes = {f"HM-2026-000{name[1:]}.{part}": value for name, parts in of.items() for part, value in parts.items()}
    return fill_docx(review_list(desk), boxes)


def edited(document: bytes, change: Callable[[str], str]) -> bytes:
    """The document after somebody changed its text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data.decode()).encode() if name == "word/document.xml" else data)
    return out.getvalue()


def sends_back(
    desk: Desk, document: bytes, words: str = "Please find attached.", sender: str = STAFF, **more: Any
) -> str:
    headers = more.get("headers", {"Authentication-Results": PASSED + sender.rpartition("@")[2]})
    before = len(desk.letters("decision-check"))
    desk.clock.move(minutes=1)
    files = [("review-list-2026-11-25.docx", WORD, document)]
    desk.handles(mail(words, "RE: Review list", sender, headers=headers, files=files))
    checks = desk.letters("decision-check")
    return text(checks[-1]) if len(checks) > before else ""


def test_what_was_filled_in_is_recorded_and_its_letters_come_back(desk: Desk) -> None:
    advice = {"outcome": "consultation", "lead": "Dr Reyes", "by": "4 December 2026", "rationale": "All agreed."}
    told = sends_back(desk, filled(desk, r1=DECLINED, r3=advice))

    assert f"{ONE}: Decline was recorded." in told
    assert "It is about a debt." in told
    assert f"{THREE}: Advice and consultation only was recorded." in told
    assert "Not done" not in told
    assert [state(desk, one) for one in (ONE, TWO, THREE)] == ["decided", "on_list", "decided"]
    assert recorded(desk, THREE)[0]["recorded"]["rationale"] == "All agreed."
    assert "All agreed." not in told
    assert recorded(desk, THREE)[0]["recorded"]["by"] == "2026-12-04"

    replies(desk, "approve all", to="decision-check")
    assert [row["name"] for row in outcome_letters(desk)] == ["outcome-decline", "outcome-consultation"]


def test_the_words_beside_it_count_too(desk: Desk) -> None:
    told = sends_back(
        desk, filled(desk, r1=DECLINED), f"Attached.\n\n{TWO}: consultation, Dr Reyes, by 4 December\n\nAda"
    )
    assert "Not done" not in told
    assert (state(desk, ONE), state(desk, TWO)) == ("decided", "decided")


def test_sent_back_twice_nothing_changes(desk: Desk) -> None:
    document = filled(desk, r1=DECLINED)
    sends_back(desk, document)
    assert "recorded already; nothing was changed" in sends_back(desk, document, "And again.")
    assert len(recorded(desk)) == 1


def test_each_fault_is_named_and_what_was_right_stands(desk: Desk) -> None:
    document = filled(desk, r1=DECLINED, r2={"outcome": "decline"}, r3={"lead": "Dr Reyes"})
    told = sends_back(desk, document)
    assert "HM-2026-0001: Decline was recorded." in told
    assert "“HM-2026-0002 on the review list for 25 November 2026”" in told
    assert "still needs who leads, the reason" in told
    assert "HM-2026-0003: no outcome was chosen, though other boxes are filled in" in told


def test_a_choice_that_somebody_typed_over(desk: Desk) -> None:
    document = edited(filled(desk, r1=DECLINED), lambda xml: xml.replace(">Decline<", ">Probably decline<"))
    assert "“Probably decline” is not an outcome; choose one of" in sends_back(desk, document)
    assert recorded(desk) == []


def test_an_edited_label_does_not_mislead(desk: Desk) -> None:
    document = edited(filled(desk, r1=DECLINED), lambda xml: xml.replace(">HM-2026-0001<", ">HM-2026-0002<"))
    sends_back(desk, document)
    assert (state(desk, ONE), state(desk, TWO)) == ("decided", "on_list")


def test_a_page_that_was_pasted_again_with_another_answer(desk: Desk) -> None:
    other = filled(desk, r1={**DECLINED, "outcome": "consultation"})
    body = re.compile(r"<w:body>(.*)<w:sectPr", re.DOTALL)
    with zipfile.ZipFile(io.BytesIO(other)) as archive:
        found = body.search(archive.read("word/document.xml").decode())
    assert found
    document = edited(filled(desk, r1=DECLINED), lambda xml: xml.replace("<w:sectPr", f"{found[1]}<w:sectPr", 1))
    told = sends_back(desk, document)
    assert "HM-2026-0001 stands twice on the list" in told
    assert recorded(desk) == []


def test_a_reference_that_is_not_there(desk: Desk) -> None:
    document = edited(filled(desk, r1=DECLINED), lambda xml: xml.replace("HM-2026-0001.", "HM-2026-0099."))
    assert "There is no referral HM-2026-0099" in sends_back(desk, document)


def test_last_weeks_list(desk: Desk) -> None:
    """What is still open is taken; what was decided since is not decided again."""
    document = filled(desk, r1=DECLINED, r2=DECLINED)
    replies(desk, f"{ONE}: told by phone", to="digest")
    replies(desk, f"{ONE}: consultation, Dr Reyes, by 4 December")
    replies(desk, f"{ONE}: told by phone", to="decision-check")
    desk.clock.moment = TUESDAY + timedelta(days=7)
    desk.tick()
    told = sends_back(desk, document)
    assert "“HM-2026-0001 on the review list for 25 November 2026”" in told
    assert "HM-2026-0001 is told" in told
    assert "HM-2026-0002: Decline was recorded." in told


@pytest.mark.parametrize("headers", [{}, {"Authentication-Results": PASSED.replace("pass", "fail") + "desk.example"}])
def test_a_list_that_nobody_proves_changes_nothing(desk: Desk, headers: dict[str, str]) -> None:
    assert sends_back(desk, filled(desk, r1=DECLINED), headers=headers) == ""
    assert recorded(desk) == []
    assert desk.needs() == ["decision_refused"]


def test_a_strangers_list_decides_nothing(desk: Desk) -> None:
    sends_back(desk, filled(desk, r1=DECLINED), sender="sam.okoro@cmht.example")
    assert recorded(desk) == []
    assert desk.letters("decision-check") == []


def test_an_empty_list_says_that_nothing_was_understood(desk: Desk) -> None:
    assert "Nothing was done." in sends_back(desk, review_list(desk), "Here you are.")


def test_another_member_of_staff_sees_what_the_first_recorded(desk: Desk) -> None:
    sends_back(desk, filled(desk, r1=DECLINED))
    told = sends_back(desk, filled(desk, r1={**DECLINED, "outcome": "consultation", "by": "soon"}), sender=OTHER)
    assert "duty@desk.example has already recorded “Decline”" in told


def test_who_was_present_is_asked_once(desk: Desk) -> None:
    document = fill_docx(review_list(desk), {"meeting.present": "Dr Patel\nPC Lee", "HM-2026-0001.outcome": "decline"})
    told = sends_back(desk, document)
    assert "Who was present on 25 November 2026 was recorded" in told
    assert "HM-2026-0001: the outcome “Decline” still needs who leads" in told


def test_a_page_that_was_deleted_is_named_and_the_others_stand(desk: Desk) -> None:
    without = re.compile(r"<w:sdt .*?</w:sdt>", re.DOTALL)
    document = edited(
        filled(desk, r1=DECLINED),
        lambda xml: without.sub(lambda box: "" if 'w:val="HM-2026-0002.' in box[0] else box[0], xml),
    )
    told = sends_back(desk, document)
    assert "HM-2026-0001: Decline was recorded." in told
    assert "HM-2026-0002 has no boxes in the list that came back, so nothing was recorded for it." in told
    assert "HM-2026-0003" not in told


def test_rows_pasted_from_last_weeks_list_count_for_their_own_referral(desk: Desk) -> None:
    """A row brings its tag along: what it says is about the referral that it was made for."""
    document = filled(desk, r2=DECLINED)
    row = re.search(r"<w:tr>(?:(?!</w:tr>).)*HM-2026-0002\.outcome.*?</w:tr>", body_of(document), re.DOTALL)
    assert row
    pasted = edited(
        filled(desk, r1=DECLINED), lambda xml: xml.replace("<w:sectPr", f"<w:tbl>{row[0]}</w:tbl><w:sectPr", 1)
    )
    told = sends_back(desk, pasted)
    assert "HM-2026-0001: Decline was recorded." in told
    assert "HM-2026-0002: the outcome “Decline” still needs the reason" in told
    assert (state(desk, ONE), state(desk, TWO)) == ("decided", "on_list")


def body_of(document: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return archive.read("word/document.xml").decode()


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("name", "media_type", "data"),
    [
        ("review-list-2026-11-25.xlsx", SHEET, b"PK\x03\x04 a spreadsheet"),
        ("review-list-2026-11-25.pdf", "application/pdf", b"%PDF-1.4 printed"),
        ("copy.docx", WORD, b"PK\x03\x04 pasted into another document"),
    ],
)
def test_another_file_than_the_list_says_so_and_the_words_beside_it_stand(
    desk: Desk, name: str, media_type: str, data: bytes
) -> None:
    digest = last(desk, "digest")
    headers = {"Authentication-Results": PASSED + "desk.example"}
    for words, done in (
        ("Please find attached.", []),
        (f"Attached.\n\n{TWO}: consultation, Dr Reyes, by 4 May", [TWO]),
    ):
        desk.clock.move(minutes=1)
        files = [(name, media_type, data)]
        desk.handles(mail(words, "RE: Review list", headers=headers, sender=STAFF, files=files,
                          In_Reply_To=digest["message_id"]))  # fmt: skip
        told = text(desk.letters("decision-check")[-1])
        assert "- “the attached file”:" in told
        assert "No outcome can be read from it. Send back the Word review list itself" in told
        assert "attached.”" not in told.lower()
        assert [one for one in (ONE, TWO, THREE) if state(desk, one) == "decided"] == done


def test_two_lists_in_one_mail_count_where_they_do_not_contradict(desk: Desk) -> None:
    advice = {"outcome": "consultation", "lead": "Dr Reyes", "by": "4 December 2026"}
    one, other = filled(desk, r1=DECLINED, r2=DECLINED), filled(desk, r1=advice, r2=DECLINED, r3=advice)
    headers = {"Authentication-Results": PASSED + "desk.example"}
    files = [("review-list-2026-11-25.docx", WORD, one), ("review-list-2026-11-25 (2).docx", WORD, other)]
    desk.clock.move(minutes=1)
    desk.handles(mail("Both attached.", "RE: Review list", STAFF, headers=headers, files=files))
    told = text(desk.letters("decision-check")[-1])
    assert "HM-2026-0001 is filled in on two lists of this mail, and not alike. Nothing was recorded." in told
    assert [state(desk, ref) for ref in (ONE, TWO, THREE)] == ["on_list", "decided", "decided"]
    assert len(recorded(desk, TWO)) == 1


def test_a_strangers_list_is_shown_to_staff(desk: Desk) -> None:
    sends_back(desk, filled(desk, r1=DECLINED), sender="sam.okoro@cmht.example")
    assert len(desk.needs()) == 1


def test_a_list_with_a_code_that_does_not_count_changes_nothing_and_all_staff_see_it(desk: Desk) -> None:
    """Another person's code, and one's own of a meeting that is over; our server says nothing of either mail."""
    mine, theirs = last(desk, "digest"), last(desk, "digest", OTHER)
    document = filled(desk, r1=DECLINED)
    for digest, days, why in ((theirs, 0, "went to somebody else"), (mine, 7, "of a meeting that is over")):
        desk.clock.move(days=days)
        desk.tick()
        quoted = "\n".join(f"> {line}" for line in text(digest).splitlines())
        asked = len(desk.letters("needs-a-person"))
        assert sends_back(desk, document, f"Attached.\n\n{quoted}", headers={}) == ""
        told = desk.letters("needs-a-person")[asked:]
        assert {row["recipient"] for row in told} == {STAFF, OTHER}
        assert why in text(told[0])
    assert recorded(desk) == []
    assert desk.needs() == ["decision_refused"] * 2
