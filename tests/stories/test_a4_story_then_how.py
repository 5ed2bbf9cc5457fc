"""A4: a whole case history, and then how to refer: the form goes, the story is no referral, and a person reads it."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

ANN = "ann.fry@nhs.example"
STORY = (
    "I am working with a man on my caseload who has been sending messages to his former partner since the spring. "
    "She has changed her number twice, and he has found the new one each time. He talks of little else, and has begun "
    "to write to her sister and to her employer. His general practitioner knows, and so does the drug and alcohol team. "
    "He lives alone in Fareham and works nights in a warehouse. He says that they will be together again by Christmas. "
    "We see him every second Thursday. He has told me that he drives past the school where she teaches on most days, "
    "and that she waved to him once. His mother is worried and has asked us for help more than once since October.\n\n"
)


def test_the_form_goes_and_a_person_reads_the_story(counter: Desk) -> None:
    came = counter.came_of(counter.receive(ANN, "Advice please", f"{STORY}How do I refer him to you?"))

    assert (came.kind, came.references) == ("form_request", ())
    assert came.told == {"form": [ANN], "needs-a-person": [CHAIR]}
    assert came.waits == ("tells_a_story",)
    assert "it is not a referral until the form comes" in came.letter("needs-a-person").text

    back = counter.came_of(counter.receive(ANN, "Referral", "Attached.", files={"form.pdf": pdf_form(r_email=ANN)}))
    with counter.ledger() as tx:
        assert ANN not in [one["address"] for one in tx.enquiries.waiting()]
    assert (back.kind, len(back.references)) == ("returned_form", 1)


def test_staff_know_at_once_where_the_story_tells_of_danger(counter: Desk) -> None:
    words = f"{STORY}Last night he threatened to kill her. How do I refer him to you?"
    came = counter.came_of(counter.receive("bea.fry@nhs.example", "Advice please", words))

    assert came.kind == "form_request"
    assert came.told == {"form": ["bea.fry@nhs.example"], "urgent": [CHAIR]}
    assert "call 999" in came.letter("form").text.partition("Thank you")[0]
