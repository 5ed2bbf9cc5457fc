"""A form as lines of text, the answer behind or below its question: typed into the blank, or in an order of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from parsers import marks
from parsers.answers import TICKED, Written
from parsers.form import Field, Form
from parsers.found import Found
from parsers.places import Labels, Place
from parsers.plain import SOME
from parsers.readers import Source, choices
from parsers.value import DOUBTFUL, UNSURE
from parsers.write.controls import Control, of_field
from parsers.write.hints import PLACEHOLDERS

_MOST = 1 << 20  # characters; no form has a tenth of it
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_TWICE = "this question stands twice and differs"
_RULE = re.compile(r"^\s*[=_~*-]{4,}\s*$", re.MULTILINE)


def _words(text: str) -> str:
    """A pattern for these words, however programs have wrapped or glued them."""
    return r"\s*".join(re.escape(word).replace(r"\-", r"\-\s*") for word in text.split())


_PLACEHOLDER = re.compile("|".join(map(_words, PLACEHOLDERS)))


def clean(text: str) -> str:
    """Words without what a blank says in their place."""
    return _PLACEHOLDER.sub("", text).strip()


def read_words(source: Source, words: str, reader: str) -> Found | None:
    """The form in these words; None where hardly any of its questions begin a line."""
    text = words[:_MOST].replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    tries = [(form, _places(form, lines)) for form in source.forms]
    form, (lines, places) = max(tries, key=lambda one: _found(*one[1]) / len(one[0].fields))
    if _found(lines, places) < SOME * len(form.fields):
        return None
    return Found(form, _Text(form, lines, places, reader).controls(), "text")


def _places(form: Form, lines: list[str]) -> tuple[list[str], list[Place]]:
    labels = Labels(form)
    if labels.quoted(lines):  # only then: an answer may begin with `>`
        lines = [_QUOTE.sub("", line) for line in lines]
    return lines, labels.places(lines)


def _found(_: list[str], places: list[Place]) -> int:
    return len({place.key.partition(".")[0] for place in places if place.key})


@dataclass(frozen=True)
class _Block:
    """What stands between a label and the next one."""

    written: Written  # how sure the label is, and where
    lines: list[str]
    box: str
    last: bool

    @property
    def first_words(self) -> list[str]:
        """The lines with words; of the last block the first paragraph only: a greeting may follow it."""
        kept: list[str] = []
        for line in self.lines:
            if line.strip():
                kept.append(line.strip())
            elif kept and self.last:
                break
        return kept


@dataclass(frozen=True)
class _Text:
    """The lines of one form and the labels found in them."""

    form: Form
    lines: Sequence[str]
    places: Sequence[Place]
    reader: str

    def controls(self) -> dict[str, Written]:
        """What stands in each control of the form that was found."""
        blocks = self._blocks()
        return {name: one for field in self.form.fields for name, one in _controls(field, blocks).items()}

    def _blocks(self) -> dict[str, list[_Block]]:
        help_by_key = dict(_help(self.form))
        blocks: dict[str, list[_Block]] = {}
        for place, following in zip(self.places, [*self.places[1:], None], strict=True):
            if not place.key:
                continue
            end = following.start if following else len(self.lines)
            below = "\n".join([place.rest, *self.lines[place.end : end]])
            help_words = help_by_key.get(place.key.partition(".")[0])
            below = _RULE.sub("", help_words.sub("\n", below) if help_words else below)
            doubt = place.doubt or (following.doubt if following else "")
            written = Written(
                "",
                min(place.near.confidence, choices.BESIDE if doubt else 1),
                doubt or None,
                {"reader": self.reader, "line": place.start + 1},
            )
            block = _Block(written, [line.rstrip() for line in clean(below).split("\n")], place.box, following is None)
            blocks.setdefault(place.key, []).append(block)
        return blocks


def _help(form: Form) -> Iterator[tuple[str, re.Pattern[str]]]:
    """What a blank says below a question, with brackets or without."""
    for field in form.fields:
        choose = f"Choose one: {'; '.join(label for _, label in field.options)}" if field.options else ""
        patterns = [rf"^[ \t>]*\(?{_words(words)}\)?[ \t]*$" for words in (field.help, choose) if words]
        if patterns:
            yield field.id, re.compile("|".join(patterns), re.MULTILINE)


def _controls(field: Field, blocks: dict[str, list[_Block]]) -> dict[str, Written]:
    """What stands in the controls of this question; those without a label of their own in the text are not there."""
    beside: list[str] = []  # words that stand among the boxes
    found: dict[str, Written] = {}
    for block in blocks.get(field.id, ())[:1] if field.type.startswith("multi") else ():
        ticked, beside = choices.several(block.written, block.first_words, field.options)
        found = {f"{field.id}.{option}": box for option, box in ticked.items()}
    for control in of_field(field):
        if control.name in blocks and control.name not in found:
            found[control.name] = _agreed([_one(control, block, beside) for block in blocks[control.name]])
    if not beside:
        return found
    if field.has_text:
        return {**found, f"{field.id}.text": _joined(beside, found.get(f"{field.id}.text"))}
    return {name: replace(one, **_doubt(one, choices.OTHER_WORDS)) for name, one in found.items()}


def _one(control: Control, block: _Block, beside: list[str]) -> Written:
    if control.kind == "tick":
        return _tick(block)
    if control.kind == "choice":
        written, rest = choices.single(block.written, block.first_words, control.options)
        beside += rest
        return written
    text = "\n".join(block.lines) if control.kind == "box" else " ".join(block.first_words)
    return replace(block.written, text=text.strip())


def _tick(block: _Block) -> Written:
    words = " ".join([block.box, *block.first_words])
    ticked = marks.single(words)
    if ticked is None or not words.strip():
        return replace(block.written, text=words.strip(), **_doubt(block.written, "the box cannot be made out"))
    return replace(block.written, text=TICKED if ticked else "")


def _agreed(found: list[Written]) -> Written:
    """What stands at every place of one label."""
    filled = {one.text: one for one in found if not one.blank}
    if len(filled) < 2:
        return next(iter(filled.values()), found[0])
    return replace(found[0], text="", confidence=DOUBTFUL, remark=_TWICE, candidates=tuple(filled))


def _joined(beside: list[str], text: Written | None) -> Written:
    words = "\n".join([*beside, text.text if text else ""]).strip()
    return replace(text or Written("", choices.BESIDE), text=words)


def _doubt(written: Written, remark: str) -> dict[str, Any]:
    return {"confidence": min(written.confidence, UNSURE), "remark": remark}
