"""The form definition: every question once; each blank is made from it and each answer is read by it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from dataclasses import field as member
from pathlib import Path
from typing import Any, Literal, get_args

from parsers.condition import holds, named

__all__ = ["Field", "FieldType", "Form", "FormError", "holds"]

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
    formerly: tuple[str, ...] = ()  # its ids in older versions
    renamed: tuple[tuple[str, str], ...] = ()  # options and rows: the id in an older version, and today's

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
    urgent: str = ""
    intro: tuple[str, ...] = ()
    person: tuple[str, ...] = ()  # the questions that say who is referred
    sender: str = ""  # the question that says who refers
    folder: Path | None = member(default=None, compare=False)  # where its blanks are kept

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
        return replace(form, folder=folder)

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


def _form(table: dict[str, Any], sha256: str) -> Form:
    return Form(
        version=str(table["version"]),
        title=str(table["title"]),
        fields=tuple(_field(entry) for entry in table["field"]),
        sha256=sha256,
        service=str(table["service"]),
        return_to=str(table["return_to"]),
        urgent=str(table["urgent"]),
        person=tuple(map(str, table.get("person", ()))),
        sender=str(table.get("sender", "")),
        intro=tuple(str(words).replace("{return_to}", table["return_to"]) for words in table.get("intro", ())),
    )


_FIELD_KEYS = {item.name for item in fields(Field)}
_TYPES: tuple[str, ...] = get_args(FieldType)
_ID = re.compile(r"[a-z][a-z0-9_]*")


def _field(entry: dict[str, Any]) -> Field:
    name = entry.get("id", "without an id")
    if missing := {"id", "section", "label", "type", "required"} - entry.keys():
        raise ValueError(f"field {name}: lacks {', '.join(sorted(missing))}")
    if unknown := entry.keys() - _FIELD_KEYS:
        raise ValueError(f"field {name}: {', '.join(sorted(unknown))} is not known")
    pairs = {key: _pairs(name, key, entry.get(key, ())) for key in ("options", "rows", "renamed")}
    return Field(**{**entry, **pairs, "formerly": tuple(map(str, entry.get("formerly", ())))})


def _pairs(name: str, key: str, value: Any) -> tuple[tuple[str, str], ...]:
    pairs = tuple(tuple(pair) for pair in value)
    if any(len(pair) != 2 or not all(isinstance(word, str) for word in pair) for pair in pairs):
        what = '["old id", "id"]' if key == "renamed" else '["id", "words on the form"]'
        raise ValueError(f"field {name}: write {key} as {what} pairs")
    return pairs


def _check(form: Form) -> None:
    """What the blanks and the readers rely on: ids and words that stand once, conditions that can hold."""
    ids = [field.id for field in form.fields]
    words = [words for field in form.fields for words in _words(field)]
    for what, texts in (("id", ids), ("label", words)):
        if twice := sorted({text for text in texts if texts.count(text) > 1}):
            raise ValueError(f"this {what} stands twice, give each question its own: {', '.join(twice)}")
    if unknown := sorted({*form.person, *filter(None, [form.sender])} - set(ids)):
        raise ValueError(f"person or sender names a question that is not there: {', '.join(unknown)}")
    if taken := sorted({old for field in form.fields for old in field.formerly} & set(ids)):
        raise ValueError(f"formerly names a question of this version: {', '.join(taken)}")
    for field in form.fields:
        if problem := _problem(field):
            raise ValueError(f"field {field.id}: {problem}")
        if field.required == "when":
            _check_condition(form, field)


def _words(field: Field) -> Iterator[str]:
    """The words by which an answer is found again where its name is lost."""
    yield field.label
    yield from (label for _, label in field.rows)
    if field.text_prompt:
        yield field.text_prompt


def _problem(field: Field) -> str | None:
    inner = [key for key, _ in (*field.options, *field.rows)]
    chooses = field.type.startswith(("choice", "multi", "yesno", "matrix"))
    rules = (
        (field.type not in _TYPES, f"type {field.type!r} is not known; use one of {', '.join(_TYPES)}"),
        (field.required not in {"yes", "no", "when"}, "say required = yes, no or when"),
        (
            not all(map(_ID.fullmatch, (field.id, *inner))),
            "begin ids with a letter; use small letters, digits, _",
        ),
        ("text" in inner, "no option or row may be called text: the line beside the boxes is"),
        (
            any(len(dict(pairs)) < len(pairs) for pairs in (field.options, field.rows)),
            "an option stands twice",
        ),
        (chooses and len(field.options) < 2, "give it at least two options"),
        ((field.type == "matrix") != bool(field.rows), "a matrix has rows, and nothing else has"),
        (
            not {new for _, new in field.renamed} <= set(inner),
            "renamed names an option or row that it does not have",
        ),
        (field.has_text and not field.text_prompt, "say with text_prompt what the line of text is for"),
    )
    return next((words for broken, words in rules if broken), None)


def _check_condition(form: Form, field: Field) -> None:
    try:
        holds(field.condition, {})
    except ValueError as error:
        raise ValueError(f"field {field.id}: {error}") from None
    for name, option in named(field.condition):
        if name not in form or option not in dict(form[name].options):
            raise ValueError(f"field {field.id}: its condition asks for {name} = {option}, which no question has")


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
