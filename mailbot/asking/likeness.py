"""How like the mails that asked for the form, and how unlike those that only spoke of one, a mail reads as a whole.

A second opinion beside the phrases: which words and pairs of words people's requests had, and other mails had not, is
learned from examples (scripts/learn) and kept as a table of weights. It sees what no phrase says, such as the minutes
of a meeting or a supplier's offer that quotes a request.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise

from mailbot.mail import Mail
from mailbot.understood import Known

_WORD = re.compile(r"[a-z0-9']+|\?")
_PARTS = re.compile(r"[.!;\n]+")
#: what is said first decides; a long story's end too, since some ask at last
_FIRST, _LAST = 1200, 600  # characters


def likeness(mail: Mail, known: Known, *, unlearned: float = 1.0) -> float:
    """From 0, reads like mails that ask for nothing, to 1, reads like requests; `unlearned` where there is no table."""
    weights = known.words["likeness"].weights
    if not weights:
        return unlearned
    total = weights[""] + sum(weights.get(one, 0.0) for one in features(mail.about, mail.words))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def telling_words(mail: Mail, known: Known, *, asking: bool) -> str:
    """The words that weigh most towards a request, or against one, for staff to read."""
    weights = known.words["likeness"].weights
    sign = 1 if asking else -1
    found = {one for one in features(mail.about, mail.words) if sign * weights.get(one, 0.0) > 0}
    first = sorted(found, key=lambda one: -sign * weights[one])[:8]
    words = dict.fromkeys(_said(one) for one in first)
    return ", ".join(f"“{one}”" for one in [one for one in words if one][:4])


def features(subject: str, text: str) -> set[str]:
    """The words and pairs of words of a mail; a word of its subject as one of the subject too, marked `s:`."""
    return {*_of(subject, of_subject=True), *_of(text)}


def _of(text: str, *, of_subject: bool = False) -> Iterator[str]:
    cut = text if len(text) <= _FIRST + _LAST else f"{text[:_FIRST]}\n{text[-_LAST:]}"
    for part in _PARTS.split(cut.lower().replace("’", "'")):
        words = _WORD.findall(part)
        if not words:
            continue
        words = ["^", *words, "$"]
        yield from words
        yield from (f"{one} {other}" for one, other in pairwise(words))
        if of_subject:
            yield from (f"s:{one}" for one in words)


def _said(feature: str) -> str:
    return feature.removeprefix("s:").strip("^$ ?")
