"""The boxes that the meeting fills in: who was present, on the front page, and each referral's outcome on its own.

Each is tagged `<reference>.<part>`, or `meeting.present`, so that a filled-in list can be read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailbot import outcomes
from mailbot.outcomes import Outcomes, Part
from mailbot.reviewlist.word import Fact
from parsers.write.controls import Control

#: a part in the order it is asked for -> what its box is called
_NAMES: dict[Part, str] = {
    "lead": "Lead", "by": "By when", "services": "Services", "service": "Service", "until": "Until",
    "step": "First step", "code": "Code", "reason": "Reason", "questions": "Questions",
    "safety": "Safety actions", "rationale": "Rationale", "dissent": "Dissent", "withhold": "Not to be told",
}  # fmt: skip
_WHOLE_LINE = ("reason", "questions")
#: these are never in a letter, so no outcome has to ask for them
_FOR_THE_RECORD = ("rationale", "dissent", "safety", "withhold", "step", "code")


def present() -> Fact:
    """Who was at the meeting, once for all its referrals."""
    return "Present", Control("meeting.present", "box", "Present", "Who was present, with role and agency")


def of_outcome(reference: str, choices: Outcomes) -> list[list[Fact]]:
    """Rows of boxes: the outcome itself, what any of them needs, and what only some do."""
    options = tuple((outcome.id, outcome.name) for outcome in choices)
    boxes: list[Fact] = [
        ("Outcome", Control(f"{reference}.outcome", "choice", "Outcome", f"Outcome of {reference}", options))
    ]
    boxes += [(_name(part, choices), _box(reference, part)) for part in _NAMES if _is_asked(part, choices)]
    return list(_in_rows(boxes))


def _is_asked(part: Part, choices: Outcomes) -> bool:
    return bool(choices.who_records(part)) or part in _FOR_THE_RECORD


def _name(part: Part, choices: Outcomes) -> str:
    """Its name, with the outcome that alone needs it."""
    needing = choices.who_records(part)
    return f"{_NAMES[part]} ({needing[0].id})" if len(needing) == 1 else _NAMES[part]


def _box(reference: str, part: Part) -> Control:
    return Control(f"{reference}.{part}", "box", _NAMES[part], f"{outcomes.PARTS[part]}, {reference}")


def _in_rows(boxes: Sequence[Fact]) -> Iterator[list[Fact]]:
    row: list[Fact] = []
    for box in boxes:
        if row and (len(row) > 1 or _alone(box) or _alone(row[0])):
            yield row
            row = []
        row.append(box)
    yield row


def _alone(fact: Fact) -> bool:
    return isinstance(fact[1], Control) and fact[1].name.endswith(_WHOLE_LINE)
