"""What of a referral stands on its one page: long answers are cut there and follow in full behind it.

The boxes for the outcome stand at the end of that page, so they never run onto the next, however much was written.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil

from mailbot.reviewlist.word import LABEL, WIDTH, Cell, Checked, Fact
from parsers.write.controls import Control

Section = tuple[str, list[Fact]]

#: letters that are left of a long answer, each tried until the page holds
_CUTS = (2_000, 1_500, 1_200, 1_000, 800, 650, 500, 400, 320, 270, 240, 210, 180, 150, 120, 90, 60, 30, 12)
_LONGER = {"Main question": 4, "What happened": 4}  # the meeting talks of these: they are cut last
OVERLEAF = "… (overleaf)"
PICTURED = "(picture overleaf)"
_LINE = 3.95  # millimetres of a line of a table, with its share of the border
_EM = 3.175  # millimetres of 9 points
_BOLD = 1.08
_WRAPPED = 0.94  # of a line is used where words run on to the next


class _Widths(dict[str, int]):
    def __missing__(self, letter: str) -> int:
        return 556 if letter < "\u2e80" else 1000  # a letter as most are; one as wide as it is high


#: thousandths of an em that the letters of Arial take
_WIDTHS = _Widths({
    letter: width
    for letters, width in (
        ("ijl'", 222), (" ftI,.:;!/[]\\", 278), ('r()-"`·', 340), ("cksvxyzJ", 500), ("FTZ", 611), ("ABEKPSVXY", 667),
        ("CDHNRUw", 722), ("GOQ", 778), ("mM", 833), ("W%@…—", 1000),
    )
    for letter in letters
})  # fmt: skip
_HEADING = 5.4


def fitted(sections: Sequence[Section], room: float) -> tuple[list[Section], list[Fact]]:
    """The sections as they fit into so many millimetres, and what was cut out of them, in full."""
    if height(sections) <= room:
        return list(sections), []
    # the shorter, the lower: the longest cut that fits is found by halving
    place = bisect_left(_CUTS, True, hi=len(_CUTS) - 1, key=lambda cut: height(_shortened(sections, cut)) <= room)
    short = _shortened(sections, _CUTS[place])
    kept = (fact for _, facts in short for fact in facts)
    long = [fact for (_, facts) in sections for fact in facts if fact != next(kept)]
    return short, long


def _shortened(sections: Sequence[Section], letters: int) -> list[Section]:
    return [(heading, [_shorter(fact, letters) for fact in facts]) for heading, facts in sections]


def height(sections: Sequence[Section]) -> float:
    """Millimetres that sections take."""
    rows = sum(
        max(_height(fact, beside=len(row) > 1) for fact in row) for _, facts in sections for row in packed(facts)
    )
    return _HEADING * len(sections) + rows


def lines_of(words: str) -> int:
    """Lines that words take across the page."""
    return _lines(words, WIDTH)


def packed(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Rows of facts: short ones two by two, a long one alone; a short one waits for the next that is short."""
    waits: list[Fact] = []
    for fact in facts:
        if not _short(fact):
            yield [fact]
        elif waits:
            yield [waits.pop(), fact]
        else:
            waits = [fact]
    if waits:
        yield waits


def _short(fact: Fact) -> bool:
    cell = fact[1]
    if isinstance(cell, Control):
        return cell.kind != "box"
    words = cell.words if isinstance(cell, Checked) else cell
    wide = max(_width(words), cell.wide if isinstance(cell, Checked) else 0)
    return "\n" not in words and wide <= WIDTH // 2 - LABEL - 2.5


def _shorter(fact: Fact, letters: int) -> Fact:
    """Cut to so many letters where that saves a line."""
    label, cell = fact
    cut = label, _cut(cell, letters * _LONGER.get(label, 1))
    if cut == fact:
        return fact
    return cut if _height(cut, beside=False) < _height(fact, beside=False) else fact


def _cut(cell: Cell, letters: int) -> Cell:
    if isinstance(cell, Checked):
        return f"{_cut(cell.words, letters)} {PICTURED}"
    if not isinstance(cell, str) or (len(cell) <= letters + len(OVERLEAF) and cell.count("\n") * 40 <= letters):
        return cell
    lines = cell[:letters].split("\n")[: letters // 40 + 1]
    return "\n".join(lines).rstrip() + OVERLEAF


def _height(fact: Fact, *, beside: bool) -> float:
    label, cell = fact
    across = (WIDTH // 2 if beside else WIDTH) - LABEL - 2.5
    of_label = _lines(label, LABEL - 2.5, _BOLD) * _LINE
    if isinstance(cell, Control):
        return max(of_label, _LINE)
    if isinstance(cell, Checked):
        return max(of_label, _lines(cell.words, across) * _LINE + cell.high + 1)
    return max(of_label, _lines(cell, across) * _LINE)


@lru_cache(maxsize=4096)
def _lines(words: str, across: float, weight: float = 1.0) -> int:
    widths = (_width(line) * weight for line in words.split("\n"))
    return sum(1 if width <= across else ceil(width / (across * _WRAPPED)) for width in widths)


def _width(line: str) -> float:
    """Millimetres of a line in Arial of 9 points."""
    return sum(map(_WIDTHS.__getitem__, line)) * _EM / 1000
