"""What the words of a sentence mean: everybody asks in words of their own, but for the same few things.

`config/words/senses.toml` lists, under a name such as SEND or LACK, the words that say it. A sentence becomes the row
of these names, with our form, another's and "refer" as mailbot/asking/named.py marks them; "bung the proforma over to
us" and "email me your form" are then nearly the same. What such a row says for a request is learned (likeness.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from mailbot.wordlists import WordList

#: how far apart two senses of a sentence are seen together
_APART = 3
#: what named() marks
_MARKS = {
    "form": "FORM", "our-form": "FORM", "paper": "PAPER", "document": "PAPER", "other-form": "OTHER-FORM",
    "sent-form": "SENT-FORM", "refer": "REFER", "refer-elsewhere": "REFER-ELSEWHERE",
    "referral-elsewhere": "REFER-ELSEWHERE", "referral": "REFERRAL", "?": "?",
}  # fmt: skip
_PAST, _SHORTEST_PAST = "ed", 5


def meant(sentence: str, lists: WordList) -> list[str]:
    """A sentence whose forms and referrals are marked, with its words and phrases as their senses; other words stay."""
    phrases, words = _phrases(lists), sentence.split()
    found, index = [], 0
    while index < len(words):
        word = words[index]
        here = (one for one in phrases.get(word, ()) if words[index : index + len(one[0])] == one[0])
        phrase, sense = next(here, ([word], _MARKS.get(word, word)))
        found.append(sense)
        index += len(phrase)
    return found


def of_senses(row: Sequence[str], *, of_subject: bool) -> Iterator[str]:
    """The senses alone: each, `s:` before a subject's, what follows what within a few, and each three in a row."""
    alone = ["^", *(sense for one in row if (sense := _sense(one))), "$"]
    for index, one in enumerate(alone):
        yield f":{one}"
        if of_subject:
            yield f"s:{one}"
        yield from (f"{one} … {other}" for other in alone[index + 1 : index + 1 + _APART])
        yield " ".join(alone[index : index + 3])


def of_row(row: Sequence[str]) -> Iterator[str]:
    """The whole row, words and senses as they stand: each two and each three."""
    whole = ["^", *row, "$"]
    for length in (2, 3):
        yield from (f"~{' '.join(whole[index : index + length])}" for index in range(len(whole) - length + 1))


def _sense(one: str) -> str:
    """A sense, "?", or that something is done; nothing for any other word."""
    if one.isupper() or one == "?":
        return one
    return "DONE" if one.endswith(_PAST) and len(one) >= _SHORTEST_PAST else ""


@cache
def _phrases(lists: WordList) -> Mapping[str, Sequence[tuple[list[str], str]]]:
    """Each phrase and its sense by its first word: the longest first, and of the same one the first sense."""
    every = [(phrase.split(), sense) for sense, phrases in lists.lists.items() for phrase in phrases]
    found: dict[str, list[tuple[list[str], str]]] = {}
    for words, sense in sorted(every, key=lambda one: len(one[0]), reverse=True):
        if words:
            found.setdefault(words[0], []).append((words, sense))
    return found
