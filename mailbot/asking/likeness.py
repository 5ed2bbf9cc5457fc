"""How like the mails that asked for the form, and how unlike those that only spoke of one, a mail reads as a whole.

A second opinion beside the phrases: which words, pairs of words and senses of words (senses.py) people's requests had,
and other mails had not, is learned from examples (scripts/learn) and kept as a table of weights. It sees what no phrase
says, such as the minutes of a meeting, a supplier's offer that quotes a request, or a request in words of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from mailbot.asking import senses
from mailbot.asking.named import marked
from mailbot.mail import Mail
from mailbot.understood import Known
from mailbot.wordlists import WordList

_WORD = re.compile(r"[a-z0-9']+|\?")
_PARTS = re.compile(r"[.!;\n]+")
#: what is said first decides; a long story's end too, since some ask at last
_FIRST, _LAST = 1200, 600  # characters
_FIRST_SENTENCES, _LAST_SENTENCES = 20, 10


def likeness(mail: Mail, known: Known, *, unlearned: float = 1.0) -> float:
    """From 0, reads like mails that ask for nothing, to 1, reads like requests; `unlearned` where there is no table."""
    weights = known.words["likeness"].weights
    if not weights:
        return unlearned
    total = weights[""] + math.fsum(
        value * weights[one] for one, value in features(mail, known).items() if one in weights
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def telling_words(mail: Mail, known: Known, *, asking: bool) -> str:
    """The words and senses that weigh most towards a request, or against one, for staff to read."""
    weights = known.words["likeness"].weights
    sign = 1 if asking else -1
    spoke = {one: sign * value * weights.get(one, 0.0) for one, value in features(mail, known).items()}
    first = sorted((one for one, weight in spoke.items() if weight > 0), key=lambda one: (-spoke[one], one))[:8]
    words = dict.fromkeys(_said(one) for one in first)
    return ", ".join(f"“{one}”" for one in [one for one in words if one][:4])


def features(mail: Mail, known: Known) -> Mapping[str, float]:
    """What a mail's words and their senses count: each kind together the same in a short mail as in a long one."""
    return _features(mail.about, mail.words, known.words["form_request"], known.words["senses"])


@lru_cache(maxsize=4)  # the kinds ask about the same mail, one after the other
def _features(about: str, text: str, forms: WordList, meanings: WordList) -> Mapping[str, float]:
    words = {*_of(about, of_subject=True), *_of(text)}
    subject, body = ([senses.meant(one, meanings) for one in _sentences(part, forms)] for part in (about, text))
    alone = {one for row in subject for one in senses.of_senses(row, of_subject=True)}
    alone |= {one for row in body for one in senses.of_senses(row, of_subject=False)}
    whole = {one for row in (*subject, *body) for one in senses.of_row(row)}
    found: dict[str, float] = {}
    for kind in filter(None, (words, alone, whole)):
        found |= dict.fromkeys(kind, 1 / math.sqrt(len(kind)))
    return found


def _sentences(text: str, forms: WordList) -> tuple[str, ...]:
    """The first sentences and the last."""
    found = marked(text, forms)
    return (
        found
        if len(found) <= _FIRST_SENTENCES + _LAST_SENTENCES
        else (*found[:_FIRST_SENTENCES], *found[-_LAST_SENTENCES:])
    )


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
    return feature.removeprefix("s:").strip("^$ ?:…~").lower()
