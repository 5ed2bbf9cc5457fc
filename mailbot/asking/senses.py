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
    phrases, longest = _phrases(lists)
    words, found, index = sentence.split(), [], 0
    while index < len(words):
        length = next((n for n in range(longest, 0, -1) if tuple(words[index : index + n]) in phrases), 0)
        found.append(
            phrases[tuple(words[index : index + length])] if length else _MARKS.get(words[index], words[index])
        )
        index += length or 1
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
def _phrases(lists: WordList) -> tuple[Mapping[tuple[str, ...], str], int]:
    """Of each phrase its sense, the first under which it stands, and how many words the longest has."""
    found: dict[tuple[str, ...], str] = {}
    for sense, phrases in lists.lists.items():
        for phrase in phrases:
            found.setdefault(tuple(phrase.split()), sense)
    return found, max(map(len, found), default=0)
