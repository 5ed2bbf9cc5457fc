"""The plain-text form as somebody fills it in with a text editor or in the answer to a mail."""

from __future__ import annotations

from collections.abc import Mapping

from parsers import Form
from parsers.write.controls import Control, of_field


def typed(blank: str, form: Form, wanted: Mapping[str, str], mark: str = "[x]") -> str:
    """The blank with what stands in each control typed after its label, or between the brackets."""
    lines = blank.split("\n")
    at = 0
    for field in form.fields:
        at = next(
            number for number in range(at, len(lines)) if _words(lines[number]).startswith(_words(field.label)[:60])
        )
        end = next((number for number in range(at + 1, len(lines)) if not lines[number]), len(lines))
        for control in of_field(field):
            if control.name in wanted:
                _type(lines, at, end, control, wanted[control.name], mark)
    return "\n".join(lines)


def _type(lines: list[str], at: int, end: int, control: Control, words: str, mark: str) -> None:
    label = control.label
    if control.kind == "choice" and f"[ ] {control.options[0][1]}" in lines[at:end]:
        label = dict(control.options)[words]
    elif control.kind == "choice":
        words = dict(control.options)[words]
    for number in range(at, end):
        if lines[number] == f"[ ] {label}":
            lines[number] = f"{mark} {label}"
            return
        if lines[number].removesuffix(":") == label:
            lines[number] += f" {words}"
            return
    raise KeyError(control.name)


def _words(line: str) -> str:
    return line.removeprefix("[ ] ")
