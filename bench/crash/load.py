"""The mixed load: requests, forms, automatic mail, and the outcomes of staff for the referrals there are."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

from mailbot.referral import State
from tests.stories.desk import Desk
from tests.stories.mails import CHAIR, Letter, pdf_form, word_form

_AWAY = "I am on annual leave until 7 December and will answer when I am back."


class Load:
    """Puts one mail after another into a desk's mailbox; `given` counts them by sort."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self._chance = desk, chance
        self.given = Counter[str]()
        self._told = set[str]()
        self._answered = set[str]()

    def next(self) -> None:
        """One more mail, of whatever sort is at hand."""
        sort = self._chance.choices(("request", "form", "automatic", "outcome"), (5, 3, 2, 4))[0]
        if sort == "outcome":
            sort = self._outcome() or "request"
        number = sum(self.given.values())
        if sort == "request":
            self.desk.receive(f"Jo Smith <jo.{number}@probation.example>")
        elif sort == "form":
            name, data = self._chance.choice(_forms())
            self.desk.receive(f"Priya Nair <priya.{number}@nhs.example>", "Referral", "", files={name: data})
        elif sort == "automatic":
            self.desk.receive(
                f"Sam Okafor <sam.{number}@council.example>",
                "Automatic reply: form",
                _AWAY,
                Auto_Submitted="auto-replied",
            )
        self.given[sort] += 1

    def _outcome(self) -> str | None:
        """Staff approve what they were shown, or record an outcome; None where there is nothing to decide."""
        for shown in self.desk.letters("decision-check", CHAIR):
            if shown.message_id not in self._answered:
                return self._say("approve all", shown)
        with self.desk.ledger() as tx:
            listed = [row["reference"] for row in tx.referrals.in_states([State.ON_LIST])]
        for reference in listed:
            if reference not in self._told:
                self._told.add(reference)
                return self._say(f"{reference}: decline, Dr Patel, reason: it is about a debt", None)
        return None

    def _say(self, words: str, shown: Letter | None) -> str:
        self.desk.receive(CHAIR, "Outcomes", words, answers=shown)
        if shown:
            self._answered.add(shown.message_id)
        return "approval" if shown else "outcome"


@cache
def _forms() -> list[tuple[str, bytes]]:
    """A few forms made beforehand, of different people: what they say is not what is looked at here."""
    return [
        (f"form.{kind}", make(p_surname=f"Person{number}", p_nhs=""))
        for kind, make in (("pdf", pdf_form), ("docx", word_form))
        for number in range(4)
    ]
