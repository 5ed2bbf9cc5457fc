"""The lines of a question with boxes -> what was chosen, by its boxes, by marks typed beside them, or in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from parsers import marks
from parsers.answers import TICKED, Written
from parsers.match import Near, nearest, plain
from parsers.value import UNSURE

BESIDE = 0.7  # measured: words stand beside what is chosen
OTHER_WORDS = "other words stand beside the boxes"
_BY_HAND = 0.85
_GONE = "the boxes are gone"

Options = Sequence[tuple[str, str]]


@dataclass
class Chosen:
    """The options chosen, each with how sure that is, and the words that are none of them."""

    boxes: bool = False  # whether boxes are left
    offered: int = 0  # lines that are an option
    keys: dict[str, tuple[float, str | None]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def choose(self, near: Near, line: marks.Marked) -> None:
        sure = min(near.confidence, _BY_HAND if line.typed else 1)
        self.keys[near.key] = (sure, "marked by hand" if line.typed else None)


def chosen(lines: Iterable[str], options: Options) -> Chosen:
    """What these lines choose of these options. Options without boxes are chosen, unless all of them are left."""
    pieces = [piece for line in lines if line.strip() for piece in marks.one_by_one(line)]
    found, left = Chosen(boxes=any(map(marks.MARK.search, pieces))), []
    for line in map(marks.marked, pieces):
        near = nearest(line.words, options)
        found.offered += near is not None
        if near is None:
            _other_words(found, line, options)
        elif line.on:
            found.choose(near, line)
        elif line.on is None:
            left.append((near, line))
    if len(left) < len(options):
        for near, line in left:
            found.choose(near, line)
    return found


def _other_words(found: Chosen, line: marks.Marked, options: Options) -> None:
    """Words that are no option, or more than one: `[x] Hospital: the name of it`."""
    starts = [one for one in options if f"{plain(line.words)} ".startswith(f"{plain(one[1])} ")]
    if starts and line.on:
        found.choose(Near(max(starts, key=lambda one: len(one[1]))[0], 100), line)
    if line.words:
        found.rest.append(line.words)


def single(written: Written, lines: Sequence[str], options: Options) -> tuple[Written, list[str]]:
    """The one choice these lines make, and the words beside it; several choices are in conflict."""
    found = chosen(lines, options)
    if len(found.keys) > 1:
        return replace(written, candidates=tuple(found.keys), remark="more than one is marked"), found.rest
    if found.keys:
        ((key, (sure, remark)),) = found.keys.items()
        sure = min(written.confidence, sure)
        return replace(written, text=key, confidence=sure, remark=remark or written.remark), found.rest
    if found.rest and len(found.rest) <= 2:  # an answer in words of their own
        return replace(written, text=" ".join(found.rest)), []
    if found.offered == len(options) and not found.boxes:
        return replace(written, confidence=UNSURE, remark=_GONE), found.rest
    return written, found.rest


def several(written: Written, lines: Sequence[str], options: Options) -> tuple[dict[str, Written], list[str]]:
    """Which of the options are ticked, and the words beside them."""
    found = chosen(lines, options)
    gone = found.offered > 0 and not found.boxes
    boxes = {}
    for key, _ in options:
        sure, remark = found.keys.get(key, (written.confidence, None))
        if gone:
            sure, remark = min(sure, _BY_HAND if found.keys else UNSURE), _GONE
        boxes[key] = replace(
            written,
            text=TICKED if key in found.keys else "",
            confidence=min(written.confidence, sure),
            remark=remark or written.remark,
        )
    return boxes, found.rest
