"""The filled form printed to a PDF: every program that prints, with everything that printers do to pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from bench.forms.made import kept
from bench.forms.people import TRUTHS, People, typed
from bench.forms.returned import Returned, Truth
from parsers.write.controls import of_field
from tests.parsers.crowd import Person
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.fill.places import places
from tests.parsers.kit import FORM, PDF
from tests.parsers.printing import GEOMETRIES, PROGRAMS, Change, without

CHANNEL = "flattened"
FILLED_BY = "pdfium"  # as Chrome and Edge do
_MISSING = 2  # the page that is left out
_SMOKE = {("pdfium", "straight"), ("gs", "two-up"), ("cairo", "skew -3")}

_ALL: dict[str, Change] = {**GEOMETRIES, f"page {_MISSING} missing": without(_MISSING)}


def returned(everybody: People, *, smoke: bool) -> Iterator[Returned]:
    """Each program with each geometry, the people taking turns; and each filler with each program."""
    wanted = [(program, geometry) for program in PROGRAMS for geometry in _ALL]
    for number, (program, geometry) in enumerate(wanted):
        if not smoke or (program, geometry) in _SMOKE:
            for truth in TRUTHS:
                persons = everybody.of(truth)
                yield _one(truth, persons[number % len(persons)], FILLED_BY, program, geometry)
    for filler in () if smoke else (name for name in CLIENTS if name != FILLED_BY):
        for number, program in enumerate(PROGRAMS):
            for truth in TRUTHS:
                yield _one(truth, everybody.of(truth)[number % len(everybody.of(truth))], filler, program, "straight")


def _one(truth: Truth, person: Person, filler: str, program: str, geometry: str) -> Returned:
    return Returned(
        CHANNEL,
        program if filler == FILLED_BY else f"{program}, filled by {filler}",
        truth,
        "form.pdf",
        lambda: _ALL[geometry](_printed(program, filler, person)),
        person.meant,
        geometry,
        layout=False,  # on paper a new line cannot be told from a wrapped one
        lost=_on_page(_MISSING) if geometry not in GEOMETRIES else frozenset(),
    )


@cache
def _filled(filler: str, person: Person) -> bytes:
    return kept(lambda: CLIENTS[filler](PDF, typed(person)), filler, typed(person))


@cache
def _printed(program: str, filler: str, person: Person) -> bytes:
    return kept(lambda: PROGRAMS[program](_filled(filler, person)), program, filler, typed(person))


@cache
def _on_page(number: int) -> frozenset[str]:
    """The keys with something on this page of the blank."""
    names = {place.name for place in places(PDF) if place.page == number - 1}
    return frozenset(
        key
        for field in FORM.fields
        for key in field.keys
        if key in names or (not field.rows and names & {control.name for control in of_field(field)})
    )
