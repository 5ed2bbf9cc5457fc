"""Handwriting in a field of numbers: what looks like a letter there is a digit, and the other way round in postcodes."""

from __future__ import annotations

import pytest

from parsers.readers.lookalikes import fitted


@pytest.mark.parametrize(
    ("kind", "read", "meant"),
    [
        ("nhsno", "999 C00 OO26", "999 000 0026"),
        ("date", "20/1I/26", "20/11/26"),
        ("date", "3 March 20CI", "3 March 2001"),
        ("tel", "07700 900|23", "07700 900123"),
        ("tel", "020 7946 0018×12", "020 7946 0018x12"),
        (None, "May 202s. since then 40 calls", "May 2025. since then 40 calls"),
        (None, "MAY ZOZ5.", "MAY 2025."),
        ("postcode", "P01 3AX", "PO1 3AX"),
        ("postcode", "POI 3AX", "PO1 3AX"),
        ("postcode", "BH24 IDA", "BH24 1DA"),
        ("postcode", "GUI47LP", "GU147LP"),
        ("postcode", "s0149zz", "sO149zz"),
    ],
)
def test_what_looks_alike_is_what_can_stand_there(kind: str | None, read: str, meant: str) -> None:
    assert fitted(read, kind) == meant


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("date", "7th Aug 1964"),
        ("date~", "last Tuesday"),
        ("date~", "Sat 5 Dec"),
        ("monthyear", "Sept 2025"),
        ("tel", "(01632) 960 555 ext 12"),
        ("nhsno", "none"),
        ("postcode", "SO15 2BZ"),
        ("postcode", "W1A 1AA"),
        ("postcode", "po30 1ud"),
        ("postcode", "not known"),
        (None, "flat 1B, SO15, in his 40s, BS20, bolt, 100 to 2000"),
    ],
)
def test_what_can_stand_there_stays(kind: str | None, read: str) -> None:
    assert fitted(read, kind) == read
