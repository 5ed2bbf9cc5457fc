"""The PDF filled in: by real programs, and with the damage that programs and journeys do to its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.forms.made import kept
from bench.forms.people import People, typed
from bench.forms.returned import Returned, Truth
from parsers.write.fill import fill_pdf
from tests.parsers import damage
from tests.parsers.crowd import Person
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import PDF

CHANNEL = "acroform"

Make = Callable[[Person], bytes]


def _filled(person: Person) -> bytes:
    return fill_pdf(PDF, person.written)


def _damaged(*changes: Callable[..., None]) -> Make:
    def make(person: Person) -> bytes:
        data = _filled(person)
        for change in changes:
            data = damage.changed(data, change)
        return data

    return make


def _client(name: str) -> Make:
    return lambda person: kept(lambda: CLIENTS[name](PDF, typed(person)), name, typed(person))


def _cut(name: str) -> Make:
    return lambda person: damage.without_end(_client(name)(person))


MAKERS: dict[str, Make] = {
    **{name: _client(name) for name in CLIENTS},
    "pikepdf (our filler)": _filled,
    "preview: chosen buttons cut off": _damaged(damage.orphan_chosen_radios),
    "preview: most fields unlisted": _damaged(damage.orphan_chosen_radios, damage.forget_most_fields),
    "preview: no form at all": _damaged(damage.orphan_chosen_radios, damage.forget_the_form),
    "XFA with widgets": _damaged(damage.only_xfa),
    "text drawn over": lambda person: damage.drawn_over(typed(person)),
    **{f"end cut off, {name}": _cut(name) for name in ("pdfium", "pdftk", "poppler")},
    "owner password, RC4": lambda person: damage.guarded(_filled(person), 3),
    "owner password, AES-256": lambda person: damage.guarded(_filled(person), 6),
}


def returned(everybody: People) -> Iterator[Returned]:
    """Everybody's form, filled in by each program."""
    for tool, make in MAKERS.items():
        for truth, person in everybody.each():
            yield _one(tool, make, truth, person)


def _one(tool: str, make: Make, truth: Truth, person: Person) -> Returned:
    lost = _beyond_the_plane(person) if tool.endswith("pdfium") else frozenset[str]()
    return Returned(CHANNEL, tool, truth, "form.pdf", lambda: make(person), person.meant, lost=lost)


def _beyond_the_plane(person: Person) -> frozenset[str]:
    """The answers with letters that PDFium cuts as they are typed: those beyond U+FFFF."""
    return frozenset(key for key, value in person.meant.items() if any(ord(letter) > 0xFFFF for letter in str(value)))
