"""Pictures of lines -> the words on them, by the model that rapidocr brings; loaded when first needed, on one thread.

The model is run as rapidocr runs it. What that sets up besides, to look up models and to find lines on pages, takes as
long as reading a dozen lines, and each file is read by a process of its own.
"""

from __future__ import annotations

import math
import os
from functools import cache
from importlib.resources import as_file, files

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anything that would start more
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from parsers.readers.blanks import Grey

_MODEL = files("rapidocr") / "models" / "PP-OCRv6_rec_small.onnx"
_HIGH, _WIDE = 48, 320  # pixels: how high the model takes a line, and how wide at least
_LEAST, _STEP = 30, 32  # pixels: a smaller picture is first enlarged, to sides of whole steps
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
    session, signs = _engine()
    chances = session.run(None, {session.get_inputs()[0].name: _prepared(picture)})[0][0]
    best = chances.argmax(axis=1)
    # A letter takes several steps along the line and is said once; the first sign stands for none.
    said = np.flatnonzero((best > 0) & (np.diff(best, prepend=0) != 0))
    sure = chances[said, best[said]]
    return "".join(signs[one] for one in best[said]).strip(), float(sure.mean()) if len(sure) else 0.0


def _prepared(picture: Grey) -> NDArray[np.float32]:
    """A line as the model takes it: three times the same grey, from -1 to 1, nothing behind its end."""
    enlarged = _enlarged(picture)
    high, wide = enlarged.shape
    room = int(_HIGH * max(_WIDE / _HIGH, wide / high))
    taken = min(room, math.ceil(_HIGH * (wide / high)))
    found = np.zeros((1, 3, _HIGH, room), np.float32)
    found[..., :taken] = (cv2.resize(enlarged, (taken, _HIGH)).astype(np.float32) / 255 - 0.5) / 0.5
    return found


def _enlarged(picture: Grey) -> Grey:
    smaller = min(picture.shape)
    if smaller >= _LEAST:
        return picture
    high, wide = (round(int(side * (_LEAST / smaller)) / _STEP) * _STEP for side in picture.shape)
    return np.asarray(cv2.resize(picture, (wide, high)), np.uint8)


@cache
def _engine() -> tuple[onnxruntime.InferenceSession, list[str]]:
    """The model, and the signs it knows."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what it says of the machine's processor is nobody's business here
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with as_file(_MODEL) as path:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    known = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return session, ["", *known, " "]
