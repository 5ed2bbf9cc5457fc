"""When a question is needed: conditions over the answers, `not (c_aware = yes and c_agree = yes)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TOKEN = re.compile(r"\(|\)|=|[\w.]+")
_NAMED = re.compile(r"([\w.]+)\s*=\s*(\w+)")


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition holds for the answers' values by key; raises ValueError if it cannot be read."""
    reader = _Condition(condition, values)
    result = reader.either()
    if reader.tokens:
        raise ValueError(f"condition {condition!r} has something left over: {' '.join(reader.tokens)}")
    return result


def named(condition: str) -> Iterator[tuple[str, str]]:
    """Each field id that a condition names, with the option it is compared with."""
    for match in _NAMED.finditer(condition):
        yield match[1], match[2]


class _Condition:
    """`or` binds weakest, then `and`, then `not`; each method reads what it is named after, to its end."""

    def __init__(self, words: str, values: Mapping[str, Any]) -> None:
        self.words, self.values, self.tokens = words, values, _TOKEN.findall(words)

    def either(self) -> bool:
        result = self.both()
        while self._next_is("or"):
            result = self.both() or result
        return result

    def both(self) -> bool:
        result = self.term()
        while self._next_is("and"):
            result = self.term() and result
        return result

    def term(self) -> bool:
        if self._next_is("not"):
            return not self.term()
        if self._next_is("("):
            result = self.either()
            if not self._next_is(")"):
                raise ValueError(f"condition {self.words!r} lacks a closing bracket")
            return result
        return self._equals()

    def _equals(self) -> bool:
        if len(self.tokens) < 3 or self.tokens[1] != "=":
            raise ValueError(f"condition {self.words!r}: write `field = option` where it ends or cannot be read")
        name, _, option = self.tokens[:3]
        del self.tokens[:3]
        value = self.values.get(name)
        chosen = value.get("choice") if isinstance(value, Mapping) else value
        return bool(chosen == option)

    def _next_is(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        del self.tokens[:1]
        return True
