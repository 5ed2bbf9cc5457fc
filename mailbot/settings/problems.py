"""What is wrong with a setting, said so that a person can mend it: what is wrong; the fix."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from mailbot.settings.sections import Settings
from mailbot.settings.types import EXAMPLE_MOMENT, shown

Key = tuple[str, ...]  # ("mailbox", "port")

#: pydantic's name of a fault -> what a person is told; a fault that is not here "is not right"
_WORDS = {
    "missing": "is missing",
    "greater_than": "must be {limits}{given}",
    "greater_than_equal": "must be {limits}{given}",
    "less_than_equal": "must be {limits}{given}",
    "finite_number": "must be a number{given}",
    "float_parsing": "must be a number{given}",
    "float_type": "must be a number{given}",
    "int_parsing": "must be a whole number{given}",
    "int_parsing_size": "must be a whole number{given}",
    "int_type": "must be a whole number{given}",
    "int_from_float": "must be a whole number{given}",
    "bool_parsing": "must be true or false{given}",
    "bool_type": "must be true or false{given}",
    "literal_error": "must be {expected}{given}",
    "string_type": "must be text in quotes{given}",
    "path_type": "must be text in quotes{given}",
    "string_pattern_mismatch": "is not right{given}",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list{given}",
}


@dataclass(frozen=True)
class Problem:
    """One thing to mend; `where` only if it is not where the setting itself stands."""

    key: Key
    text: str
    where: str = ""

    def line(self, where: str) -> str:
        return ": ".join(part for part in (self.where or where, ".".join(self.key), self.text) if part)


def keys(section: type[BaseModel] = Settings, above: Key = ()) -> Iterator[Key]:
    """Every setting there is, in order."""
    for name, field in section.model_fields.items():
        if inner := _inner(field):
            yield from keys(inner, (*above, name))
        elif field.description:  # `folder` has none: it is not a setting
            yield (*above, name)


def field_of(key: Key) -> FieldInfo:
    """The definition of a setting or a section."""
    *sections, name = key
    section: type[BaseModel] = Settings
    for one in sections:
        section = _inner(section.model_fields[one]) or section
    return section.model_fields[name]


def problem(error: ErrorDetails, now: dt.datetime) -> Problem:
    """One fault that pydantic found; the items of a list are one setting."""
    key = tuple(part for part in error["loc"] if isinstance(part, str))
    if error["type"] == "extra_forbidden":
        return Problem(key, _unknown(key))
    proposal = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:00Z")
    entry = "".join(f"entry {part + 1} " for part in error["loc"] if isinstance(part, int))
    if error["type"] == "value_error":
        return Problem(key, f"{entry}{error['ctx']['error']}".replace(EXAMPLE_MOMENT, proposal))
    field = field_of(key)
    if _inner(field):
        return Problem(key, f"must be a section; write [{'.'.join(key)}] on a line of its own and its settings below")
    fix = (field.description or "").replace(EXAMPLE_MOMENT, proposal)
    return Problem(key, f"{entry}{_wrong(error, field)}; write {fix}")


def _wrong(error: ErrorDetails, field: FieldInfo) -> str:
    value = error["input"]
    return _WORDS.get(error["type"], "is not right").format(
        limits=_limits(field),
        given=f" (is {shown(value)})" if isinstance(value, int | float | str) else "",
        expected=error.get("ctx", {}).get("expected", "").replace("'", ""),
    )


def _limits(field: FieldInfo) -> str:
    found = {name: getattr(mark, name) for mark in field.metadata for name in ("gt", "ge", "le") if hasattr(mark, name)}
    if "ge" in found and "le" in found:
        return f"between {found['ge']} and {found['le']}"
    words = {"gt": "more than", "ge": "at least", "le": "at most"}
    return " and ".join(f"{words[name]} {limit:g}" for name, limit in found.items())


def _unknown(key: Key) -> str:
    depth = len(key) - 1
    beside = [other[depth] for other in keys() if other[:depth] == key[:depth]]
    elsewhere = [".".join(other) for other in keys() if other[-1] == key[-1]]
    if meant := get_close_matches(key[-1], beside, 1) or elsewhere:
        return f"is not a setting; did you mean {meant[0]}?"
    return "is not a setting; remove it"


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    """The section a field holds, if it holds one."""
    kind: Any = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
