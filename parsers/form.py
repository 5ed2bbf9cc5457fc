"""The form definition: every question once, from which each blank is made and by which each answer is read."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FieldType = Literal[
    "text", "longtext", "email", "tel", "date", "date~", "monthyear", "nhsno", "postcode",
    "choice", "choice+text", "multi", "multi+text", "yesno+text", "yesno_nk", "matrix", "check+name+date",
]  # fmt: skip


class FormError(ValueError):
    """A form definition that cannot be used; the message names the file, the field and the fix."""


@dataclass(frozen=True)
class Field:
    """One question: what it asks, how it is answered and when it must be."""

    id: str
    section: str
    label: str
    type: FieldType
    required: Literal["yes", "no", "when"]
    condition: str = ""
    help: str = ""
    text_prompt: str = ""
    criteria: str = ""
    personal_data: str = "subject"
    options: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The answer keys of this question: its id, or one `id.row` for each row of a matrix."""
        return tuple(f"{self.id}.{row}" for row, _ in self.rows) if self.rows else (self.id,)

    @property
    def has_text(self) -> bool:
        """Whether a line of text stands beside the boxes."""
        return self.type.endswith("+text")


@dataclass(frozen=True)
class Form:
    """A version of the referral form, its questions in the order they are asked."""

    version: str
    title: str
    fields: tuple[Field, ...]
    sha256: str

    @classmethod
    def load(cls, folder: Path) -> Form:
        """The form defined by `folder/form.toml`; raises FormError where it cannot be used."""
        path = folder / "form.toml"
        try:
            data = path.read_bytes()
            table = tomllib.loads(data.decode())
            fields = tuple(_field(entry) for entry in table["field"])
            form = cls(str(table["version"]), str(table["title"]), fields, hashlib.sha256(data).hexdigest())
        except FileNotFoundError:
            raise FormError(f"{path}: is missing; put the form definition there") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FormError(f"{path}: is not valid TOML: {error}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise FormError(f"{path}: {error}") from None
        duplicated = {field.id for field in fields if sum(other.id == field.id for other in fields) > 1}
        if duplicated:
            raise FormError(f"{path}: these ids stand twice, give each field its own: {sorted(duplicated)}")
        return form

    def __getitem__(self, field_id: str) -> Field:
        return next(field for field in self.fields if field.id == field_id)

    def __contains__(self, field_id: str) -> bool:
        return any(field.id == field_id for field in self.fields)

    def sections(self) -> Iterator[tuple[str, tuple[Field, ...]]]:
        """Each section's heading with its questions, in order."""
        for heading in dict.fromkeys(field.section for field in self.fields):
            yield heading, tuple(field for field in self.fields if field.section == heading)

    def missing(self, values: Mapping[str, Any]) -> tuple[Field, ...]:
        """The questions that must be answered and are not, given the answers' values by key."""
        return tuple(field for field in self.fields if _needed(field, values) and not _answered(field, values))


def _field(entry: dict[str, Any]) -> Field:
    options = tuple((str(key), str(label)) for key, label in entry.pop("options", ()))
    rows = tuple((str(key), str(label)) for key, label in entry.pop("rows", ()))
    field = Field(**entry, options=options, rows=rows)
    if field.type not in FieldType.__args__:  # type: ignore[attr-defined]
        raise ValueError(f"field {field.id}: type {field.type!r} is not known")
    if field.required == "when":
        holds(field.condition, {})
    return field


def _needed(field: Field, values: Mapping[str, Any]) -> bool:
    if field.required == "when":
        return holds(field.condition, values)
    return field.required == "yes"


def _answered(field: Field, values: Mapping[str, Any]) -> bool:
    return all(_given(values.get(key)) for key in field.keys)


def _given(value: Any) -> bool:
    if isinstance(value, dict):
        if "checked" in value:
            return bool(value["checked"] and value.get("name"))
        return value.get("choice") not in (None, "", [])
    return value not in (None, "", [])


_TOKEN = re.compile(r"\(|\)|=|[\w.]+")


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition such as `not (c_aware = yes and c_agree = yes)` holds; raises ValueError if it cannot be read."""
    tokens = _TOKEN.findall(condition)

    def either() -> bool:
        result = both()
        while tokens[:1] == ["or"]:
            tokens.pop(0)
            result = both() or result
        return result

    def both() -> bool:
        result = term()
        while tokens[:1] == ["and"]:
            tokens.pop(0)
            result = term() and result
        return result

    def term() -> bool:
        if not tokens:
            raise ValueError(f"condition {condition!r} ends too early")
        word = tokens.pop(0)
        if word == "not":
            return not term()
        if word == "(":
            result = either()
            if tokens[:1] != [")"]:
                raise ValueError(f"condition {condition!r} lacks a closing bracket")
            tokens.pop(0)
            return result
        if len(tokens) < 2 or tokens[0] != "=":  # noqa: PLR2004 - "= value"
            raise ValueError(f"condition {condition!r}: write `field = option` after {word!r}")
        tokens.pop(0)
        return _choice(values.get(word)) == tokens.pop(0)

    result = either()
    if tokens:
        raise ValueError(f"condition {condition!r} has something left over: {' '.join(tokens)}")
    return result


def _choice(value: Any) -> Any:
    return value.get("choice") if isinstance(value, dict) else value
