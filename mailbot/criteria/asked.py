"""A referral's answers as the checks ask for them: only sure ones count, and every one can be quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mailbot.shown import shown, signs
from parsers import Answer, Form


@dataclass(frozen=True)
class Asked:
    """The answers of one referral; `received_on` is the day it came, in local time."""

    form: Form
    answers: Mapping[str, Answer]
    received_on: date
    from_form: bool

    def value(self, key: str) -> Any:
        """The sure value of an answer; None where there is none."""
        answer = self.answers.get(key)
        return answer.value if answer is not None and answer.sure else None

    def choice(self, key: str) -> str:
        """The option chosen, also where a line of text stands beside it."""
        value = self.value(key)
        chosen = value.get("choice") if isinstance(value, Mapping) else value
        return chosen if isinstance(chosen, str) else ""

    def choices(self, key: str) -> tuple[str, ...]:
        """The options ticked."""
        value = self.value(key)
        chosen = value.get("choice") if isinstance(value, Mapping) else value
        return tuple(chosen) if isinstance(chosen, list | tuple) else ()

    def text(self, key: str) -> str:
        """What was written, or what stands beside the options."""
        value = self.value(key)
        text = value.get("text") if isinstance(value, Mapping) else value
        return str(text or "").strip()

    def written(self, key: str) -> str:
        """What was written, whether it could be read surely or not."""
        answer = self.answers.get(key)
        return "" if answer is None else answer.raw.strip()

    def unsure(self, *keys: str) -> bool:
        """Whether any of these was answered in a way that a person must look at."""
        found = (self.answers.get(key) for key in keys)
        return any(one is not None and not one.sure and bool(one.raw.strip() or one.candidates) for one in found)

    def quote(self, *keys: str) -> tuple[str, ...]:
        """The questions with their answers in words, those that were answered."""
        return tuple(f"{label} {words}" for key in keys for label, words in self._quoted(key) if words)

    def labels(self, key: str, options: tuple[str, ...]) -> str:
        """Options in the form's words, in small letters, for the middle of a sentence."""
        named = dict(self.form[key].options) if key in self.form else {}
        return ", ".join(named.get(option, option).lower() for option in options)

    def _quoted(self, key: str) -> list[tuple[str, str]]:
        if key not in self.form:
            return []
        field = self.form[key]
        if field.rows:
            return signs(field, self.answers)
        return [(field.label if field.label.endswith("?") else f"{field.label}:", shown(field, self.answers.get(key)))]
