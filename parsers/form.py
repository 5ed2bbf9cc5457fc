"""The form definition: every question once, from which each blank is made and by which each answer is read."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

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
    lines: int = 0  # room to write on the blank; 0: as its type needs
    half: bool = False  # two such questions stand side by side on the blank

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
    """A version of the referral form: what page 1 says and the questions in the order they are asked."""

    version: str
    title: str
    fields: tuple[Field, ...]
    sha256: str
    service: str = ""
    return_to: str = ""
    intro: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Form:
        """The form defined by `folder/form.toml`; raises FormError where it cannot be used."""
        path = folder / "form.toml"
        try:
            data = path.read_bytes()
            form = _form(tomllib.loads(data.decode()), hashlib.sha256(data).hexdigest())
            _check(form)
        except FileNotFoundError:
            raise FormError(f"{path}: is missing; put the form definition there") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FormError(f"{path}: is not valid TOML: {error}") from None
        except KeyError as error:
            raise FormError(f"{path}: {error.args[0]} is missing") from None
        except ValueError as error:
            raise FormError(f"{path}: {error}") from None
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
        return tuple(
            field for field in self.fields if _needed(field, values) and not _answered(field, values)
        )


def _form(table: dict[str, Any], sha256: str) -> Form:
    return Form(
        version=str(table["version"]),
        title=str(table["title"]),
        fields=tuple(_field(entry) for entry in table["field"]),
        sha256=sha256,
        service=str(table["service"]),
        return_to=str(table["return_to"]),
        intro=tuple(
            str(words).replace("{return_to}", table["return_to"]) for words in table.get("intro", ())
        ),
    )


_FIELD_KEYS = {item.name for item in fields(Field)}
_ID = re.compile(r"[a-z][a-z0-9_]*")


def _field(entry: dict[str, Any]) -> Field:
    name = entry.get("id", "without an id")
    if missing := {"id", "section", "label", "type", "required"} - entry.keys():
        raise ValueError(f"field {name}: lacks {', '.join(sorted(missing))}")
    if unknown := entry.keys() - _FIELD_KEYS:
        raise ValueError(f"field {name}: {', '.join(sorted(unknown))} is not known")
    pairs = {key: _pairs(name, key, entry.get(key, ())) for key in ("options", "rows")}
    return Field(**{**entry, **pairs})


def _pairs(name: str, key: str, value: Any) -> tuple[tuple[str, str], ...]:
    pairs = tuple(tuple(pair) for pair in value)
    if any(len(pair) != 2 or not all(isinstance(word, str) for word in pair) for pair in pairs):  # noqa: PLR2004 - a pair
        raise ValueError(f'field {name}: write {key} as ["id", "words on the form"] pairs')
    return pairs


def _check(form: Form) -> None:
    """What the blanks and the readers rely on: safe ids, each id and label once, conditions that can hold."""
    for what, words in (("id", [f.id for f in form.fields]), ("label", [f.label for f in form.fields])):
        if twice := sorted({word for word in words if words.count(word) > 1}):
            raise ValueError(f"this {what} stands twice, give each field its own: {', '.join(twice)}")
    for field in form.fields:
        if problem := _problem(field):
            raise ValueError(f"field {field.id}: {problem}")
        if field.required == "when":
            _check_condition(form, field)


def _problem(field: Field) -> str | None:
    ids = [field.id, *(key for key, _ in (*field.options, *field.rows))]
    if bad := next((word for word in ids if not _ID.fullmatch(word)), None):
        return f"id {bad!r}: use small letters, digits and _, beginning with a letter"
    if field.type not in get_args(FieldType):
        return f"type {field.type!r} is not known; use one of {', '.join(get_args(FieldType))}"
    if field.required not in {"yes", "no", "when"}:
        return f"required = {field.required!r} is not known; use yes, no or when"
    if field.type.startswith(("choice", "multi", "yesno", "matrix")) and len(field.options) < 2:  # noqa: PLR2004 - a choice
        return "give it at least two options"
    if any(len(dict(pairs)) < len(pairs) for pairs in (field.options, field.rows)):
        return "an option or row id stands twice"
    if (field.type == "matrix") != bool(field.rows):
        return "a matrix, and only a matrix, has rows"
    return (
        "say with text_prompt what the line of text is for"
        if field.has_text and not field.text_prompt
        else None
    )


def _check_condition(form: Form, field: Field) -> None:
    holds(field.condition, {})
    for name, option in re.findall(r"([\w.]+)\s*=\s*(\w+)", field.condition):
        if name not in form or option not in dict(form[name].options):
            raise ValueError(
                f"field {field.id}: condition names {name} = {option}, which the form does not ask"
            )


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
