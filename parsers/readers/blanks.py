"""The kept blank as it looks on paper: what is not on it was put there by somebody."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from parsers.form import Form
from parsers.readers.layout import Layout, layout
from parsers.write import BLANK_FILES
from parsers.write.landmarks import MM

Grey = NDArray[np.uint8]
PAGE = (210 * MM, 297 * MM)  # points
DPI = 200
SCALE = DPI / 72  # pixels a point, of every page that is straightened
_ROUGH = 75 / 72


class Blank:
    """The pages of a version, drawn when they are first needed."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.layout: Layout = layout(form)
        self._pictures: dict[int, Grey] = {}
        self._features: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}

    @cached_property
    def _document(self) -> pypdfium2.PdfDocument:
        assert self.form.folder is not None
        return pypdfium2.PdfDocument(self.form.folder / BLANK_FILES[0])

    def picture(self, page: int) -> Grey:
        """Page `page`, from 1, without anybody's answers, in grey."""
        if page not in self._pictures:
            self._pictures[page] = self._drawn(page, SCALE)
        return self._pictures[page]

    def features(self, page: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where on the page something can be known again, in points, and how it is described (SIFT)."""
        if page not in self._features:
            soft = cv2.GaussianBlur(self._drawn(page, _ROUGH), (0, 0), 0.6)
            keys, described = cv2.SIFT.create(2000).detectAndCompute(soft, None)
            at = np.array([key.pt for key in keys], np.float32) / _ROUGH
            self._features[page] = (
                np.column_stack([at[:, 0], PAGE[1] - at[:, 1]]).astype(np.float32),
                np.asarray(described, np.float32),
            )
        return self._features[page]

    def _drawn(self, page: int, scale: float) -> Grey:
        drawn = self._document[page - 1].render(scale=scale, grayscale=True, may_draw_forms=False).to_numpy()
        return np.ascontiguousarray(drawn if drawn.ndim == 2 else drawn[..., 0])
