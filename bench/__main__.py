"""`python -m bench`: mailbot beside the least a loop can do, part by part; bench/results.json keeps the figures.

Each part is kept as soon as it is measured, beside those of earlier runs: `--only` measures some. Status 1 where a
promise was broken. Needs Dovecot, and PostgreSQL for some parts.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from bench import report
from bench.asked import Asked, say
from bench.parts import PARTS
from bench.place import ROOT

KEPT = Path(__file__).parent / "results.json"


def main() -> int:
    asked = _asked()
    how_much = Asked(asked.smoke, 1 if asked.smoke else asked.runs, asked.mails, 3 if asked.smoke else asked.latency)
    measured: dict[str, Any] = {}
    for name in asked.only or PARTS:
        say(f"== {name}")
        started = time.monotonic()
        measured[name] = report.part(PARTS[name](how_much))
        say(f"== {name}: {time.monotonic() - started:.0f} seconds")
        if asked.out:
            kept = report.keep(asked.out, measured)
            if asked.out == KEPT:
                report.into(ROOT / "README.md", {name: kept[name] for name in PARTS if name in kept})
    print(report.table(measured))
    return 0 if asked.smoke or all(line["kept"] for one in measured.values() for line in one["lines"]) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--mails", type=int, help="in each backlog of requests (1,000, and then 10,000)")
    parser.add_argument("--runs", type=int, default=3, help="of each loop, in turns (3)")
    parser.add_argument("--latency", type=int, default=60, help="single mails for each loop, over all runs (60)")
    parser.add_argument("--out", type=Path, help="where the figures go (bench/results.json; with --smoke nowhere)")
    parser.add_argument("--smoke", action="store_true", help="only whether it works: the smallest of each part")
    asked = parser.parse_args()
    if not asked.smoke and asked.out is None:
        asked.out = KEPT
    return asked


if __name__ == "__main__":
    sys.exit(main())
