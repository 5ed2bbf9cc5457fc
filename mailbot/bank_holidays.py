"""Bank holidays of England: the library's list, and what a team has written beside it."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import holidays

from mailbot.errors import UserError


@dataclass(frozen=True)
class BankHolidays:
    """What a day is called, where it is a bank holiday."""

    added: dict[dt.date, str] = field(default_factory=dict)
    removed: frozenset[dt.date] = frozenset()

    @classmethod
    def load(cls, folder: Path) -> BankHolidays:
        """Those of England with `folder/bank-holidays.toml`; raises UserError with every problem in it."""
        path = folder / "bank-holidays.toml"
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UserError(f"{path}: is missing; copy it from the configuration that came with mailbot") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: is not valid TOML: {error}") from None
        days: dict[str, dict[dt.date, str]] = {"added": {}, "removed": {}}
        problems = [f"{path}: {name} is not known; remove it" for name in tables if name not in days]
        for name, found in days.items():
            for text, words in dict(tables.get(name, {})).items():
                try:
                    found[dt.date.fromisoformat(text)] = str(words)
                except ValueError:
                    problems.append(f"{path}: {name}: {text} is not a date; write it as 2027-06-04")
        if problems:
            raise UserError(*problems)
        return cls(days["added"], frozenset(days["removed"]))

    def working_day_after(self, day: dt.date) -> dt.date:
        """The next Monday to Friday that is no bank holiday."""
        following = day + dt.timedelta(days=1)
        while following.weekday() > 4 or self.name_of(following):
            following += dt.timedelta(days=1)
        return following

    def name_of(self, day: dt.date) -> str:
        """The day's name, such as "Boxing Day"; empty where it is no bank holiday."""
        if day in self.added:
            return self.added[day]
        if day in self.removed:
            return ""
        return str(holidays.country_holidays("GB", subdiv="ENG", years=day.year).get(day) or "")
