"""Wording lists: phrases a team can edit, found in people's words although they are misspelt.

In a phrase `..` stands for up to six other words of the sentence, `a|b` for either word, `_` for a space between
words that are one of several, a word in CAPITALS for any of the phrases listed for it under `[means]`, `^` and `$` for
the beginning and the end of a sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from mailbot.errors import UserError

#: how alike a misspelt word must be (0 to 100), and how long its true form: "refferal" is to "referral" 94
_ALIKE, _LONG = 84.0, 6
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*|\?")
_GAP = r"(?:[^ ?]+ ){0,6}"
_SPECIAL = re.compile(r"\.\.|[|^$]|[A-Z]{2}")
_EMPTY_CHOICE = re.compile(r"(?:^|\s)\||\|(?:\||\$|\s|$)")
#: a sentence ends at its mark or at an empty line; a line that is broken off short ends one too, as people's lists do
_SENTENCES = re.compile(r"(?<=[.!?;])[)\"”]*\s+|\n\s*\n|\s+[-–—]+\s+|(?<=\n)\s*[-*•]\s+")
_SHORT_LINE = 50
#: caps: nobody writes more, and what is looked in takes time
_MOST_SENTENCES, _MOST_CHARACTERS = 400, 40_000


@dataclass(frozen=True, eq=False)
class WordList:
    """Named lists of phrases, such as `form` and `ask`, and what the words in capitals mean."""

    lists: dict[str, tuple[str, ...]]
    means: Mapping[str, Sequence[str]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)  # what was learned (mailbot/asking/likeness.py)

    @classmethod
    def load(cls, path: Path) -> WordList:
        """The lists of one file; raises UserError naming it."""
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except OSError:
            raise UserError(f"{path}: is missing; put the wording list back") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: is not valid TOML: {error}") from None
        means, weights = table.pop("means", {}), table.pop("weights", {})
        found = cls({name: tuple(phrases) for name, phrases in table.items()}, means, weights)
        unknown = sorted(found._capitals() - means.keys())
        if unknown:
            raise UserError(f"{path}: {', '.join(unknown)}: say under [means] what it stands for")
        empty = [one for phrases in found.lists.values() for one in phrases if _EMPTY_CHOICE.search(one)]
        if empty:
            raise UserError(f"{path}: “{empty[0]}”: nothing stands on one side of a |; write two phrases instead")
        return found

    def _capitals(self) -> set[str]:
        return {
            word
            for phrases in self.lists.values()
            for one in phrases
            for part in one.split()
            for word in part.split("|")
            if word.isupper()
        }

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        phrases = [one for many in (*self.lists.values(), *self.means.values()) for one in many]
        return frozenset(word for one in phrases for word in _words(one.replace("|", " ")))

    @cached_property
    def _long_words(self) -> Mapping[str, Sequence[str]]:
        """By their first letter: people's mistakes begin after it, "deferral" is no "referral"."""
        found: dict[str, list[str]] = {}
        for word in sorted(self._vocabulary):
            if len(word) >= _LONG:
                found.setdefault(word[0], []).append(word)
        return found

    @cached_property
    def normal(self) -> Callable[[str], str]:
        """A text as its words in the lists' own spelling, a space around each: what `find` looks in."""
        return lru_cache(maxsize=4)(self._normal)  # the kinds ask about the same mail, one after the other

    def _normal(self, text: str) -> str:
        return _spaced(map(self._spelling, _words(text)))

    @cached_property
    def sentences(self) -> Callable[[str], tuple[str, ...]]:
        """The sentences of a text, each as `normal` has it."""
        return lru_cache(maxsize=4)(self._sentences)

    def _sentences(self, text: str) -> tuple[str, ...]:
        found = map(self._normal, _sentences(text[:_MOST_CHARACTERS]))
        return tuple(one for one in found if one.strip())[:_MOST_SENTENCES]

    @cached_property
    def words(self) -> Callable[..., frozenset[str]]:
        """The single words that names in CAPITALS stand for."""
        return cache(lambda *names: frozenset(word for name in names for word in self.means.get(name, ())))

    @cached_property
    def find(self) -> Callable[[str, str], str]:
        """The first phrase of the list of that name that stands in a normal text; nothing where none does."""
        return lru_cache(maxsize=512)(self._find)  # several kinds ask the same of one mail

    def _find(self, name: str, normal: str) -> str:
        plain, gapped = self._phrases[name]
        if found := plain.first_in(normal):
            return found
        found_ = [match for one in gapped.among(normal) if (match := one.pattern.search(normal))]
        first = min(found_, key=lambda match: match.start(), default=None)
        return " … ".join(part.strip() for part in first.groups() if part) if first else ""

    @cached_property
    def said(self) -> Callable[[str, str], str]:
        """The first phrase of the list of that name in a whole text: one with gaps must stand in a sentence."""
        return lru_cache(maxsize=64)(self._said)

    def _said(self, name: str, text: str) -> str:
        plain, gapped = self._phrases[name]
        if found := plain.first_in(self.normal(text)):
            return found
        if not gapped.among(self.normal(text[:_MOST_CHARACTERS])):  # nor in a sentence of it, and most texts end here
            return ""
        return next((found for one in self.sentences(text) if (found := self.find(name, one))), "")

    @cached_property
    def _phrases(self) -> dict[str, tuple[_Plain, _Gaps]]:
        """Of each list the phrases that stand for themselves, and the others."""
        made = {}
        for name, phrases in self.lists.items():
            special = [one for one in phrases if _SPECIAL.search(one)]
            plain = _Plain(tuple(_spaced(_words(one)) for one in phrases if one not in special))
            made[name] = (plain, _Gaps(tuple(map(self._gapped, special))))
        return made

    def make_ready(self) -> None:
        """Make every pattern now, for a process that lives long: the first mail with a phrase need not wait for it."""
        for plain, gapped in self._phrases.values():
            plain.first_in("")
            gapped.make_ready()

    def _gapped(self, phrase: str) -> _Gapped:
        start = "^ " if phrase.startswith("^") else " "
        parts = [[self._spellings(word) for word in part.split()] for part in phrase.strip("^$ ").split("..")]
        body = _GAP.join(f"({''.join(map(_either, part))})" for part in parts)
        needs = tuple(frozenset(one.split()[0] for one in spellings) for part in parts for spellings in part)
        return _Gapped(f"{start}{body}{'$' if phrase.endswith('$') else ''}", needs)

    def _spellings(self, word: str) -> list[str]:
        choices = [one for part in word.split("|") for one in self.means.get(part, (part,))]
        return sorted((" ".join(_words(one)) for one in choices), key=len, reverse=True)

    @cached_property
    def _spelling(self) -> Callable[[str], str]:
        return lru_cache(maxsize=20_000)(self._spell)  # people use the same words again and again

    def _spell(self, word: str) -> str:
        if word in self._vocabulary:
            return word
        if word.endswith("s") and word[:-1] in self._vocabulary:
            return word[:-1]
        if len(word) < _LONG - 1:
            return word
        near = process.extractOne(word, self._long_words.get(word[0], ()), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return near[0] if near else word


@dataclass(frozen=True)
class _Plain:
    """The phrases of a list that stand for themselves, a space around each of their words."""

    phrases: tuple[str, ...]

    def first_in(self, normal: str) -> str:
        """The first of the list that stands in a normal text; most have a word that the text lacks."""
        numbers = _under(self._by_word, _distinct(normal))
        return next((self.phrases[number].strip() for number in numbers if self.phrases[number] in normal), "")

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        return _by_rarest([[frozenset((word,)) for word in one.split()] for one in self.phrases])


@dataclass(frozen=True)
class _Gapped:
    """A phrase as a pattern whose groups are the words between its gaps, and the words of which it needs one each."""

    written: str
    needs: tuple[frozenset[str], ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Made when a text may hold the phrase: most phrases wait for a long time."""
        return re.compile(self.written)


@dataclass(frozen=True)
class _Gaps:
    """The phrases of a list that are patterns, by words of which each needs one: a search goes through a whole text."""

    phrases: tuple[_Gapped, ...]

    def make_ready(self) -> None:
        self.among("")
        for one in self.phrases:
            one.pattern  # noqa: B018 - made when it is asked for

    def among(self, normal: str) -> list[_Gapped]:
        """Those that may stand in a text, in their order; most texts lack one of the words of each."""
        words = _distinct(normal)
        near = (self.phrases[number] for number in _under(self._by_word, words))
        return [one for one in near if not any(map(words.isdisjoint, one.needs))]

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        return _by_rarest([one.needs for one in self.phrases])


def _by_rarest(phrases: Sequence[Sequence[frozenset[str]]]) -> dict[str, list[int]]:
    """The numbers of phrases, each under the words of its rarest need; a phrase needs one word of each of its sets."""
    common = Counter(word for needs in phrases for need in needs for word in need)
    found: dict[str, list[int]] = {}
    for number, needs in enumerate(phrases):
        for word in min(needs, key=lambda need: max(common[word] for word in need), default=()):
            found.setdefault(word, []).append(number)
    return found


def _under(by_word: Mapping[str, Sequence[int]], words: frozenset[str]) -> list[int]:
    """The numbers that stand under any of these words, in their order."""
    return sorted({number for word in words & by_word.keys() for number in by_word[word]})


@lru_cache(maxsize=64)
def _distinct(normal: str) -> frozenset[str]:
    """Every list asks about the same sentences, one after the other."""
    return frozenset(normal.split())


def _either(spellings: Sequence[str]) -> str:
    return f"(?:{'|'.join(re.escape(one) for one in spellings)}) "


@lru_cache(maxsize=256)
def _words(text: str) -> Sequence[str]:
    """The words of a text in lower case, with typographic apostrophes made plain; every list asks for them."""
    return tuple(_WORD.findall(text.lower().replace("’", "'").replace("‑", "-")))


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


@lru_cache(maxsize=8)
def _sentences(text: str) -> Sequence[str]:
    """A text as its sentences; every list asks for them."""
    return tuple(_divided(text))


def _divided(text: str) -> Iterator[str]:
    for part in _SENTENCES.split(text):
        lines = part.split("\n")
        said = ""
        for line in lines:
            said = f"{said} {line}"
            if len(line) < _SHORT_LINE:  # not broken by the mail program
                yield said
                said = ""
        yield said
