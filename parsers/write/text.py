"""The blank as plain text, to be answered by replying to the mail it comes in."""

from __future__ import annotations

import textwrap

from parsers.form import Field, Form
from parsers.write.controls import Control, of_field

_WIDTH = 72  # mail programs break longer lines when they quote them


def text(form: Form) -> str:
    """The blank plain-text form: a question a block, `label:` before an answer, `[ ]` before an option."""
    head = [f"{form.title}, version {form.version}", form.service, f"Return to: {form.return_to}"]
    how = "To answer, type after each colon or under the question, and put an x between the brackets: [x]"
    blocks = ["\n".join(head), *map(_wrapped, (form.urgent, *form.intro, how))]
    for heading, fields in form.sections():
        blocks += [f"{heading}\n{'=' * len(heading)}", *map(_question, fields)]
    return "\n\n".join(blocks) + "\n"


def _question(field: Field) -> str:
    first, *others = of_field(field)
    if first.name == field.id and first.kind != "choice":  # its label is also its line to answer on
        lines = [_line(first), *_help(field)]
    else:
        lines = [_wrapped(field.label), *_help(field), *_options(field, first)]
    for control in others:
        lines += _options(field, control)
    return "\n".join(lines)


def _options(field: Field, control: Control) -> list[str]:
    if control.kind == "choice" and not field.rows:
        return [f"[ ] {label}" for _, label in control.options]
    return [_line(control)]


def _line(control: Control) -> str:
    if control.kind == "tick":
        return f"[ ] {control.label}"
    # no space at the end: mail programs that flow text (RFC 3676) would join the line with the next
    return control.label if control.label.endswith("?") else f"{control.label}:"


def _help(field: Field) -> list[str]:
    return [textwrap.fill(f"({field.help})", _WIDTH)] if field.help else []


def _wrapped(words: str) -> str:
    return textwrap.fill(words, _WIDTH)
