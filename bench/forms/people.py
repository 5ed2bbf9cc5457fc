"""Whose answers are put on the form: the people of the tests, plain and hostile, all of them or with --smoke two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.forms.returned import Truth
from parsers import Form
from parsers.write.fill import by_control
from tests.parsers.crowd import Person, crowd
from tests.parsers.kit import FORM

TRUTHS: tuple[Truth, ...] = ("plain", "hostile")


@dataclass(frozen=True)
class People:
    """The two truth sets."""

    plain: tuple[Person, ...]
    hostile: tuple[Person, ...]

    def each(self) -> Iterator[tuple[Truth, Person]]:
        """Everybody, with the set they belong to."""
        for truth in TRUTHS:
            yield from ((truth, person) for person in self.of(truth))

    def of(self, truth: Truth) -> tuple[Person, ...]:
        return self.plain if truth == "plain" else self.hostile


def people(*, smoke: bool, form: Form = FORM) -> People:
    """Everybody; for a look whether all works, one of each set."""
    most = 1 if smoke else None
    return People(tuple(crowd(form)[:most]), tuple(crowd(form, hostile=True)[:most]))


def typed(person: Person) -> dict[str, str]:
    """What this person puts into each control."""
    return by_control(person.written)
