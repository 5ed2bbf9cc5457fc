"""Text cut into WordPiece tokens, as BERT's uncased models know them (Devlin et al. 2018; their own tokenizer's rules).

Our own, because the library that does it (tokenizers) brings a client that speaks to a model hub.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

#: a longer word is unknown as a whole
_LONGEST = 100
_WORD = re.compile(r"[^\W_]+|[^\s\w]|_")


class WordPiece:
    """The tokens of a vocabulary file: one on each line, `##` before those that go on with a word."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def numbers(self, text: str) -> list[int]:
        """The numbers of a text's tokens."""
        return [number for word in _words(text) for number in self._pieces(word)]

    def number(self, token: str) -> int:
        """The number of one token, such as [SEP]; raises KeyError where there is none."""
        return self._numbers[token]

    def _pieces(self, word: str) -> list[int]:
        """The longest tokens that make up a word, from its beginning; [UNK] where none do."""
        found, start, unknown = [], 0, [self._numbers["[UNK]"]]
        if len(word) > _LONGEST:
            return unknown
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((one for one in ends if f"{mark}{word[start:one]}" in self._numbers), None)
            if end is None:
                return unknown
            found.append(self._numbers[f"{mark}{word[start:end]}"])
            start = end
        return found

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self._path.read_text("utf-8").split("\n")) if token}


def _words(text: str) -> Iterator[str]:
    """Words and marks, in small letters and without accents; each sign of punctuation stands alone."""
    plain = unicodedata.normalize("NFD", text.lower())
    unseen = ("Mn", "Cc", "Cf")  # accents, and what controls or only formats
    yield from _WORD.findall("".join(one for one in plain if one.isspace() or unicodedata.category(one) not in unseen))
