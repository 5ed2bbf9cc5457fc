"""C2: somebody we do not know asks how a referral goes: the neutral text, the same whether there is one or not."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, pdf_form

REFERRER = "ines.roe@nhs.example"


def test_nothing_is_confirmed(counter: Desk) -> None:
    form = pdf_form(r_email=REFERRER, p_surname="Garrick", p_nhs="9990000107")
    returned = counter.came_of(counter.receive(REFERRER, "Referral", "Attached.", files={"form.pdf": form}))
    (reference,) = returned.references

    texts = []
    for number, asked in enumerate((reference, "HM-2026-9999", "my client")):
        sender = f"tom.{number}@council.example"
        came = counter.came_of(counter.receive(sender, "Query", f"What is happening with the referral of {asked}?"))
        assert (came.kind, came.references) == ("status_question", ())
        assert came.told == {"neutral": [sender], "needs-a-person": [CHAIR]}
        assert came.waits == ("status_question",)
        assert reference not in came.letter("neutral").subject
        texts.append(came.letter("neutral").text)

    assert len(set(texts)) == 1
    assert reference not in texts[0]
