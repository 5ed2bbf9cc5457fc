"""What a sentence names, by whose it is: our blank form or another, a referral to us or elsewhere.

A sentence is rewritten so that the phrases that ask need not know every way to name a form: our own becomes `form`, or
`our-form` where its name says so; one that is filled in or on its way `sent-form`; anybody else's `other-form`; papers
that only the rest of the mail can tell `paper`, or `document`. To refer becomes `refer`, or `refer-elsewhere`. Only the
words that may stand before a form of ours are listed (`[means]` of form_request.toml): any other makes it another's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mailbot.wordlists import WordList

#: three words or more between quotation marks; one or two are a name
_QUOTED = re.compile(r"[\"“][^\"“”\n]{1,30}\s[^\"“”\n]{1,30}\s[^\"“”\n]{1,200}[\"”]")
_LOOKED_BACK, _LOOKED_ON = 6, 9  # words


@lru_cache(maxsize=8)  # the kinds ask about the same mail, one after the other
def marked(text: str, lists: WordList) -> tuple[str, ...]:
    """The sentences of a text, with what they name marked; what stands between quotation marks another said."""
    return tuple(named(one, lists) for one in lists.sentences(_QUOTED.sub(" quoted ", text)))


@lru_cache(maxsize=64)  # of one mail: its words are asked for alone, and with its subject
def named(sentence: str, lists: WordList) -> str:
    """A normal sentence with what it names marked."""
    words = _split(sentence, lists)
    words = _referring(words, lists)
    words = _forms(words, lists)
    return f" {' '.join(words)} "


def _split(sentence: str, lists: WordList) -> list[str]:
    """Its words; "referral-form" and "pro forma" as one writes them apart, or in one word."""
    nouns = lists.words("NOUN")
    found: list[str] = []
    for word in sentence.replace(" pro forma ", " proforma ").replace(" pro former ", " proforma ").split():
        head, _, tail = word.rpartition("-")
        found.extend((head, tail) if head and tail in nouns else (word,))
    for index, word in enumerate(found[1:], start=1):
        if word == "from" and found[index - 1] in ("referral", "ref") and _slipped(found[index + 1 :], lists):
            found[index] = "form"
    return found


def _slipped(after: Sequence[str], lists: WordList) -> bool:
    return not after or after[0] in lists.words("FOR_FROM")


def _referring(words: Sequence[str], lists: WordList) -> list[str]:
    found: list[str] = []
    index = 0
    while index < len(words):
        length = _act(words, index, lists)
        if length:
            found.append("refer-elsewhere" if _elsewhere(words, index + length, lists) else "refer")
        elif words[index] in ("referral", "referrals") and _elsewhere(words, index + 1, lists, near=True):
            found.append("referral-elsewhere")
        else:
            found.append(words[index])
        index += length or 1
    return found


def _act(words: Sequence[str], index: int, lists: WordList) -> int:
    """How many words from here say "refer": one, or those of "make an urgent referral"."""
    if words[index] in lists.words("REFERS"):
        return 1
    if words[index] not in lists.words("MAKE"):
        return 0
    for length, word in enumerate(words[index + 1 : index + 7], start=2):
        if word in ("referral", "referrals"):
            after = words[index + length : index + length + 1]
            return length if not after or after[0] in lists.words("AFTER_REFERRAL") else 0
        if word not in lists.words("OF_A_REFERRAL"):
            return 0
    return 0


def _elsewhere(words: Sequence[str], start: int, lists: WordList, *, near: bool = False) -> bool:
    """Whether the words after "refer" say to whom, and that is not us."""
    for index in range(start, min(len(words), start + (1 if near else _LOOKED_ON))):
        if words[index] in ("to", "into", "onto"):
            return not _to_us(words[index + 1 : index + 6], near=index == start, lists=lists)
        if words[index] in lists.words("ENDS_OBJECT"):
            return False
    return False


def _to_us(words: Sequence[str], *, near: bool, lists: WordList) -> bool:
    """Whether "you", "your service", "the stalking project" follow, or a verb: "to be assessed"."""
    if not words or words[0] in lists.words("YOU", "PURPOSE"):
        return True
    if words[0] == "your":
        return not near or not any(word in lists.words("CITED") for word in words[1:3])
    for word in words:
        if word in lists.words("SERVICE"):
            return True
        if word not in lists.words("OURS", "THE"):
            return False
    return False


def _forms(words: Sequence[str], lists: WordList) -> list[str]:
    found: list[str] = []
    for index, word in enumerate(words):
        after = words[index + 1 : index + 1 + _LOOKED_ON]
        if name := _names(word, found, after, lists):
            mark, start = _whose(found, after, lists, name)
            if mark in ("form", "our-form", "paper", "document"):
                del found[start:]
            found.append(mark)
        else:
            found.append(word)
    return found


def _names(word: str, before: Sequence[str], after: Sequence[str], lists: WordList) -> str:
    """What a word names: a form, papers or a document; "a blank" too, where nothing follows that is blank."""
    for name, mark in (("NOUN", "form"), ("PAPERS", "paper"), ("DOCUMENTS", "document")):
        if word in lists.words(name):
            return mark
    if word in ("blank", "blanks") and before and before[-1] in lists.words("THE"):
        return "form" if not after or after[0] in lists.words("AFTER_BLANK") else ""
    return ""


def _whose(before: Sequence[str], after: Sequence[str], lists: WordList, name: str) -> tuple[str, int]:
    """The mark of a form, and where the words begin that only say which."""
    start, ours = len(before), False
    for word in reversed(before[-_LOOKED_BACK:]):
        if word in lists.words("OURS"):
            ours = True
        elif word in lists.words("BEFORE_SENT"):
            return "sent-form", start
        elif word in lists.words("THE", "BEFORE"):
            break
        elif word not in lists.words("WHICH"):
            return "other-form", start
        start -= 1
    if _is_other(after, lists):
        return "other-form", start
    the = before[start - 1] if start else ""
    if the in lists.words("THEIRS") or _was_sent(before[:start], after, lists):
        return "sent-form", start
    if ours or the in ("your", "ur", "you're") or _to_refer(after):
        return ("our-form" if name == "form" or ours or _to_refer(after) else "paper"), start
    return name, start


def _is_other(after: Sequence[str], lists: WordList) -> bool:
    """Whether what follows makes it another's, or no form at all: "a form of abuse", "the form for leave"."""
    if after[:1] == ["of"]:
        return not any(word.startswith("refer") for word in after[1:3])
    if after[:1] and after[0] in ("for", "to", "from", "about"):
        return any(word in lists.words("OTHER") for word in after[1:4])
    return bool(after) and after[0] in lists.words("AFTER_OTHER")


def _to_refer(after: Sequence[str]) -> bool:
    return (
        bool(after)
        and after[0] in ("for", "to", "about", "when", "so")
        and any(word in ("refer", "referral", "referrals", "referred") for word in after[1:5])
    )


def _was_sent(before: Sequence[str], after: Sequence[str], lists: WordList) -> bool:
    """Whether somebody but us sends it or has filled it in: "I sent you the form", "the form we returned"."""
    following = f" {' '.join(after[:5])} "
    if any(following.startswith(f" {one} ") for one in lists.words("SENT_AFTER")):
        return True
    for index in range(len(before) - 1, max(-1, len(before) - 6), -1):
        if before[index] in lists.words("SENDS"):
            return not any(word in lists.words("BY_YOU") for word in before[max(0, index - 4) : index])
        if before[index] in lists.words("ENDS_OBJECT"):
            return False
    return False
