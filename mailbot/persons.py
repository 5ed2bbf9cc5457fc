"""Whether two referrals are about one person: surely, perhaps, or not (B30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz import fuzz

from parsers import Answer
from parsers.match import plain

#: the answers that say who somebody is
KEYS = ("p_nhs", "p_surname", "p_forenames", "p_dob")
_NAMES_ALIKE = 85.0  # of 100: "Jon Whitlock" and "John Whitlok" are, "Ann Lee" and "Dan Lee" are not
_SURNAMES_ALIKE = 80.0


@dataclass(frozen=True)
class Person:
    """Who is referred, as far as it was read for sure; empty or None where it was not."""

    nhs: str = ""
    surname: str = ""
    forenames: str = ""
    born: date | None = None

    @classmethod
    def of(cls, answers: Mapping[str, Answer]) -> Person:
        """From a form's answers."""
        sure = {key: one for key, one in answers.items() if key in KEYS and one.sure}
        return cls(
            nhs=str(sure["p_nhs"].value or "") if "p_nhs" in sure else "",
            surname=plain(sure["p_surname"].raw) if "p_surname" in sure else "",
            forenames=plain(sure["p_forenames"].raw) if "p_forenames" in sure else "",
            born=_day(sure["p_dob"].value) if "p_dob" in sure else None,
        )


@dataclass(frozen=True)
class Likeness:
    """How sure it is that two are one, and by what, in words without a name."""

    sure: Literal["same", "alike"]
    by: str


def compare(one: Person, other: Person) -> Likeness | None:
    """Exact NHS number, or surname and date of birth, is the same person; what is nearly so is for people to say."""
    if one.nhs and one.nhs == other.nhs:
        return Likeness("same", "same NHS number")
    named = bool(one.surname) and one.surname == other.surname
    born = one.born is not None and one.born == other.born
    if named and born:
        if one.nhs and other.nhs:
            return Likeness("alike", "same surname and date of birth, another NHS number")
        return Likeness("same", "same surname and date of birth")
    if born and _ratio(one.surname, other.surname) >= _SURNAMES_ALIKE:
        return Likeness("alike", "same date of birth, surnames alike")
    names = (f"{one.forenames} {one.surname}".strip(), f"{other.forenames} {other.surname}".strip())
    if one.forenames and other.forenames and _ratio(*names) >= _NAMES_ALIKE and _may_be_one_day(one.born, other.born):
        return Likeness("alike", "names alike")
    return None


def is_another(one: Person, other: Person) -> bool:
    """Whether two forms plainly name two people: more about them differs than agrees; a slip is none."""
    pairs = [
        (one.nhs, other.nhs, one.nhs == other.nhs),
        (one.surname, other.surname, _ratio(one.surname, other.surname) >= _SURNAMES_ALIKE),
        (one.forenames, other.forenames, _ratio(one.forenames, other.forenames) >= _NAMES_ALIKE),
        (one.born, other.born, one.born == other.born),
    ]
    agree = [alike for a, b, alike in pairs if a and b]
    return agree.count(False) >= max(2, agree.count(True) + 1)


def _may_be_one_day(one: date | None, other: date | None) -> bool:
    """Whether a slip of the pen lies between them: one part differs, or day and month changed places."""
    if one is None or other is None:
        return True
    parts = ((one.year, other.year), (one.month, other.month), (one.day, other.day))
    swapped = one.year == other.year and (one.month, one.day) == (other.day, other.month)
    return swapped or sum(a != b for a, b in parts) <= 1


def _ratio(one: str, other: str) -> float:
    return float(fuzz.ratio(one, other)) if one and other else 0.0


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
