"""Real documents that know nothing of us: each is read to its end or its limits, and none is taken for our form."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import parsers
from parsers import File, Limits, Reading
from tests.parsers.kit import FORMS, codes

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
LIMITS = Limits(seconds=30, cpu_seconds=10)


def _read(path: Path) -> tuple[Path, list[Reading], float]:
    began = time.monotonic()
    readings = parsers.read([File(path.name, path.read_bytes())], FORMS, LIMITS)
    return path, readings, time.monotonic() - began


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real documents is not beside the repository")
@pytest.mark.parametrize("kind", ["pdf", "docx", "rtf", "doc", "odt"])
def test_every_real_document_ends_with_a_plain_reason(kind: str) -> None:
    paths = sorted(CORPUS.rglob(f"*.{kind}"))
    if not paths:
        pytest.skip(f"the corpus has no .{kind}")
    with ThreadPoolExecutor(2) as pool:
        for path, readings, seconds in pool.map(_read, paths):
            assert readings, path
            for reading in readings:
                assert not reading.is_form, path
                assert codes(reading), path
                assert all(problem.words.endswith((".", ".)")) for problem in reading.problems), path
            assert seconds < 2 * LIMITS.seconds, path
