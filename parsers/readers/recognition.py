"""Pictures of lines -> the words on them, by rapidocr; loaded when it is first needed, on one thread."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anything that would start more
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
import numpy as np
from rapidocr import RapidOCR

from parsers.readers.blanks import Grey

_RIM = 6  # pixels of white around a line: it is read better
_WIDER, _SOFT = 1.1, 1.0  # of a line that is looked at once more: narrow letters apart, broken strokes joined


def recognised(line: Grey) -> tuple[str, float]:
    """The words of one line and how sure the engine is of them, from 0 to 1."""
    return _said(_framed(line))


def recognised_again(line: Grey) -> tuple[str, float]:
    """The same of a line that was hard to read: a little wider, which the engine sees more of, and softer."""
    wider = cv2.resize(_framed(line), None, fx=_WIDER, fy=1, interpolation=cv2.INTER_CUBIC)
    return _said(np.asarray(cv2.GaussianBlur(wider, (0, 0), _SOFT), np.uint8))


def _framed(line: Grey) -> Grey:
    framed = cv2.copyMakeBorder(line, _RIM, _RIM, _RIM + 2, _RIM + 2, cv2.BORDER_CONSTANT, value=(255,))
    return np.asarray(framed, np.uint8)


def _said(picture: Grey) -> tuple[str, float]:
    coloured = np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
    # all three each time: what is not said stays as it was the last time
    found = _engine()(coloured, use_det=False, use_cls=False, use_rec=True)
    return (found.txts[0].strip(), float(found.scores[0])) if found.txts else ("", 0.0)


@cache
def _engine() -> Any:
    threads = "EngineConfig.onnxruntime.intra_op_num_threads", "EngineConfig.onnxruntime.inter_op_num_threads"
    return RapidOCR(params={"Global.log_level": "critical", **dict.fromkeys(threads, 1)})
