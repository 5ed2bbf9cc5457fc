"""Where in a text the questions of a form stand, each at the start of a line, in whatever order."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from parsers import marks
from parsers.form import Field, Form
from parsers.match import NEAR, Near
from parsers.plain import plain
from parsers.write.controls import of_field

ALIKE = 90  # a label that somebody has edited, where nothing but its words says so
_IN_ORDER = 0.8  # of the labels found stand in the form's order: it is the form, and not a list of their own
_AGAIN = 10  # labels that stand elsewhere too: more than a story begins its lines with, so another copy of the form
_WRAPS = 40  # characters: mail programs break no shorter label
_MOST = 2000  # labels in one text; a form has a hundred
_HEAD = re.compile(r"^[\s>*•·|#–—-]*(?:Q?\d{1,2}[.)]\s+)?")
# a box, and the x that people type beside it
_BOX = re.compile(rf"(?:[xX✓] ?)?(?:{marks.MARK.pattern}) *(?:[xX✓] +)?")
_WORD = re.compile(r"[^\W_]+")
# what may stand between a label and its answer: `? (optional):`, `:*`, ` - `; a line's end will do, and a wrap may
# stand before the brackets
_TAIL = re.compile(
    r"""[)\]"”’']*\**(?:(\?)\**(?:[ \t]*\n?[ \t]*\(optional\)\**)?:?\**|"""
    r"""(?:[ \t]*\n?[ \t]*\(optional\))?\**[ \t]*([:=–—-]*)\**)""",
    re.IGNORECASE,
)
_LIKE_A_LABEL = re.compile(r"([^\n:?]{3,120})[:?](?=\s|$)")


def labels_of(field: Field) -> Iterator[tuple[str, str]]:
    """The words that stand before an answer to this question; the boxes of a list have none of their own."""
    if field.type.startswith("multi"):
        yield field.id, field.label
    for control in of_field(field):
        if not (field.type.startswith("multi") and control.kind == "tick"):
            yield control.name, control.label


@dataclass(frozen=True)
class Place:
    """A label in the text: where it stands, what is marked before it and what stands behind it on its line."""

    key: str  # of a control or question; nothing for a heading, which only ends what stands above it
    order: int
    near: Near
    start: int  # the first line of the label
    end: int  # the first line after it
    rest: str
    box: str = ""
    doubt: str = ""  # why it may be part of an answer and no label


class Labels:
    """The labels of a form, as they are looked for."""

    def __init__(self, form: Form) -> None:
        self._known: dict[tuple[str, ...], tuple[str, int, int]] = {}
        self._ticks: set[str] = set()
        for order, (key, label) in enumerate(_in_order(form)):
            self._known[tuple(plain(label).split())] = (key, order, len(label))
        for field in form.fields:
            self._ticks.update(control.name for control in of_field(field) if control.kind == "tick")

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(words) for words in self._known}, reverse=True)

    @cached_property
    def _spoken(self) -> dict[tuple[str, ...], str]:
        return {words: " ".join(words) for words, (key, _, _) in self._known.items() if key}

    def places(self, lines: Sequence[str]) -> list[Place]:
        """The labels that stand in these lines, without those that are part of an answer."""
        found: list[Place] = []
        number = 0
        while number < len(lines) and len(found) < _MOST:
            place = self._at(lines, number)
            if place:
                found.append(place)
            number = place.end if place else number + 1
        return _chosen(found)

    def quoted(self, lines: Sequence[str]) -> bool:
        """Whether labels of the form stand in quoted lines."""
        return any(line.lstrip().startswith(">") and self._at(lines, number) for number, line in enumerate(lines))

    def _at(self, lines: Sequence[str], number: int) -> Place | None:
        line = lines[number]
        head = _HEAD.match(line)
        start = head.end() if head else 0
        box = _BOX.match(line, start)
        if box:
            start = box.end()
        if not line[start : start + 1].isalnum():
            return None
        text = "\n".join([line[start:], *lines[number + 1 : number + 3]])
        place = self._exact(text, number, box[0] if box else "")
        return place or (None if box else self._alike(text, number))

    def _exact(self, text: str, number: int, box: str) -> Place | None:
        words = list(_WORD.finditer(text[:400]))[: self._lengths[0]]
        folded = [unicodedata.normalize("NFKC", word[0]).casefold() for word in words]
        for length in self._lengths:
            key, order, size = self._known.get(tuple(folded[:length]), (None, 0, 0))
            if key is None or length > len(words) or (box and key not in self._ticks):
                continue
            end = words[length - 1].end()
            tail = _TAIL.match(text, end)
            assert tail is not None
            broken = text.count("\n", 0, tail.end())
            rest = text[tail.end() :].partition("\n")[0]
            if (broken and size < _WRAPS) or (not key and rest.strip()):
                continue
            if tail[1] or tail[2] or not rest.strip() or rest.startswith("\t"):
                return Place(key, order, Near(key, 100), number, number + broken + 1, rest, box)
        return None

    def _alike(self, text: str, number: int) -> Place | None:
        head = _LIKE_A_LABEL.match(text)
        if not head:
            return None
        near = process.extract(plain(head[1]), self._spoken, scorer=fuzz.ratio, score_cutoff=NEAR, limit=2)
        if not near or (len(near) > 1 and near[0][1] - near[1][1] < 3):
            return None
        _, score, words = near[0]
        key, order, _ = self._known[words]
        rest = text[head.end() :].partition("\n")[0]
        return Place(key, order, Near(key, score), number, number + 1, rest)


def _in_order(form: Form) -> Iterator[tuple[str, str]]:
    for heading, fields in form.sections():
        yield "", heading
        for field in fields:
            if field.rows:
                yield "", field.label
            yield from labels_of(field)


def _chosen(found: list[Place]) -> list[Place]:
    """Of lines that begin like a label, those that are one: a story may begin a line with `Damage to property:`."""
    chain = _increasing(found)
    at = {id(one) for one in chain}
    times = Counter(one.key for one in found if one.key)
    again = {one.key for one in found if id(one) not in at} & {one.key for one in chain} - {""}
    if len(chain) < _IN_ORDER * len({one.order for one in found}) or len(again) > _AGAIN:
        return [_doubted(one, times[one.key] > 1) for one in found if one.near.score >= ALIKE or not one.key]
    kept, held = [], {one.key: one for one in chain}
    for one in found:
        if id(one) in at:
            kept.append(one)
        elif one.key in held:
            if one.key and _same_gap(one, held[one.key], chain):
                kept.append(_doubted(one, twice=True))
        elif one.near.score >= ALIKE:
            kept.append(_doubted(one, twice=False, out_of_order=True))
    return kept


def _doubted(place: Place, twice: bool, *, out_of_order: bool = False) -> Place:
    doubt = "this question stands twice" if twice else "this question stands out of its order" if out_of_order else ""
    return Place(**{**vars(place), "doubt": doubt}) if doubt else place


def _same_gap(one: Place, other: Place, chain: list[Place]) -> bool:
    """Whether a label could stand at either of two places as far as its neighbours go."""
    low, high = sorted((one.start, other.start))
    return not any(low < between.start < high for between in chain)


def _increasing(found: list[Place]) -> list[Place]:
    """The longest run of labels in the form's order (patience sorting)."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, place in enumerate(found):
        pile = bisect_left(tops, place.order)
        before.append(last[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place.order)
            last.append(number)
        else:
            tops[pile], last[pile] = place.order, number
    run = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(found[number])
        number = before[number]
    return run[::-1]
