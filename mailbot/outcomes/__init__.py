"""What a meeting can decide: each outcome's name, what is recorded with it, what becomes of the referral."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mailbot.errors import UserError

Id = Literal["accept", "consultation", "ask", "signpost", "decline", "defer", "withdrawn"]
Part = Literal[
    "lead", "by", "reason", "services", "questions", "service", "until", "step", "code",
    "rationale", "dissent", "safety", "withhold",
]  # fmt: skip
Effect = Literal["told", "waiting", "deferred"]

IDS: tuple[Id, ...] = get_args(Id)
#: What each part is called where staff are asked for it.
PARTS: Mapping[Part, str] = {
    "lead": "who leads",
    "by": "by when",
    "reason": "the reason",
    "services": "the services agreed",
    "questions": "the questions to ask",
    "service": "the service to go to, how to reach it, and who makes contact",
    "until": "until when or what",
    "step": "the first step",
    "code": "the code of the reason: 01 duplicate, 02 inappropriate for the service, 03 incomplete",
    "rationale": "the rationale for the record",
    "dissent": "who disagreed, and why",
    "safety": "the safety actions, with who does them and by when",
    "withhold": "what the referrer must not be told",
}


class Outcome(BaseModel):
    """One outcome as the team words it; it cannot be sent before everything in `record` is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: str = Field(min_length=1)
    record: tuple[Part, ...]
    say: tuple[str, ...] = ()  # other words for it, as staff write them
    usual_reason: str = ""  # the reason where nobody gives another
    effect: Effect  # told: off the list · waiting: stays on it · deferred: comes back by itself

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it may be called, in small letters."""
        return tuple(dict.fromkeys(name.lower() for name in (self.name, self.id, *self.say)))

    @property
    def letter(self) -> str:
        """The name of the letter that tells it."""
        return f"outcome-{self.id}"

    @property
    def leaves_list(self) -> bool:
        return self.effect == "told"

    def missing(self, recorded: Mapping[str, Any]) -> list[str]:
        """What is still to be recorded, in plain words; blank text counts as nothing."""
        return [PARTS[part] for part in self.record if not _given(recorded.get(part))]


@dataclass(frozen=True)
class Outcomes:
    """The outcomes in the order staff choose from."""

    all: tuple[Outcome, ...]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.all)

    def __getitem__(self, outcome_id: str) -> Outcome:
        return next(outcome for outcome in self.all if outcome.id == outcome_id)

    def __contains__(self, outcome_id: str) -> bool:
        return any(outcome.id == outcome_id for outcome in self.all)

    def who_records(self, part: Part) -> tuple[Outcome, ...]:
        """The outcomes that need the part."""
        return tuple(outcome for outcome in self.all if part in outcome.record)


def load(folder: Path) -> Outcomes:
    """The outcomes of `folder/outcomes.toml`; raises UserError with every problem in it."""
    path = folder / "outcomes.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: is missing; copy it from the configuration that came with mailbot") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: is not valid TOML: {error}") from None
    entries = tables.pop("outcome", [])
    problems = [f"{path}: {key} is not known; remove it" for key in tables]
    if not isinstance(entries, list):
        raise UserError(*problems, f"{path}: outcome must be written as [[outcome]], once for each")
    outcomes: list[Outcome] = []
    for number, entry in enumerate(entries, 1):
        try:
            outcomes.append(Outcome.model_validate(entry))
        except ValidationError as error:
            problems += [f"{path}: {_where(number, entry)}: {line}" for line in _lines(error)]
    problems += [f"{path}: {line}" for line in _uneven(entries)]
    if problems:
        raise UserError(*problems)
    return Outcomes(tuple(outcomes))


def _given(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _where(number: int, entry: Any) -> str:
    name = entry.get("id") if isinstance(entry, dict) else None
    return f"outcome {name or number}"


def _lines(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"])
        yield f"{key}: {detail['msg']}"


def _uneven(entries: list[Any]) -> Iterator[str]:
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    for outcome_id in IDS:
        if ids.count(outcome_id) == 0:
            yield f"outcome {outcome_id} is missing; every outcome has a letter and must be here"
        if ids.count(outcome_id) > 1:
            yield f"outcome {outcome_id} stands more than once; keep one"
