"""`python -m bench.forms`: every way a form comes back, read and compared; bench/forms.json keeps the figures.

Status 1 where a promise was broken. A tool that is not on this machine is named as not measured; `--smoke` leaves
out what is promised of time, which says nothing of a busy machine.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

import pikepdf
import pytest

from bench.forms import acroform, flattened, readme, report, scans, score, word, words
from bench.forms.cost import costs
from bench.forms.people import people
from bench.forms.reading import Read, read, readers
from bench.forms.resumed import Rows, beside
from bench.forms.returned import Returned, Row
from tests.parsers.kit import FORM

_RUNS = 9  # of each, ours and the bare library's
KEPT = Path(__file__).parents[1] / "forms.json"


def main() -> int:
    asked = _asked()
    logging.disable(logging.WARNING)  # programs that fill say what their fonts lack; the figures will
    warnings.simplefilter("ignore")
    missing: list[str] = []
    rows = list(_rows(asked, missing))
    spent = [] if asked.smoke or asked.no_costs else costs(_RUNS)
    if asked.only and asked.out == KEPT:
        rows = beside(KEPT, rows)
    print(report.table(rows, spent))
    found = report.results(rows, spent, smoke=asked.smoke, missing=missing)
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if asked.out == KEPT:
        readme.write(found)
    return 0 if found["kept"] else 1


def _rows(asked: argparse.Namespace, missing: list[str]) -> Iterator[Row]:
    """The rows that are asked for; with --so-far only those measured already, the names of the others are missing."""
    only, known, hands = re.compile(asked.only), Rows(again=asked.again, smoke=asked.smoke), list[Row]()
    with readers(asked.jobs) as pool:
        for name, measure in _measures(asked, pool):
            if not only.search(name):
                continue
            if asked.so_far and name not in known:
                missing.append(name)
                continue
            for row in known.of(name, measure):
                if scans.is_of_hand(row):
                    hands.append(row)
                else:
                    yield _said(row)
    yield from map(_said, scans.of_hands(hands))


def _said(row: Row) -> Row:
    print(report.line(row), file=sys.stderr, flush=True)
    return row


def _measures(asked: argparse.Namespace, pool: Executor) -> Iterator[tuple[str, Callable[[], list[Row]]]]:
    """The name of each way that forms come back, and what measures it."""
    for name, group in groupby(_returned(asked), key=_name):
        yield name, partial(_row, list(group), pool)
    yield from scans.measures(people(smoke=asked.smoke), pool, smoke=asked.smoke)


def _name(one: Returned) -> str:
    return f"{one.channel}/{one.tool}/{one.geometry}/{one.truth}"


def _returned(asked: argparse.Namespace) -> Iterator[Returned]:
    everybody = people(smoke=asked.smoke)
    yield from acroform.returned(everybody)
    yield from word.returned(everybody)
    yield from words.returned(everybody)
    yield from flattened.returned(everybody, smoke=asked.smoke)


def _row(returned: list[Returned], pool: Executor) -> list[Row]:
    """The figures of one way; a tool that is missing, or makes nothing of somebody's form, is named."""
    first, begun, why = returned[0], list[tuple[Returned, Future[Read]]](), ""
    for one in returned:
        try:
            begun.append((one, pool.submit(read, one.name, _made(one))))
        except (pytest.skip.Exception, ValueError, OSError, subprocess.SubprocessError, pikepdf.PdfError) as error:
            why = str(error).partition("\n")[0][:80]
    if not begun:
        return [Row(first.channel, first.tool, first.truth, first.geometry, skipped=why)]
    done = score.row([one for one, _ in begun], [reading.result() for _, reading in begun], FORM)
    return [replace(done, skipped=f"{len(returned) - len(begun)} files: {why}") if why else done]


def _made(one: Returned) -> bytes:
    data = one.make()
    if not data:
        raise ValueError("the program made no file")
    return data


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.forms", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--smoke", action="store_true", help="only whether it works: one person of each set, few prints"
    )
    parser.add_argument("--only", default="", metavar="PATTERN", help="rows with this in channel/tool/geometry/truth")
    parser.add_argument(
        "--again", action="store_true", help="measure all anew; else a run that was stopped goes on, if no code changed"
    )
    parser.add_argument("--so-far", action="store_true", help="only what was measured already; the rest is named")
    parser.add_argument("--jobs", type=int, default=1, help="files read at once (1); more makes the seconds longer")
    parser.add_argument("--no-costs", action="store_true", help="without the ratios to the bare libraries")
    parser.add_argument(
        "--out", type=Path, help="where the figures go (bench/forms.json; with --smoke or --only nowhere unless said)"
    )
    asked = parser.parse_args()
    asked.out = asked.out and asked.out.resolve()
    if asked.out is None and not (asked.smoke or asked.only):
        asked.out = KEPT
    return asked


if __name__ == "__main__":
    sys.exit(main())
