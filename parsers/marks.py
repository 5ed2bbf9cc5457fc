"""Boxes and marks in running text: the ways people and programs write that something is chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from parsers.match import plain

# The last ones of each are the private-use letters that Wingdings has for ticked and empty boxes.
ON = "☒☑✓✔✗✘✖■●◉⦿\uf0fe\uf0fd\uf0fc\uf052"
OFF = "☐□○◯❏❑\uf0a8\uf06f"
# people leave the space of [ ] where it is and type beside it
MARK = re.compile(rf"[{ON}{OFF}]|\[\s{{0,3}}[xXyY✓✔*/]?\s{{0,3}}\]|\([ xX✓]?\)")
_TYPED_ON = re.compile(r"^\s*(?:[xX✓✔]|yes)\b|\b(?:[xX✓✔]|[yY]es)\s*$")


@dataclass(frozen=True)
class Marked:
    """A line with its boxes taken off: whether one was ticked (None: it has none), and the words left."""

    on: bool | None
    words: str
    typed: bool = False  # an x or a yes was typed beside the box, or in its place


def one_by_one(line: str) -> list[str]:
    """A line with several boxes as a line for each, the words going with the box they touch."""
    found = list(MARK.finditer(line))
    if len(found) < 2:
        return [line]
    if line[: found[0].start()].strip():  # the boxes stand after their words
        cuts = [0, *(one.end() for one in found[:-1]), len(line)]
    else:
        cuts = [0, *(one.start() for one in found[1:]), len(line)]
    return [line[start:end] for start, end in pairwise(cuts)]


def marked(line: str) -> Marked:
    """The boxes of a line and its words; an x typed beside an empty box counts as a tick."""
    marks = MARK.findall(line)
    words = MARK.sub(" ", line)
    ticked = any(mark in ON or bool(mark[1:-1].strip()) for mark in marks)
    typed = _TYPED_ON.search(words)
    if typed and not ticked and words.strip() != typed.group().strip():
        return Marked(on=True, words=_TYPED_ON.sub(" ", words, count=1).strip(), typed=True)
    return Marked(on=ticked if marks else None, words=words.strip())


def single(cell: str) -> bool | None:
    """Whether the only box of a cell is ticked, its words being `Yes`; None where that cannot be told."""
    line = marked(cell)
    if line.on is not None and not line.typed:
        return line.on or plain(line.words) in ("x", "yes x", "x yes", "yes yes")
    if not line.words and not line.typed:
        return False
    words = plain(line.words)
    if line.typed or words in ("x", "yes", "y", "true", "tick", "ticked"):
        return True
    return False if words in ("no", "n", "false") else None
