"""Whether a postcode lies in the area: in, out, or for a person to confirm. Councils are named, never relied on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mailbot import wording
from mailbot.errors import UserError

Side = Literal["in", "out", "confirm"]

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9])([A-Z]{2})")
_SECTOR = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9])")
_OUTWARD = re.compile(r"([A-Z]{1,2})[0-9][0-9A-Z]?")


@dataclass(frozen=True)
class Where:
    """On which side a postcode lies, and what says so."""

    side: Side
    words: str


@dataclass(frozen=True)
class Area:
    """The postcodes of an area, sector by sector; `credit` must be shown wherever they go."""

    credit: str
    dated: str
    sectors: dict[str, dict[str, str]]
    neighbours: dict[str, list[str]]
    mixed: frozenset[str]
    wholly_out: frozenset[str]
    elsewhere: frozenset[str]

    @classmethod
    def load(cls, path: Path) -> Area:
        """The area of a file that scripts/build_area.py wrote; raises UserError naming it."""
        try:
            table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                credit=table["credit"],
                dated=table["dated"],
                sectors=table["sectors"],
                neighbours=table["neighbours"],
                mixed=frozenset(table["mixed"]),
                wholly_out=frozenset(table["wholly_out"]),
                elsewhere=frozenset(table["elsewhere"]),
            )
        except FileNotFoundError:
            raise UserError(f"{path}: is missing; build it with scripts/build_area.py") from None
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{path}: is not an area file; build it with scripts/build_area.py") from None

    def where(self, postcode: str) -> Where:
        """The full postcode decides; else its sector; else its outward code, only where that is wholly out."""
        text = " ".join(postcode.upper().split())
        if whole := _POSTCODE.fullmatch(text):
            return self._whole(whole[1], f"{whole[1]} {whole[2]}", whole[3])
        if _OUTWARD.fullmatch(text):
            return self._by_outward(text)
        if sector := _SECTOR.fullmatch(text):
            return self._by_sector(sector[1], f"{sector[1]} {sector[2]}")
        return Where("confirm", "this is not a postcode")

    def _whole(self, outward: str, sector: str, unit: str) -> Where:
        for side, units in self.sectors.get(sector, {}).items():
            if any(unit == units[at : at + 2] for at in range(0, len(units), 2)):
                return Where("in" if side == "in" else "out", f"postcode {sector}{unit}")
        return self._by_sector(outward, sector)

    def _by_sector(self, outward: str, sector: str) -> Where:
        if sector not in self.sectors:
            return self._by_outward(outward)
        if sector not in self.mixed:
            return Where("in", f"by sector {sector}")
        return self._border(sector, outward)

    def _by_outward(self, outward: str) -> Where:
        """Never "in": part of nearly every one lies elsewhere, or could."""
        if outward in self.neighbours:
            return self._border(outward, outward)
        area = _OUTWARD.fullmatch(outward)
        if outward in self.wholly_out or (area and area[1] in self.elsewhere):
            return Where("out", f"postcode area {outward}")
        return Where("confirm", f"no postcodes begin with {outward}")

    def _border(self, place: str, outward: str) -> Where:
        councils = wording.listed(self.neighbours.get(outward, ()), "or")
        beyond = f": part of it is in {councils}" if councils else ""
        return Where("confirm", f"{'border ' if councils else ''}postcode {place}{beyond}")
