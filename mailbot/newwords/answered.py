"""A mail of ours that somebody answers within its quotation, such as the questions of the form in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from mailbot.newwords.history import begins_history, names_writer, who_wrote

_LINE_END = re.compile(r"\r\n?|[\u2028\u0085]")
_MOST_LINES = 5000
_MARK = re.compile(r"[ \t]?>[ \t]?")


def answered(text: str, ours: Collection[str]) -> str:
    """What stands below the line that says one of `ours` wrote the rest; empty where somebody else did, or nobody.

    One level deep: a form that they sent before, and that we quoted, is no answer to us. So is what they quote of
    their own mail: an old form must not come back as a new one.
    """
    lines = _LINE_END.sub("\n", text).split("\n")[:_MOST_LINES]
    for index in range(len(lines)):
        if said := _said(lines, index):
            head = "\n".join(lines[index : index + said]).casefold()
            mine = any(one.casefold() in head for one in ours if one)
            return "\n".join(_nearest(lines[index + said :])) if mine else ""
    return ""


def _said(lines: Sequence[str], index: int) -> int:
    """How many lines from here say who wrote what is quoted; of a block only the line with its writer counts."""
    there = list(islice(lines, index, index + 8))
    if said := who_wrote(there, 0):
        return said
    if not begins_history(there, 0):
        return 0
    return next((number for number, line in enumerate(there, 1) if names_writer(line)), 1)


def _nearest(lines: Sequence[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        bare = _MARK.sub("", line, count=1)
        if _MARK.match(bare) or _said([_MARK.sub("", one, count=1) for one in lines[index : index + 8]], 0):
            return
        yield bare
