"""The new words of a person, told from quoted history, signatures and the tags and banners that gateways add.

The full text is kept elsewhere, so cutting too much here loses nothing; yet what stands below a quotation is new.
"""

from __future__ import annotations

import re

from mailbot.newwords.answered import answered as answered
from mailbot.newwords.history import begins_history, goes_on_quoted, is_quoted, who_wrote
from mailbot.newwords.history import head_of_history as head_of_history
from mailbot.newwords.history import writer_of_history as writer_of_history
from mailbot.newwords.history import writers_line as writers_line
from mailbot.newwords.smallprint import banner, is_device_line, is_disclaimer, is_marking, is_signature
from mailbot.newwords.subject import bare_subject as bare_subject
from mailbot.newwords.subject import is_passed_on as is_passed_on

_LINE_END = re.compile(r"\r\n?|[\u2028\u0085]")
_MANY_BLANKS = re.compile(r"\n{3,}")


def new_words(text: str) -> str:
    """What the person wrote now, without what programs and gateways put around it."""
    lines = _LINE_END.sub("\n", text).split("\n")
    kept: list[str] = []
    index = 0
    while index < len(lines):
        skipped = _frame(lines, index, above=bool(kept))
        if skipped is None:
            break
        if not skipped and not is_quoted(lines[index]) and (kept or lines[index].strip()):
            kept.append(lines[index].rstrip())
        index += skipped or 1
    while kept and _is_rule(kept[-1]):
        kept.pop()  # the line that parts the new words from what was cut
    return _MANY_BLANKS.sub("\n\n", "\n".join(kept)).strip()


def _frame(lines: list[str], index: int, *, above: bool) -> int | None:
    """How many lines from here a program wrote; None where nothing new follows. `above`: whether words stand there."""
    line = lines[index]
    if begins_history(lines, index) or (is_signature(line) and (above or not _follows(lines, index))):
        return None
    if is_disclaimer(line):
        return None if above else _paragraph(lines, index)
    if is_device_line(line) or is_marking(line):
        return 1
    if said := who_wrote(lines, index):
        marked = any(is_quoted(one) for one in lines[index + said :])
        return said if goes_on_quoted(lines, index + said) or not (above or marked) else None
    return banner(lines, index)


def _follows(lines: list[str], index: int) -> bool:
    return any(line.strip() for line in lines[index + 1 : index + 30])


def _paragraph(lines: list[str], index: int) -> int:
    """How many lines until the next blank one: small print that stands above somebody's words."""
    return next((count for count, line in enumerate(lines[index:]) if not line.strip()), len(lines) - index)


def _is_rule(line: str) -> bool:
    return not line.strip(" \t-_=*") and len(line.strip()) != 1
