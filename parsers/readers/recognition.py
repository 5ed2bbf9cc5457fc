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


def recognised(line: Grey) -> tuple[str, float]:
    """The words of one line and how sure the engine is of them, from 0 to 1."""
    framed = cv2.copyMakeBorder(line, _RIM, _RIM, _RIM + 2, _RIM + 2, cv2.BORDER_CONSTANT, value=(255,))
    coloured = np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)
    # all three each time: what is not said stays as it was the last time
    found = _engine()(coloured, use_det=False, use_cls=False, use_rec=True)
    return (found.txts[0].strip(), float(found.scores[0])) if found.txts else ("", 0.0)


@cache
def _engine() -> Any:
    threads = "EngineConfig.onnxruntime.intra_op_num_threads", "EngineConfig.onnxruntime.inter_op_num_threads"
    return RapidOCR(params={"Global.log_level": "critical", **dict.fromkeys(threads, 1)})
