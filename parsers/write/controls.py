"""What stands on a blank to be filled in: each question's boxes, with the names they are read by again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from parsers.form import Field, Form

#: The labels of the two lines that a declaration has beside its box; no other question may use these words.
DECLARED_BY = "Name of the person making this declaration"
DECLARED_ON = "Date of this declaration"


@dataclass(frozen=True)
class Control:
    """One thing to fill in: a line or box of text, a tick or a choice; its name is unique in the form."""

    name: str
    kind: Literal["line", "box", "tick", "choice"]
    label: str
    spoken: str  # for people who cannot see what stands around it; unique in the form
    options: tuple[tuple[str, str], ...] = ()
    lines: int = 1


def of_form(form: Form) -> Iterator[Control]:
    """Every control of the form, in the order they are asked."""
    for field in form.fields:
        yield from of_field(field)


def of_field(field: Field) -> tuple[Control, ...]:
    """The controls of one question: its own first, the line of text beside them last."""
    if field.type == "check+name+date":
        return (
            Control(field.id, "tick", field.label, field.label),
            Control(f"{field.id}.name", "line", DECLARED_BY, f"{DECLARED_BY}. {field.help}".strip()),
            Control(f"{field.id}.date", "line", DECLARED_ON, DECLARED_ON),
        )
    if field.has_text:
        return (
            *_boxes(field),
            Control(f"{field.id}.text", "box", field.text_prompt, _spoken_text(field), lines=2),
        )
    return _boxes(field)


def _boxes(field: Field) -> tuple[Control, ...]:
    if field.rows:
        return tuple(Control(f"{field.id}.{row}", "choice", label, label, field.options) for row, label in field.rows)
    if field.type.startswith("multi"):
        return tuple(
            Control(f"{field.id}.{option}", "tick", label, f"{field.label} {label}") for option, label in field.options
        )
    spoken = f"{field.label}. {field.help}".replace("?.", "?").strip() if field.help else field.label
    if field.options:
        return (Control(field.id, "choice", field.label, spoken, field.options),)
    lines = field.lines or (4 if field.type == "longtext" else 1)
    return (Control(field.id, "box" if lines > 1 else "line", field.label, spoken, lines=lines),)


def _spoken_text(field: Field) -> str:
    return f"{field.label} {field.text_prompt}"
