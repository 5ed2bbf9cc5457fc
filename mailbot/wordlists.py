"""Wording lists: phrases a team can edit, found in people's words although they are misspelt."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from mailbot.errors import UserError

#: how alike a misspelt word must be (0 to 100), and how long its true form: "refferal" is to "referral" 94
_ALIKE, _LONG = 84.0, 6
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*|\?")


@dataclass(frozen=True)
class WordList:
    """Named lists of phrases, such as `form` and `ask`; each phrase has a space around every word."""

    lists: dict[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path) -> WordList:
        """The lists of one file; raises UserError naming it."""
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except OSError:
            raise UserError(f"{path}: is missing; put the wording list back") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: is not valid TOML: {error}") from None
        return cls({name: tuple(_spaced(_words(phrase)) for phrase in phrases) for name, phrases in table.items()})

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for phrases in self.lists.values() for phrase in phrases for word in phrase.split())

    @cached_property
    def _long_words(self) -> list[str]:
        return sorted(word for word in self._vocabulary if len(word) >= _LONG)

    @cached_property
    def normal(self) -> Callable[[str], str]:
        """A text as its words in the lists' own spelling, a space around each: what `find` looks in."""
        return lru_cache(maxsize=4)(self._normal)  # the kinds ask about the same mail, one after the other

    def _normal(self, text: str) -> str:
        found = _words(text)
        return _spaced([self._spelling(word) for word in found])

    def find(self, name: str, normal: str) -> str:
        """The first phrase of a list that stands in a normal text; nothing where none does."""
        return next((phrase.strip() for phrase in self.lists[name] if phrase in normal), "")

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
        # people's mistakes begin after the first letter: "deferral" is no "referral"
        alike = [known for known in self._long_words if known[0] == word[0]]
        near = process.extractOne(word, alike, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return near[0] if near else word


def _words(text: str) -> list[str]:
    """The words of a text in lower case, with typographic apostrophes made plain."""
    return _WORD.findall(text.lower().replace("’", "'").replace("‑", "-"))


def _spaced(words: list[str]) -> str:
    return f" {' '.join(words)} "
