"""Print that was faxed or scanned in black and white: dirt around a line, and a full stop that is read as a comma."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from parsers.readers.blanks import Grey
from parsers.readers.signs import commas
from parsers.readers.typeface import drawn, likeness

LINE = "First report: May 2025. Since then 40 calls, mostly at night."
READ = "First report: May 2025, Since then 40 calls, mostly at night,"


def faxed(words: str, *, tall: float = 0.24) -> Grey:
    """The line as a fax machine sees it, half as many dots down as across, and as it is stretched out again."""
    (line,) = drawn([words])
    assert line is not None
    sent = cv2.resize(line, None, fx=0.48, fy=tall, interpolation=cv2.INTER_AREA)
    black = np.where(sent < 150, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(black, (round(line.shape[1] / 1.5), round(line.shape[0] / 1.5))), np.uint8)


def test_a_full_stop_that_was_read_as_a_comma_is_not_believed() -> None:
    words, doubtful = commas(READ, faxed(LINE))
    assert doubtful or words == LINE


@pytest.mark.parametrize("tall", [0.24, 0.48])
def test_commas_stay(tall: float) -> None:
    assert commas(LINE, faxed(LINE, tall=tall)) == (LINE, False)


def test_a_line_without_commas_is_left_alone() -> None:
    assert commas("ref. 44/26-B", faxed("ref. 44/26-B")) == ("ref. 44/26-B", False)


def test_dirt_above_and_behind_a_line_does_not_make_it_handwriting() -> None:
    clean = faxed("Whitlock", tall=0.48)
    dirty = np.asarray(cv2.copyMakeBorder(clean, 40, 0, 0, 120, cv2.BORDER_CONSTANT, value=(255,)), np.uint8)
    dirty[2:4, 30:33] = 0
    dirty[60:62, -3:] = 0
    ((whole, part),) = likeness([("Whitlock", dirty)])
    assert whole > 0.75
    assert part > 0.6


def test_a_dot_that_was_not_read_still_counts_against_what_was() -> None:
    picture = faxed("3.5 mg", tall=0.48)
    ((right, _), (wrong, _)) = likeness([("3.5 mg", picture), ("35 mg", picture)])
    assert right > wrong
