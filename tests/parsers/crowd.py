"""More fictional people, so that every option, row and way to write a date is answered by somebody; plain and hostile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from parsers import Field, Form
from tests.parsers.people import HARD, HARD_READ, PLAIN, PLAIN_READ

Answers = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Person:
    """What somebody wrote on the form, and what reading must give; nobody is somebody else."""

    name: str
    written: Answers
    meant: Answers


# as written, and as meant; each person takes the next
_PAIRS: dict[str, list[tuple[str, str | None]]] = {
    "email": [("j.ashby@police.example",) * 2, ("Mary.O'Dowd@probation.example",) * 2, ("kit-lane+a@nhs.example",) * 2],
    "tel": [
        ("07700 900123", "+447700900123"), ("(01632) 960 555", "+441632960555"), ("+44 7700 900999", "+447700900999"),
        ("020 7946 0018 x 12", "+442079460018;ext=12"), ("0808-157-0192", "+448081570192"),
    ],
    "date": [
        ("01/02/1990", "1990-02-01"), ("3 March 2001", "2001-03-03"), ("29.2.1988", "1988-02-29"),
        ("1979-12-31", "1979-12-31"), ("7th Aug 1964", "1964-08-07"), ("12-11-1999", "1999-11-12"),
    ],
    "date~": [
        ("19 November 2026", "2026-11-19"), ("last Tuesday", None), ("01/11/2026", "2026-11-01"),
        ("early October", None), ("Friday 13 November 2026", "2026-11-13"),
    ],
    "monthyear": [("01/2024", "2024-01"), ("Sept 2025", "2025-09"), ("2019-06", "2019-06"), ("10 2026", "2026-10")],
    "nhsno": [("9990000018", "9990000018"), ("999 000 0026", "9990000026"), ("999-000-0034", "9990000034")],
    "postcode": [("PO1 3AX", "PO1 3AX"), ("po30 1ud", "PO30 1UD"), ("GU147LP", "GU14 7LP"), ("BH24 1DA", "BH24 1DA")],
}  # fmt: skip
_SIGNED = [("20/11/26", "2026-11-20"), ("19.11.2026", "2026-11-19"), ("Nov 18, 2026", "2026-11-18")]

_WORDS = [
    "Joan Ashby", "Kit Lane", "seen on 3 November; see letter (2 pages)", "No change since May", "Ward 7 & day unit",
    "c/o 12 Mill Lane, flat B", "none that we know of", "O'Dowd-Price", "50% of weekends", "ref. 44/26-B", "Mr R. St John",
]  # fmt: skip
_STORIES = [
    "He follows her to the bus stop each morning.\nShe has changed her route twice.",
    "First report: May 2025. Since then 40 calls, mostly at night.\n\nHe says he only wants to talk.",
    "Letters to her mother; a wreath at the door (see photo).\n1. Phones\n2. Waits outside\n3. Sends others",
    "We know little. The neighbour rang us on 2 November, worried, and we wrote to the GP.",
    "It began after the hearing & got worse: 3-4 visits a week, twice with a dog.",
]
_HOSTILE_WORDS = [
    "Ďurišová–Łukasz", "Αλέξανδρος ŷ", "“Łuki” ‘Zoë’ €5", "✓ done 😀", "a\\b {c} [x] /d <e> &amp; (f", "日本語 العربية",
    "Siân Ó Dónaill — ½ £3", "Dvořák, Ľubomír; Ğül; Ștefan", "100 % «ok» … • done", "Jo 👩‍⚕️ (nurse) 🚓",
]  # fmt: skip
_HOSTILE_STORIES = [
    ("She said – “please stop” – on the 3rd; he didn’t. " * 90)[:4000].strip(),
    "Łódź, Plzeň\n\n  indented (2)\nendet: „gut“ ✓",
    "😀 ok\ttab\n[ ] not a box\n(x) nor this",
    "Ελλάδα\n\n\nthree lines up; 日本語; ﬁ ligature",
]


def crowd(form: Form, *, hostile: bool = False) -> list[Person]:
    """A careful person whose answers are all given, and as many others as the longest list has options."""
    first = Person("hard", HARD, HARD_READ) if hostile else Person("plain", PLAIN, PLAIN_READ)
    most = max(len(field.options) for field in form.fields if not field.type.startswith("multi"))
    return [first, *(_person(form, number, hostile) for number in range(most))]


def _person(form: Form, number: int, hostile: bool) -> Person:
    written, meant = Answers(), Answers()
    words = _Words(number, hostile)
    for place, field in enumerate(form.fields):
        if field.required == "no" and (number + place) % 4 == 0:
            continue
        for key, one, other in _answered(field, number, place, words):
            written[key], meant[key] = one, other
    return Person(f"{'hostile' if hostile else 'plain'} {number + 1}", written, meant)


class _Words:
    """The next words, lines of a story, and dates of one person."""

    def __init__(self, number: int, hostile: bool) -> None:
        self._next = count(number)
        self._lines = _HOSTILE_WORDS if hostile else _WORDS
        self._stories = _HOSTILE_STORIES if hostile else _STORIES

    def line(self) -> str:
        return self._lines[next(self._next) % len(self._lines)]

    def story(self) -> str:
        return self._stories[next(self._next) % len(self._stories)]

    def pair(self, pairs: list[tuple[str, str | None]]) -> tuple[str, str | None]:
        return pairs[next(self._next) % len(pairs)]


def _answered(field: Field, number: int, place: int, words: _Words) -> Iterator[tuple[str, Any, Any]]:
    """Of each key of a question what is written and what is meant."""
    if field.type == "check+name+date":
        name, (written, meant) = words.line(), words.pair(list(_SIGNED))
        yield field.id, {"checked": True, "name": name, "date": written}, {"checked": True, "name": name, "date": meant}
    elif field.rows:
        for row, (key, _) in enumerate(field.rows):
            chosen = field.options[(number + row) % len(field.options)][0]
            yield f"{field.id}.{key}", chosen, chosen
    elif field.options:
        chosen = _chosen(field, number, place)
        text = words.line() if (number + place) % 2 else None
        value = {"choice": chosen, "text": text} if field.has_text else chosen
        yield field.id, value, value
    elif field.type in _PAIRS:
        yield field.id, *words.pair(_PAIRS[field.type])
    else:
        value = words.story() if field.type == "longtext" else words.line()
        yield field.id, value, value


def _chosen(field: Field, number: int, place: int) -> Any:
    keys = [key for key, _ in field.options]
    if field.type.startswith("multi"):
        return [key for at, key in enumerate(keys) if (at + number) % 3 == 0] or keys[:1]
    return keys[(number + place) % len(keys)]
