"""An outcome as staff write it on one line: `advice and consultation, Dr Patel, call by 4 December`.

Parts stand between commas or semicolons, in any order: the outcome by its name or another word for it; `by ...` is the
date, and where something is put off `until ...`; a part may be labelled, as in `reason: ...`, and then runs to the next
label; the first without one is who leads. Whatever fits nowhere is refused, so that nothing that was written is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mailbot.errors import UserError
from mailbot.outcomes import Outcome, Outcomes
from parsers import dates

#: what may stand before a part, and the part it is
LABELS = {
    "lead": "lead", "led by": "lead", "by": "by", "by when": "by", "reason": "reason", "because": "reason",
    "service": "service", "services": "services", "question": "questions", "questions": "questions",
    "until": "until", "step": "step", "first step": "step", "rationale": "rationale", "correction": "correction",
    "code": "code", "dissent": "dissent", "disagreed": "dissent", "safety": "safety", "safety action": "safety",
    "safety actions": "safety", "not to be told": "withhold", "do not tell": "withhold", "withhold": "withhold",
}  # fmt: skip
_LONG = (
    "reason",
    "rationale",
    "correction",
    "questions",
    "service",
    "services",
    "dissent",
    "safety",
    "withhold",
)  # fmt: skip - these may hold commas
_LABEL = re.compile(rf"({'|'.join(sorted(LABELS, key=len, reverse=True))})\s*[:=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_MODE = re.compile(r"(also|instead|correct)\b[\s:,]*(.*)", re.IGNORECASE | re.DOTALL)
_BY = re.compile(r"(?:(.*?)\s+)?by\s+(.+)", re.IGNORECASE | re.DOTALL)
_UNTIL = re.compile(r"(?:put\s+off\s+)?(?:until|till?)\s+(.+)", re.IGNORECASE | re.DOTALL)
_BESIDE = re.compile(r"(for|to|until)\s+(.+)", re.IGNORECASE | re.DOTALL)


@dataclass
class Said:
    """What a line says: which outcome, where it names one, and the parts that go with it."""

    outcome: Outcome | None = None
    mode: str = ""  # also: beside the one that waits; instead: in its place; correct: of one that was told
    parts: dict[str, Any] = field(default_factory=dict)


def said(text: str, outcomes: Outcomes, today: date) -> Said:
    """What the words after a reference say; raises UserError naming the words that were not understood."""
    found = Said()
    if mode := _MODE.fullmatch(text.strip()):
        found.mode, text = mode[1].lower(), mode[2]
    parts = list(_parts(text))
    names = _names_outcome(parts, outcomes)
    for number, (label, words) in enumerate(parts):
        if label:
            _put(found, LABELS[label], words, today)
        elif number == names:
            _outcome(found, words, outcomes, today)
    for number, (label, words) in enumerate(parts):
        if not label and number != names:
            _unlabelled(found, words, today)
    return found


def _names_outcome(parts: Sequence[tuple[str, str]], outcomes: Outcomes) -> int:
    """Which part names the outcome: the first that begins with one's name; -1 where a line is of labelled parts alone.

    Behind the first part the name must be all of it, or have "until" or the like behind it: "Ann Asker" is a person.
    """
    bare = [number for number, (label, _) in enumerate(parts) if not label]
    for number in bare:
        one, rest = _named(parts[number][1], outcomes)
        if one and (number == bare[0] or not rest or _BESIDE.fullmatch(rest)):
            return number
    if bare and bare[0] == 0:
        known = ", ".join(one.name.lower() for one in outcomes)
        raise UserError(
            f"“{parts[0][1]}” is not an outcome. Begin with one of: {known}; or with a part, as in “reason: ...”."
        )
    return -1


def is_label(line: str) -> bool:
    """Whether a line is a labelled part, so that it belongs to the outcome above it."""
    return _LABEL.match(line.strip()) is not None


def in_words(text: str, today: date) -> str:
    """A date as ISO where it is one, also without its year; other words as they are."""
    for year in ("", f" {today.year}", f" {today.year + 1}"):
        found = dates.day(f"{text.strip(' .')}{year}").value
        if isinstance(found, str) and (not year or date.fromisoformat(found) >= today):
            return found
    return text.strip(" .")


def part(name: str, words: str, today: date) -> Any:
    """What stands in the box of one part, as it is recorded."""
    found = Said()
    _put(found, name, words.strip(), today)
    return found.parts[name]


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Each part with its label in small letters; a long one runs on over commas to the next label or semicolon."""
    label, words = "", ""
    for piece, end in re.findall(r"([^,;\n]*)([,;\n]|$)", text):
        labelled = _LABEL.match(piece.strip())
        runs_on = LABELS.get(label) in _LONG and not labelled and bool(words)
        if runs_on and not _is_by(piece, label):
            words += f", {piece.strip()}" if piece.strip() else ""
        else:
            if words:
                yield label, words
            label, words = (labelled[1].lower(), labelled[2].strip()) if labelled else ("", piece.strip())
        if end in (";", "\n"):
            if words:
                yield label, words
            label, words = "", ""
    if words:
        yield label, words


def _is_by(piece: str, label: str) -> bool:
    """Whether a piece after a list of services is a date: "by 4 December"."""
    return LABELS.get(label) in ("services", "service") and piece.strip().lower().startswith("by ")


def _named(words: str, outcomes: Outcomes) -> tuple[Outcome | None, str]:
    """The outcome whose name the words begin with, and what stands behind it."""
    plain = words.lower()
    names = sorted(((name, one) for one in outcomes for name in one.names), key=lambda pair: -len(pair[0]))
    for name, one in names:
        if plain.startswith(name) and not plain[len(name) : len(name) + 1].isalnum():
            return one, words[len(name) :].strip(" :.-")
    return None, words


def _outcome(found: Said, words: str, outcomes: Outcomes, today: date) -> None:
    """The outcome, and what stands beside its name: "accept for assessment", "defer until 6 January"."""
    one, rest = _named(words, outcomes)
    found.outcome = one
    if one is None or not rest:
        return
    beside = _BESIDE.fullmatch(rest)
    part = {"accept": "services", "signpost": "service", "defer": "until"}.get(one.id)
    if beside and part:
        _put(found, part, beside[2], today)
    else:
        _unlabelled(found, rest, today)


def _unlabelled(found: Said, words: str, today: date) -> None:
    by, until = _BY.fullmatch(words), _UNTIL.fullmatch(words)
    if until and found.outcome and found.outcome.id == "defer" and "until" not in found.parts:
        found.parts["until"] = in_words(until[1], today)
    elif by and "by" not in found.parts:
        found.parts["by"] = in_words(by[2], today)
        if by[1] and by[1].strip():
            found.parts["step"] = by[1].strip()
    elif "lead" not in found.parts:
        found.parts["lead"] = words
    else:
        raise UserError(f"“{words}” was not understood. Say what it is, as in “reason: {words}”.")


def _put(found: Said, part: str, words: str, today: date) -> None:
    if part == "services":
        found.parts[part] = [one.strip(" .") for one in re.split(r",| and ", words) if one.strip(" .")]
    elif part == "questions":
        found.parts[part] = [
            *found.parts.get(part, ()),
            *(f"{one.strip()}?" for one in words.split("?") if one.strip()),
        ]
    elif part in ("by", "until"):
        found.parts[part] = in_words(words, today)
    else:
        found.parts[part] = words
