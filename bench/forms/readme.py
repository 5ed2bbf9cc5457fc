"""The figures of bench/forms.json as the table of the README, written by command and never by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- forms: made by `make bench-forms` -->", "<!-- forms: end -->"
_HEAD = """\
| how forms came back | answers | ways | of the worst way: right | asked | silently wrong |
|---|---|---|---|---|---|
"""


def write(found: Mapping[str, Any], path: Path = README) -> None:
    """Put the table where its marks are; a README without them stays as it is."""
    text = path.read_text(encoding="utf-8")
    before, mark, rest = text.partition(BEGIN)
    if mark:
        path.write_text(f"{before}{BEGIN}\n{table(found)}{END}{rest.partition(END)[2]}", encoding="utf-8")


def table(found: Mapping[str, Any]) -> str:
    """A line for each channel and truth set, with its worst figures; what was recognised as lost is counted apart."""
    rows = [row for row in found["rows"] if row["documents"]]
    lines = "".join(_lines(rows))
    said = f"{found['measured']} of {found['ways']} ways were measured, on {found['machine']['cores']} cores. "
    kept = sum(not row["broken"] for row in rows)
    said += f"{kept} of {len(rows)} lines of figures keep what is promised of them.\n"
    if earlier := found.get("of_earlier_code"):
        said += f"{earlier} of the lines were measured before something in the readers or the bench was changed.\n"
    return f"{_HEAD}{lines}\n{said}"


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    def kind(row: Mapping[str, Any]) -> tuple[str, str]:
        return row["channel"], row["truth"]

    for (channel, truth), group in groupby(sorted(rows, key=kind), key=kind):
        there = list(group)
        lost = [row for row in there if row["lost"]]
        whole = [row for row in there if not row["lost"]] or there
        right = min(row["shares"]["right"] for row in whole)
        asked, silent = (max(row["shares"][name] for row in whole) for name in ("asked", "silent"))
        apart = f", and {len(lost)} lost and said so" if lost and whole is not there else ""
        answers = sum(row["answers"] for row in there)
        figures = " | ".join(f"{100 * share:.2f} %" for share in (right, asked, silent))
        yield f"| {channel}, {truth} | {answers} | {len(whole)}{apart} | {figures} |\n"
