"""B3: a form printed, filled in by pen and scanned: queued with a normal receipt; staff check what is handwritten."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.parsers.people import PLAIN
from tests.parsers.scanning import as_pdf, by_pen, seen
from tests.stories.desk import Desk
from tests.stories.mails import PRIYA

pytest.importorskip("rapidocr")


def test_a_scan_is_queued_and_a_person_checks_the_handwriting(desk: Desk, tmp_path: Path) -> None:
    desk.receive(PRIYA, "Referral", "", files={"scan.pdf": as_pdf(seen(by_pen(PLAIN, 1), "200 dpi", 1))})

    (receipt,) = desk.until(lambda: desk.letters("receipt"), "no receipt came", 120)
    assert receipt.subject == "Referral HM-2026-0001 received"
    assert "no answer" not in receipt.text
    assert "unclear" not in receipt.text.casefold()
    assert not receipt.files

    items = {one["rule"]: one for one in desk.waiting()}
    assert items.keys() == {"handwritten", "referrer_differs"}
    assert "The form's address is handwritten." in items["referrer_differs"]["why"]
    item, words = str(items["handwritten"]["id"]), items["handwritten"]["why"]
    assert "came on paper" in words
    assert "Date of birth (p_dob)" in words
    assert "Whitlock" not in words
    letter = next(one for one in desk.letters("needs-a-person") if "came on paper" in one.text)
    assert "confirm-rest" in letter.text
    assert "Whitlock" not in letter.subject

    shown = desk.show("HM-2026-0001")
    assert shown["answers"]["k_signs.damage"]["confidence"] >= 0.9
    assert shown["answers"]["p_surname"]["confidence"] < 0.9
    desk.command("digest", "--preview", str(tmp_path))
    with zipfile.ZipFile(next(tmp_path.glob("*.docx"))) as review_list:
        pictures = [name for name in review_list.namelist() if name.startswith("word/media/")]
        body = review_list.read("word/document.xml").decode()
    assert len(pictures) > 30
    assert "please check: " in body

    said = desk.command(
        "do", item, "confirm-answer", "p_dob=27 3 1985", "p_setting.text=Harbour House", "r_ref=FC-2210"
    )
    assert "Still to check" in said
    assert "Date of birth" not in said
    said = desk.command("do", item, "confirm-rest")
    answers = desk.show("HM-2026-0001")["answers"]
    assert answers["p_dob"]["value"] == "1985-03-27"
    assert answers["p_setting"]["value"] == {"choice": "supported_housing", "text": "Harbour House"}
    unread = [key for key, one in answers.items() if one["confidence"] < 0.9]
    assert len(unread) <= 3, unread  # what made no sense cannot be confirmed as it was read
    if unread:
        assert "Still to check" in said
        desk.command("do", item, "done")
    assert [one["rule"] for one in desk.waiting()] == ["referrer_differs"]
