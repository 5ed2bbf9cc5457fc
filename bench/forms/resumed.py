"""A bench that was stopped goes on where it was: each row is written down as soon as it is measured.

What was measured counts for as long as the readers, the fillers and the bench are the same, byte by byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from bench.forms.made import FOLDER, ROOT
from bench.forms.returned import Row

_OF = ("parsers", "bench/forms", "tests/parsers", "config/forms")
_SAYS = {"__main__.py", "report.py", "resumed.py", "readme.py", "cost.py"}  # of the bench, what measures no row
_KINDS = (".py", ".mjs", ".pdf", ".docx", ".txt", ".toml")


class Rows:
    """The rows of earlier runs by the same code, by name; `again` forgets them."""

    def __init__(self, *, again: bool, smoke: bool) -> None:
        kind = "smoke" if smoke else "whole"
        self._code = code()
        self._path = FOLDER / f"{kind}-{self._code}.jsonl"
        if again:
            self._path.unlink(missing_ok=True)
        self._known = dict(self._read()) if self._path.exists() else {}

    def of(self, name: str, measure: Callable[[], list[Row]]) -> list[Row]:
        """The rows of this name, measured now if they never were."""
        if name not in self._known:
            self._known[name] = [replace(row, code=self._code) for row in measure()]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, [asdict(row) for row in self._known[name]]]) + "\n")
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def _read(self) -> Iterator[tuple[str, list[Row]]]:
        for line in self._path.read_text(encoding="utf-8").splitlines():
            name, rows = json.loads(line)
            yield name, [_row(row) for row in rows]


def beside(path: Path, rows: Sequence[Row]) -> list[Row]:
    """The rows of a whole run that was kept there, with these in the places of those of the same way."""
    new = {row.way: row for row in rows}
    earlier = [_row(row) for row in json.loads(path.read_text(encoding="utf-8"))["rows"]]
    return [*(new.pop(row.way, row) for row in earlier), *new.values()]


def _row(row: dict[str, Any]) -> Row:
    """A row as it was written down; what else is said of it is worked out anew."""
    known = {one.name: row[one.name] for one in fields(Row) if one.name in row}
    return Row(**{**known, **{key: tuple(row[key]) for key in ("problems", "silent_keys")}})


def code() -> str:
    """What tells the readers, the fillers and the bench, as they are, from any others."""
    found = hashlib.sha256()
    for path in sorted(path for folder in _OF for path in _files(ROOT / folder)):
        found.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        said = path.parent.name == "forms" and path.name in _SAYS
        if path.suffix in _KINDS and "node_modules" not in path.parts and not (said or path.name.startswith("test_")):
            yield path
