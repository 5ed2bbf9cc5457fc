"""B6: somebody refers in a letter: the form goes, the letter is no referral yet, and a person reads it."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR

LETTER = (
    "Dear colleagues,\n\nThank you for seeing this gentleman for assessment. He is 41 and has been "
    "harassing a former colleague since March, although she has asked him to stop.\n\n{more}"
)


def test_the_form_goes_and_the_letter_waits(counter: Desk) -> None:
    sender = "dr.rao@surgery.example"
    came = counter.came_of(counter.receive(sender, "Referral", LETTER.format(more="I would value your opinion.")))

    assert (came.kind, came.references) == ("unclear", ())
    assert "letter_of_referral" in came.why
    assert came.told == {"form": [sender], "needs-a-person": [CHAIR]}
    assert "the letter is no referral yet" in came.letter("needs-a-person").text
    assert "Your email is not a referral yet." in came.letter("form").text


def test_danger_in_it_is_told_at_once(counter: Desk) -> None:
    sender = "dr.lim@surgery.example"
    words = LETTER.format(more="On Monday he threatened to stab her.")
    came = counter.came_of(counter.receive(sender, "Referral", words))

    assert came.kind == "unclear"
    assert came.told == {"form": [sender], "urgent": [CHAIR]}
