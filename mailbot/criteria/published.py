"""config/criteria.toml: what the service publishes, and how the answers are held beside it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mailbot.criteria.area import Area
from mailbot.errors import UserError

IDS = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "also")


class Published(BaseModel):
    """The criteria as the team words them; every setting is explained in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    dated: date
    area: Area
    area_name: str
    youngest: Literal["ask", "18", "19"]
    oldest: int = Field(ge=19)
    recent_months: int = Field(ge=1)
    persistent_days: int = Field(ge=1)
    while_investigated: tuple[str, ...]
    needs_agreement: tuple[str, ...]
    no_holder: tuple[str, ...]
    not_alone: tuple[str, ...]
    treatment: tuple[str, ...]
    safeguarded: tuple[str, ...]
    criteria: dict[str, str]

    def words_of(self, criterion: str) -> str:
        """A criterion with its published words: "C1 Aged over 18"."""
        words = self.criteria[criterion]
        return words if criterion == "also" else f"{criterion} {words}"


def load(folder: Path) -> Published:
    """The criteria of `folder/criteria.toml`; raises UserError with every problem in it."""
    path = folder / "criteria.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        table["area"] = Area.load(folder / "area" / str(table.get("area", "")))
        published = Published.model_validate(table)
    except FileNotFoundError:
        raise UserError(f"{path}: is missing; copy it from the configuration that came with mailbot") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: is not valid TOML: {error}") from None
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise UserError(*(f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in details)) from None
    if missing := [name for name in IDS if name not in published.criteria]:
        raise UserError(f"{path}: criteria: {', '.join(missing)} is missing; give each its published words")
    return published


def says_one_of(phrases: Sequence[str], text: str) -> str:
    """The first of these phrases that stands in a text as words of its own."""
    found = (phrase for phrase in phrases if re.search(rf"\b{re.escape(phrase)}\b", text, re.IGNORECASE))
    return next(found, "")
