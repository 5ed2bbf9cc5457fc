"""How like the mails that asked for the form, and how unlike those that only spoke of one, a mail reads as a whole.

A second opinion beside the phrases: which words, pairs of words and senses of words (senses.py) people's requests had,
and other mails had not, is learned from examples (scripts/learn) and kept as a table of weights. It sees what no phrase
says, such as the minutes of a meeting, a supplier's offer that quotes a request, or a request in words of its own.

Each sentence is weighed by itself too, together with the phrases found in it, and the one that asks most counts most:
one plain request in a long story is still a request. Where nothing in a mail asks, its sentences add nearly nothing.

The table knows the words that it has seen. Where it is in doubt, a language model is asked too (encoder.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from mailbot.asking import senses
from mailbot.asking.named import marked
from mailbot.asking.said import heading, is_answer, is_short, said
from mailbot.asking.thanks import counted
from mailbot.mail import Mail
from mailbot.understood import Known
from mailbot.wordlists import WordList

_WORD = re.compile(r"[a-z0-9']+|\?")
_PARTS = re.compile(r"[.!;\n]+")
#: what is said first decides; a long story's end too, since some ask at last
_FIRST, _LAST = 1200, 600  # characters
_FIRST_SENTENCES, _LAST_SENTENCES = 20, 10
#: what few words are, beside greeting and thanks, and what a long mail is
_FEW_WORDS, _LONG = 12, 80
#: the lists of form_request.toml and of not_a_request.toml that are looked for in each sentence
_ASKING, _DENYING = ("asks", "how", "asks_bare", "spoken_of", "names", "names_only"), ("denies", "not_wanted")
#: odds beyond which the table is sure: that a mail asks for nothing; that it asks; that it asks in few words, as most
#: requests do (chosen so that few of those in bench/ are in doubt)
_SURELY_NOT, _SURE, _SURE_OF_PLAIN = -3.5, 5.0, 1.7
#: words in which somebody says plainly what they want
PLAIN_WORDS = 40
#: how much of the opinion is the encoder's, where it is asked
_OF_ENCODER = 0.8
#: from this likeness on, a mail is surely a request: chosen on mails of people whom nothing was learned from
SURELY = 0.91
#: how much a phrase counts, and the words of a sentence together; and what no sum goes beyond
_PHRASE, _SENTENCE, _MOST = 0.5, 1.5, 30.0


@dataclass(frozen=True, eq=False)
class Features:
    """What a mail as a whole has, and what each of its sentences has, with how much each counts."""

    whole: Mapping[str, float]
    sentences: Sequence[Mapping[str, float]]


def likeness(mail: Mail, known: Known, *, unlearned: float = 1.0, doubted: bool = False) -> float:
    """From 0, reads like mails that ask for nothing, to 1, reads like requests; `unlearned` where there is no table.

    Where the table of weights is not sure, or something else makes it `doubted` that a mail asks, what the encoder says
    of the same words counts most.
    """
    table = known.words["likeness"]
    if not table.weights:
        return unlearned
    odds = _odds(features(mail, known), table)
    if known.encoder and not _is_sure(odds, mail, doubted=doubted):
        odds += _OF_ENCODER * (known.encoder.asks(heading(mail), mail.words) - odds)
    return 1 / (1 + math.exp(-odds))


def _is_sure(odds: float, mail: Mail, *, doubted: bool) -> bool:
    if odds <= _SURELY_NOT:
        return True  # as most mails are that ask for nothing: the encoder would take longer than all else
    return not doubted and odds >= (_SURE_OF_PLAIN if is_short(mail, PLAIN_WORDS) else _SURE)


def surely_asks(mail: Mail, known: Known) -> bool:
    """Whether it reads so like a referrer's request that words which others mostly say do not speak against it."""
    return likeness(mail, known, unlearned=0.0, doubted=True) >= SURELY


def telling_words(mail: Mail, known: Known, *, asking: bool) -> str:
    """The words and senses that weigh most towards a request, or against one, for staff to read."""
    weights = known.words["likeness"].weights
    sign = 1 if asking else -1
    found = features(mail, known)
    asked = [math.exp(one) for one in _weighed(found, weights)]
    shares = [one / (1 + math.fsum(asked)) for one in asked]
    spoke = {one: sign * value * weights.get(one, 0.0) for one, value in found.whole.items()}
    for share, sentence in zip(shares, found.sentences, strict=True):
        for one, value in sentence.items():
            spoke[one] = spoke.get(one, 0.0) + sign * share * value * weights.get(one, 0.0)
    first = sorted((one for one, weight in spoke.items() if weight > 0), key=lambda one: (-spoke[one], one))[:12]
    words = dict.fromkeys(_said(one) for one in first)
    return ", ".join(f"“{one}”" for one in [one for one in words if one][:4])


def features(mail: Mail, known: Known) -> Features:
    """What a mail's words and their senses count: each kind together the same in a short mail as in a long one."""
    lists, written = known.words, counted(mail, known)
    as_a_whole = {
        "=few": written <= _FEW_WORDS,
        "=long": written > _LONG,
        "=answer": is_answer(mail),
        "=ours": bool(said(mail, known, "form_request", "ours", "subject_matter")),
    }
    is_so = tuple(name for name, is_it in as_a_whole.items() if is_it)
    return _features(mail.about, mail.words, is_so, lists["form_request"], lists["not_a_request"], lists["senses"])


@lru_cache(maxsize=4)  # it is asked for more than once of the same mail
def _odds(found: Features, table: WordList) -> float:
    """The logarithm of the odds that it is a request, by the table."""
    weights = table.weights
    asked = math.fsum(math.exp(one) for one in _weighed(found, weights))
    total = weights[""] + _weight(found.whole, weights) + math.log1p(asked)
    return max(-_MOST, min(_MOST, total))


def _weighed(found: Features, weights: Mapping[str, float]) -> list[float]:
    return [min(_MOST, _weight(one, weights)) for one in found.sentences]


def _weight(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return math.fsum(value * weights[one] for one, value in found.items() if one in weights)


@lru_cache(maxsize=4)  # the kinds ask about the same mail, one after the other
def _features(
    about: str, text: str, is_so: tuple[str, ...], asking: WordList, denying: WordList, meanings: WordList
) -> Features:
    words = {*_of(about, of_subject=True), *_of(text)}
    alone, whole, phrases = set[str](), set[str](), set(is_so)
    sentences = []
    for part, of_subject in ((about, True), (text, False)):
        for sentence in _sentences(part, asking):
            row = senses.meant(sentence, meanings)
            of_senses, of_row = set(senses.of_senses(row, of_subject=of_subject)), set(senses.of_row(row))
            found = _phrases(sentence, asking, denying)
            alone |= of_senses
            whole |= of_row
            phrases |= {_of_the_mail(one, found, of_subject=of_subject) for one in found}
            sentences.append(_of_a_sentence(of_senses | of_row | set(_in_order(sentence)), found))
    counts: dict[str, float] = dict.fromkeys(phrases, _PHRASE)
    for kind in filter(None, (words, alone, whole)):
        counts |= dict.fromkeys(kind, 1 / math.sqrt(len(kind)))
    return Features(counts, tuple(sentences))


def _phrases(sentence: str, asking: WordList, denying: WordList) -> frozenset[str]:
    """The names of the wording lists of which a sentence has a phrase."""
    normal = denying.normal(sentence)
    found = {one for one in _ASKING if asking.find(one, sentence)}
    return frozenset(found | {one for one in _DENYING if denying.find(one, normal)})


def _of_the_mail(one: str, found: frozenset[str], *, of_subject: bool) -> str:
    denied = " denied" if one in _ASKING and "denies" in found else ""
    return f"{'=s:' if of_subject else '='}{one}{denied}"


def _of_a_sentence(words: set[str], found: frozenset[str]) -> Mapping[str, float]:
    counts = dict.fromkeys((f"|{one}" for one in words), _SENTENCE / math.sqrt(max(1, len(words))))
    names = {*found, "asked"} if "asks" in found and "denies" not in found else found
    return counts | dict.fromkeys((f"|={one}" for one in names), _PHRASE)


def _in_order(sentence: str) -> Iterator[str]:
    """The words of a marked sentence and each two of them."""
    words = sentence.split()
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(("^", *words, "$")))


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
    """A feature for people to read; nothing where it is the name of a wording list."""
    feature = feature.removeprefix("|")
    return "" if feature.startswith("=") else feature.removeprefix("s:").strip("^$ ?:…~").lower()
