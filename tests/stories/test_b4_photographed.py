"""B4: photos of the pages, taken with a telephone, one file each: one referral, and staff check what is handwritten."""

from __future__ import annotations

import pytest

from tests.parsers.people import PLAIN
from tests.parsers.scanning import as_jpeg, by_pen, seen
from tests.stories.desk import Desk
from tests.stories.mails import PRIYA

pytest.importorskip("rapidocr")


def test_photos_of_pages_are_one_referral(desk: Desk) -> None:
    photos = [as_jpeg(page, 6) for page in seen(by_pen(PLAIN, 2, "steve"), "photo", 2)]
    files = {f"IMG_{number}.jpg": photo for number, photo in enumerate(reversed(photos), 1)}
    desk.receive(PRIYA, "Referral", "", files=files)

    # seven photos are read by seven processes in turn
    (receipt,) = desk.until(lambda: desk.letters("receipt"), "no receipt came", 120)
    assert receipt.subject == "Referral HM-2026-0001 received"
    assert not receipt.files

    assert {one["rule"] for one in desk.waiting()} == {"handwritten", "referrer_differs"}
    answers = desk.show("HM-2026-0001")["answers"]
    signs = {key: one["value"] for key, one in answers.items() if key.startswith("k_signs.")}
    assert signs == {key: PLAIN[key] for key in signs}
    assert all(one["where"]["page"] for one in answers.values())
