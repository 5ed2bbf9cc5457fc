"""Figures -> a table for people and an object for machines, what is promised beside what was seen."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.forms import scans
from bench.forms.cost import Cost
from bench.forms.resumed import code
from bench.forms.returned import Row
from parsers import SURE

MOST_MB = 1024  # resident, of one child
_KEYS = 5  # that are named of those not right
MEANING = {
    "right": f"equal to what was meant, at a confidence of {SURE} or more; unanswered questions count as answers too",
    "asked": f"a confidence below {SURE}: shown to a person",
    "silent": f"wrong at a confidence of {SURE} or more",
    "answers": "keys of all questions; not those that the file itself cannot hold: of a page that is missing, and of "
    "letters beyond U+FFFF, which PDFium cuts as they are typed; these must be asked, or they count as silent",
    "white space": "on paper and in wrapped mails it does not count, elsewhere it does; a tab is a space",
    "lost": "no words reached the pages, and lost_text said so",
    "seconds": "the median, on the wall, of parsers.read with its child process",
    "peak_mb": "the most resident memory of a child, from the rusage it is waited for with",
}


@dataclass(frozen=True)
class Promise:
    """The least share right, the most asked and the most silently wrong."""

    right: float = 0.0
    asked: float = 1.0
    silent: float = 0.0


PROMISES: dict[tuple[str, str], Promise] = {
    ("acroform", "plain"): Promise(1.0, 0.005),
    ("acroform", "hostile"): Promise(0.995, 0.005),
    ("word", "plain"): Promise(1.0, 0.005),
    ("word", "hostile"): Promise(0.99, 0.005),
    ("flattened", "plain"): Promise(0.997, 0.03),
    ("flattened", "hostile"): Promise(),
    ("body text", "plain"): Promise(0.99, silent=0.001),
    ("body text", "hostile"): Promise(0.99, silent=0.001),
    ("typed scan", "plain"): Promise(0.97, 0.05, silent=0.001),
    ("typed boxes", "plain"): Promise(0.999),
    ("pen boxes", "plain"): Promise(0.999),
    ("pen lines", "plain"): Promise(0.95),  # as suggestions: none of them is sure
}
TWO_UP = Promise(0.99, 0.03)


def promise(row: Row) -> Promise | None:
    """What is promised of this row; nothing where it is not known, or nothing was measured."""
    if not row.documents:
        return None
    if row.channel == "flattened" and row.text_lost:
        return Promise()  # it was recognised: the sender is asked
    if row.channel == "flattened" and row.truth == "plain" and row.geometry == "two-up":
        return TWO_UP
    if row.tool == scans.HARD or (row.channel == scans.PEN_LINES and row.geometry):
        return None  # of the hardest photos, and of each hand by itself
    return PROMISES.get((row.channel, row.truth))


def broken(row: Row) -> tuple[str, ...]:
    """Which of its promises this row does not keep."""
    wanted, all_of_them = promise(row), row.answers or 1
    if wanted is None:
        return ()
    kept = {
        "right": row.right / all_of_them >= wanted.right,
        "asked": row.asked / all_of_them <= wanted.asked,
        "silent": row.silent / all_of_them <= wanted.silent,
        "memory": row.peak_mb <= MOST_MB,
    }
    return tuple(name for name, is_kept in kept.items() if not is_kept)


def results(rows: Sequence[Row], costs: Sequence[Cost], *, smoke: bool, missing: Sequence[str] = ()) -> dict[str, Any]:
    """Everything that is kept of a bench; `missing` are the ways that it was not let come to."""
    measured = len({(row.channel.partition(" ")[0], *row.way[1:]) for row in rows})
    return {
        "machine": _machine(),
        "smoke": smoke,
        "ways": measured + len(missing),
        "measured": measured,
        "missing": list(missing),
        "of_earlier_code": sum(row.code != code() for row in rows),
        "costs": [asdict(cost) | {"kept": cost.kept} for cost in costs],
        "kept": not missing and all(not broken(row) for row in rows) and all(cost.kept for cost in costs),
        "rows": [_object(row) for row in rows],
        "meaning": MEANING,
    }


def _object(row: Row) -> dict[str, Any]:
    share = row.answers or 1
    shares = {name: round(getattr(row, name) / share, 5) for name in ("right", "asked", "silent")}
    return asdict(row) | {"shares": shares, "lost": row.text_lost, "broken": broken(row)}


def table(rows: Sequence[Row], costs: Sequence[Cost]) -> str:
    """The figures as plain text: a line for each tool, geometry and truth set."""
    head = f"{'channel':<12}{'tool':<34}{'geometry':<16}{'truth':<9}{'answers':>8}{'right':>9}{'asked':>8}{'silent':>8}"
    lines = [f"{head}{'s':>7}{'MB':>6}  broken", *map(line, rows), ""]
    for cost in costs:
        kept = "kept" if cost.kept else "BROKEN"
        lines.append(
            f"{cost.name}: {cost.ours_ms} ms / {cost.bare_ms} ms = {cost.ratio} (at most {cost.promised}: {kept})"
        )
    lines += ["", *(f"{name}: {words}" for name, words in MEANING.items())]
    return "\n".join(lines)


def line(row: Row) -> str:
    """The figures of one row, as the table shows them."""
    start = f"{row.channel:<12}{row.tool:<34}{row.geometry:<16}{row.truth:<9}"
    if not row.documents:
        return f"{start}not measured: {row.skipped}"
    shares = "".join(
        f"{100 * n / (row.answers or 1):>{width}.2f}" for n, width in ((row.right, 9), (row.asked, 8), (row.silent, 8))
    )
    remark = " ".join(name.upper() for name in broken(row)) or ("lost" if row.text_lost else "")
    keys = " ".join(row.silent_keys or list(row.misses)[:_KEYS])
    return f"{start}{row.answers:>8}{shares}{row.seconds:>7.2f}{row.peak_mb:>6}  {remark} {keys} {row.skipped}".rstrip()


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }
