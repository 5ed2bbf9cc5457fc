"""Pages of the form on paper, scanned or photographed: found, straightened, and read box by box.

Needs the extra `scan`: this module is imported where a picture is to be read, and nowhere else.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from parsers.answers import Written
from parsers.form import Form
from parsers.readers import Source, boxes, lines
from parsers.readers import written as text
from parsers.readers.blanks import PAGE, SCALE, Blank, Grey
from parsers.readers.ink import grown
from parsers.readers.layout import Box
from parsers.readers.paper import Paper, laid
from parsers.readers.plane import Rect
from parsers.readers.poses import Code, Pose, by_features, by_marks, codes
from parsers.readers.together import Page
from parsers.write.controls import of_form

cv2.setNumThreads(1)

_CHECKED = {"date", "date~", "monthyear", "nhsno", "tel", "postcode"}
_LABEL = 130.0  # points beside a box that its words take
_CROP = 110 / 72  # pixels a point of the pictures kept for a person
_MOST_LOOKED_AT = 8  # pictures without a code that are compared with the blank: each takes a second


@dataclass(frozen=True)
class Picture:
    """A sheet in grey: its number from 0, its pixels, and how many of them a point of it has, across and down.

    The points of a photo are the pixels of its file.
    """

    number: int
    grey: Grey
    scale: tuple[float, float]


Get = Callable[[int], Picture]


@dataclass(frozen=True)
class Seen:
    """The pages read, and the versions and numbers of all that were there, read or not."""

    pages: list[Page]
    there: set[tuple[str, int]]


def read(numbers: Iterable[int], get: Get, source: Source, elsewhere: Iterable[tuple[str, int]] = ()) -> Seen:
    """Every page of the form on these sheets; `elsewhere` are pages that other readers saw: they are not looked for."""
    blanks = {form.version: Blank(form) for form in source.forms if form.folder}
    seen, unknown = Seen([], set(elsewhere)), list[int]()
    for number in numbers:
        picture = get(number)
        found = codes(picture.grey)
        seen.there.update((code.version, code.page) for code in found)
        for code in found:
            blank = blanks.get(code.version)
            if blank and (paper := _by_code(picture, code, blank)):
                seen.pages.append(_page(paper, picture, blank))
        if not found:
            unknown.append(number)
    for number in unknown[:_MOST_LOOKED_AT]:
        picture = get(number)
        if paper := _by_print(picture, blanks, seen.there):
            blank = blanks[paper.pose.version]
            seen.there.add((paper.pose.version, paper.page))
            seen.pages.append(_page(paper, picture, blank))
    return seen


def _by_code(picture: Picture, code: Code, blank: Blank) -> Paper | None:
    if not 1 <= code.page <= blank.layout.pages:
        return None
    for pose in by_marks(picture.grey, code):
        paper = laid(picture.grey, pose, blank)
        if not paper.poor:
            return paper
    return _good(picture, by_features(picture.grey, [(blank, code.page)]), blank)


def _by_print(picture: Picture, blanks: dict[str, Blank], there: set[tuple[str, int]]) -> Paper | None:
    """A page without its code, of those that have not been seen: of the version of the others, if there are any."""
    versions = {version for version, _ in there} or set(blanks)
    wanted = [
        (blank, page)
        for version, blank in blanks.items()
        for page in range(1, blank.layout.pages + 1)
        if version in versions and (version, page) not in there
    ]
    pose = by_features(picture.grey, wanted)
    return _good(picture, pose, blanks[pose.version]) if pose else None


def _good(picture: Picture, pose: Pose | None, blank: Blank) -> Paper | None:
    paper = laid(picture.grey, pose, blank) if pose else None
    return None if paper is None or paper.poor else paper


def _page(paper: Paper, picture: Picture, blank: Blank) -> Page:
    """What stands in every control of a page, and where that is on its sheet."""
    controls = blank.layout.on(paper.page)
    words = {name: group for name, group in controls.items() if not group[0].state}
    one_line = {control.name for control in of_form(blank.form) if control.kind == "line"}
    written = {name: lines.writing(paper, group[0].rect, one_line=name in one_line) for name, group in words.items()}
    checked = {field.id: field.type for field in blank.form.fields if field.type in _CHECKED}
    every = [box for group in controls.values() for box in group if box.state]
    beside, ends = boxes.strays(paper, every), boxes.label_ends(every)
    found = {name: boxes.read(paper, group, beside, ends) for name, group in controls.items() if group[0].state}
    found |= text.read(written, checked)
    found = {name: replace(one, where=_where(controls[name], one, paper, picture)) for name, one in found.items()}
    ink = {name: _around(there, controls[name][0].rect) for name, there in written.items()}
    crops = dict(_crops(blank.form, controls, ink, paper))
    return Page(blank.form.version, paper.page, found, picture.number, by_picture=True, crops=crops)


def _around(there: lines.Writing, rect: Rect) -> Rect:
    """Where the writing stands, or the whole of its box where there is none."""
    if not there.lines:
        return rect
    left = rect[0] - lines.OVER + min(line.left for line in there.lines) / SCALE
    right = rect[0] - lines.OVER + max(line.right for line in there.lines) / SCALE
    top = rect[3] + lines.OVER - min(line.top for line in there.lines) / SCALE
    bottom = rect[3] + lines.OVER - max(line.bottom for line in there.lines) / SCALE
    return left, bottom, right, top


def _where(group: tuple[Box, ...], one: Written, paper: Paper, picture: Picture) -> dict[str, object]:
    """The sheet, and the rectangle on it in points from its lower left corner; a photo's points are its pixels."""
    left, bottom, right, top = next((box for box in group if box.state == one.text), group[0]).rect
    corners = np.array([[(left, bottom), (right, bottom), (right, top), (left, top)]])
    on_sheet = cv2.perspectiveTransform(corners, paper.pose.matrix)[0]
    (x0, y0), (x1, y1) = on_sheet.min(axis=0), on_sheet.max(axis=0)
    high = picture.grey.shape[0]
    (across, down), sides = picture.scale, (x0, high - y1, x1, high - y0)
    rect = [round(float(side) / (down if number % 2 else across), 1) for number, side in enumerate(sides)]
    return {"reader": "scan", "page": picture.number + 1, "rect": rect}


def _crops(
    form: Form, controls: dict[str, tuple[Box, ...]], ink: dict[str, Rect], paper: Paper
) -> Iterator[tuple[str, Callable[[], str]]]:
    """For each answer key of this page, what makes the picture of its question for a person."""
    for field in form.fields:
        for key in field.keys:
            names = [name for name in controls if name == key or name.rpartition(".")[0] == key]
            if names:
                yield key, _Crop(paper, _all([_shown(controls[name], ink.get(name)) for name in names]))


def _shown(group: tuple[Box, ...], ink: Rect | None) -> Rect:
    if ink:
        return ink
    rect = _all([box.rect for box in group])
    return rect[0], rect[1], min(rect[2] + _LABEL, PAGE[0] - 40), rect[3]


def _all(rects: list[Rect]) -> Rect:
    left, bottom, right, top = zip(*rects, strict=True)
    return min(left), min(bottom), max(right), max(top)


@dataclass(frozen=True)
class _Crop:
    """Makes the picture of a part of a page, small: a PNG in base64."""

    paper: Paper
    rect: Rect

    def __call__(self) -> str:
        seen = self.paper.seen(grown(self.rect, 4))
        small = cv2.resize(seen, None, fx=_CROP / SCALE, fy=_CROP / SCALE, interpolation=cv2.INTER_AREA)
        # sixteen greys are enough to read by, and paper that is white packs well
        light = np.asarray(np.where(small > 224, 255, np.asarray(small, np.uint8) & 0xF0), np.uint8)
        packed = cv2.imencode(".png", light, [cv2.IMWRITE_PNG_COMPRESSION, 6])[1]
        return base64.b64encode(packed.tobytes()).decode("ascii")
