"""B30, C12: one person referred twice: linked for staff, each referrer acknowledged, neither told about the other."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

POLICE, PROBATION = "kit.moss@police.example", "uma.lacey@nhs.example"


def test_linked_for_staff_alone(counter: Desk) -> None:
    first, second = (
        counter.came_of(
            counter.receive(
                sender, "Referral", "Attached.",
                files={"f.pdf": pdf_form(r_email=sender, p_surname="Sandringham", p_nhs="9990000182")},
            )
        )
        for sender in (POLICE, PROBATION)
    )  # fmt: skip
    (earlier,), (later,) = first.references, second.references

    assert second.waits == ("same_person",)
    assert second.told == {"receipt": [PROBATION], "needs-a-person": [CHAIR]}
    assert earlier in second.letter("needs-a-person").text
    assert earlier not in second.letter("receipt").text
    for sender, other in ((POLICE, later), (PROBATION, earlier)):
        assert [letter for letter in counter.letters(to=sender) if other.encode() in letter.raw] == []

    undone = counter.came_of(counter.receive(CHAIR, words=f"unlink {earlier}", answers=second.letter("needs-a-person")))
    assert "are not linked any more" in undone.letter("decision-check").text
