"""The lines of handwriting in a box are parted as they were written, however long they are and wherever their letters reach."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidocr import RapidOCR

from parsers.readers import written
from parsers.readers.blanks import PAGE, SCALE
from parsers.readers.lines import Line, Writing, writing
from parsers.readers.paper import Paper
from parsers.readers.poses import Pose
from parsers.readers.recognition import _framed, recognised, recognised_again
from tests.parsers.scanning import HANDS

BOX = (40.0, 600.0, 540.0, 700.0)  # points
LONG = "We know little. The neighbour rang us on 2 November, worried, and we wrote to the"


def lines(words: str, hand: str, size: int = 33) -> tuple[Line, ...]:
    """What is seen of these words, a line each, written into an empty box."""
    if not HANDS[hand].exists():
        pytest.skip("the handwriting fonts are not installed on this machine: make packages")
    high, wide = (round(side * SCALE) for side in (PAGE[1], PAGE[0]))
    page, font = Image.new("L", (wide, high), 255), ImageFont.truetype(str(HANDS[hand]), size)
    x, y = (BOX[0] + 3) * SCALE, (PAGE[1] - BOX[3] + 3) * SCALE
    for number, line in enumerate(words.split("\n")):
        ImageDraw.Draw(page).text((x, y + number * sum(font.getmetrics())), line, font=font, fill=20)
    blank = np.full((high, wide), 255, np.uint8)
    return writing(Paper(Pose("1", 1, np.eye(3)), np.asarray(page), blank, 1.0), BOX, one_line=False).lines


@pytest.mark.parametrize("hand", ["dkg", "breip", "steve", "build"])
@pytest.mark.parametrize("last", ["GP.", "to the GP.", "and we wrote to the GP on the day after it."])
def test_a_last_line_of_few_letters_is_a_line(hand: str, last: str) -> None:
    first, second = lines(f"{LONG}\n{last}", hand)
    assert first.bottom < second.top
    assert second.right - second.left < first.right - first.left


@pytest.mark.parametrize("hand", ["dkg", "breip", "steve", "build"])
def test_tails_and_dots_are_no_lines(hand: str) -> None:
    assert len(lines("It began after the hearing & got worse: 3-4 visits a week, twice with a dog.", hand)) == 1
    assert len(lines(f"{LONG}\n\nHe says he only wants to talk.", hand)) == 2


@pytest.mark.parametrize("hand", ["dkg", "breip", "steve", "build"])
def test_small_writing_is_parted_too(hand: str) -> None:
    words = "Letters to her mother; a wreath at the door (see photo).\n1. Phones\n2. Waits outside\n3. Sends others"
    assert len(lines(words, hand, 20)) == 4


def test_what_is_hard_to_read_is_looked_at_twice_and_still_only_suggested() -> None:
    (line,) = lines("mum on Monday", "breip", 16)
    (first, score), (second, _) = recognised(line.picture), recognised_again(line.picture)
    assert (score < 0.9, first != second) == (True, True)

    found = written.read({"r_name": Writing((line,), 50.0, 1000)}, {})["r_name"]

    assert (found.text, found.confidence < 0.9, found.remark) == (second, True, written.HANDWRITTEN)


@pytest.mark.parametrize("size", [10, 16, 33])
@pytest.mark.parametrize("words", ["Mm", "mum on Monday", LONG])
def test_the_model_says_of_a_line_what_rapidocr_says(words: str, size: int) -> None:
    threads = "EngineConfig.onnxruntime.intra_op_num_threads", "EngineConfig.onnxruntime.inter_op_num_threads"
    whole: Any = RapidOCR(params={"Global.log_level": "critical", **dict.fromkeys(threads, 1)})
    (line,) = lines(words, "breip", size)
    said = whole(cv2.cvtColor(_framed(line.picture), cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True)

    text, score = recognised(line.picture)

    assert (text, said.scores[0]) == (said.txts[0].strip(), pytest.approx(score, abs=2e-5))
