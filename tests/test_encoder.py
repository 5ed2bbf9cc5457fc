"""The encoder reads any words in bounded time, and stands beside the table where that is in doubt."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailbot.encoder import Encoder
from mailbot.errors import UserError
from mailbot.wordpiece import WordPiece
from tests.desk import our_office

WORDS = Path(__file__).parent.parent / "config" / "words"
ASKED = (
    "MASP pro-forma",
    "Suzanne from the PCC's office said you have your own pro-forma for outside agencies. Mind if I have it?",
)
TOLD = (
    "Timescales",
    "I have the referral form in front of me, thank you. How long is it between our returning it and the first appointment?",
)


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    return WordPiece(WORDS / "encoder.txt")


@pytest.fixture(scope="module")
def named() -> list[str]:
    """The tokens by their numbers."""
    return (WORDS / "encoder.txt").read_text("utf-8").split("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please send the FORM.", ["please", "send", "the", "form", "."]),
        ("refferal", ["ref", "##fera", "##l"]),
        ("Éire pro-forma", ["e", "##ire", "pro", "-", "form", "##a"]),
        ("can_i", ["can", "_", "i"]),
        ("so\u200bft hy\u00adphen", ["soft", "h", "##yp", "##hen"]),
        ("\N{GRINNING FACE} form", ["[UNK]", "form"]),
        ("x" * 101, ["[UNK]"]),
        ("", []),
    ],
)
def test_text_is_cut_as_the_model_knows_it(pieces: WordPiece, named: list[str], text: str, expected: list[str]) -> None:
    assert [named[number] for number in pieces.numbers(text)] == expected


def test_a_request_in_words_of_its_own_is_told_from_what_only_speaks_of_a_form() -> None:
    encoder = our_office().encoder
    assert encoder.asks(*ASKED) > 2 > -2 > encoder.asks(*TOLD)


@pytest.mark.parametrize("words", ["", "\0", "form " * 200_000, "ж" * 100_000, "a\n" * 100_000, "\U0010ffff" * 50_000])
def test_whatever_is_written_is_read_at_once(words: str) -> None:
    started = time.monotonic()
    assert math.isfinite(our_office().encoder.asks(words, words))
    assert time.monotonic() - started < 5  # milliseconds, on a machine that does nothing else


def test_it_keeps_to_one_thread_whoever_loaded_numpy_before() -> None:
    """More threads wait for each other on busy processors: a mail of a tenth of a second took two."""
    loaded = "import numpy; from tests.desk import our_office; our_office().encoder.asks('', 'a form, please');"
    told = "from threadpoolctl import threadpool_info; print({one['num_threads'] for one in threadpool_info()})"
    here = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    command = [sys.executable, "-c", loaded + told]
    ran = subprocess.run(command, cwd=WORDS.parent.parent, env=here, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "{1}"


def test_a_long_story_that_asks_at_last_is_read_to_its_end() -> None:
    story = "He waits outside her work every evening. " * 400
    encoder = our_office().encoder
    assert encoder.asks("", f"{story} Please send me your referral form.") > encoder.asks("", story) + 0.5


def test_a_folder_without_the_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"encoder\.npz: is missing; put it back, or make all three anew with `make learn-enc"
    ):
        Encoder(tmp_path)
