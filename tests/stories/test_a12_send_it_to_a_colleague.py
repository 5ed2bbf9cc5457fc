"""A12: "send it to my colleague at ...": it goes to who wrote, saying that it may be passed on; to nobody else."""

from __future__ import annotations

from tests.stories.desk import Desk


def test_it_goes_to_who_wrote(counter: Desk) -> None:
    words = "Please send your referral form to my colleague Ann at ann.other@probation.example, she will fill it in."
    came = counter.came_of(counter.receive("pat.lowe@probation.example", "Form", words))

    assert came.kind == "form_request"
    assert came.told == {"form": ["pat.lowe@probation.example"]}
    assert "You can forward this email to a colleague if they will fill it in." in came.letter("form").text
    assert counter.letters(to="ann.other@probation.example") == []
    assert came.waits == ()
