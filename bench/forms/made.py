"""What programs made is kept in build/bench-forms: filling and printing take longer than reading what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tests.parsers.kit import DOCX, PDF

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "bench-forms"
_HOW = ("tests/parsers", "tests/parsers/fill", "parsers/write")  # whose code decides what is made


def kept(make: Callable[[], bytes], *of: object) -> bytes:
    """What `make` makes of these things, or made of them in an earlier run by the same code and from the same blank."""
    return kept_all(lambda: [make()], 1, *of)[0]


def kept_all(make: Callable[[], Sequence[bytes]], number: int, *of: object) -> list[bytes]:
    """Several files that are made at once."""
    key = hashlib.sha256("\n".join((_code(), *map(str, of))).encode()).hexdigest()[:32]
    paths = [FOLDER / "made" / f"{key}-{one}" for one in range(number)]
    if not all(path.exists() for path in paths):
        FOLDER.joinpath("made").mkdir(parents=True, exist_ok=True)
        for path, data in zip(paths, make(), strict=True):
            path.write_bytes(data)
    return [path.read_bytes() for path in paths]


@cache
def _code() -> str:
    """A hash of the blanks and of all code that fills, prints and spoils them."""
    found = hashlib.sha256(PDF + DOCX)
    for folder in _HOW:
        for path in sorted((ROOT / folder).iterdir()):
            if path.suffix in (".py", ".mjs") and not path.name.startswith("test_"):
                found.update(path.read_bytes())
    return found.hexdigest()
