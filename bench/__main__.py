"""`python -m bench`: mailbot beside the bare loop, in turns on the same servers; bench/results.json keeps the figures.

Status 1 where a promise was broken. Needs Dovecot, and PostgreSQL with `--db postgres`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import place, report
from bench.measure import backlog, latency
from bench.place import ROOT, Place, Who
from bench.report import Seen

KEPT = Path(__file__).parent / "results.json"
LOOPS: tuple[Who, ...] = ("bare", "mailbot")


def main() -> int:
    asked = _asked()
    seen: dict[Who, Seen] = {who: Seen() for who in LOOPS}
    with place.opened(asked.db) as here:
        _say("warming up")
        backlog(here, "mailbot", 5)  # and one of its letters is what the bare loop sends
        for run in range(asked.runs):
            for who in LOOPS:
                _run(here, who, seen[who], asked, f"run {run + 1} of {asked.runs}, {who}")
    measured = {
        "mails": asked.mails,
        "runs": asked.runs,
        "single_mails": len(seen["bare"].latencies),
        "database": asked.db,
    }
    found = report.results(seen, measured)
    print(report.table(found))
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=2) + "\n")
    if asked.out == KEPT:
        report.into(ROOT / "README.md", found)
    return 0 if asked.smoke or all(found["kept"].values()) else 1


def _run(here: Place, who: Who, seen: Seen, asked: argparse.Namespace, name: str) -> None:
    seen.backlogs.append(backlog(here, who, asked.mails))
    _say(f"{name}: backlog of {asked.mails}, {seen.backlogs[-1].rate:.0f} mails a second")
    found = latency(here, who, -(-asked.latency // asked.runs))
    seen.latencies += found
    _say(f"{name}: {len(found)} single mails, {min(found):.1f} to {max(found):.1f} ms")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n\n")[0] if __doc__ else "")
    parser.add_argument("--mails", type=int, default=1000, help="in the backlog (1000)")
    parser.add_argument("--runs", type=int, default=3, help="of each loop, in turns (3)")
    parser.add_argument("--latency", type=int, default=30, help="single mails for each loop, over all runs (30)")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--out", type=Path, help="where the figures go (bench/results.json; with --smoke nowhere)")
    parser.add_argument("--smoke", action="store_true", help="only whether it works: 30 mails, 1 run, 5 single mails")
    asked = parser.parse_args()
    if asked.smoke:
        asked.mails, asked.runs, asked.latency = min(asked.mails, 30), 1, min(asked.latency, 5)
    elif asked.out is None:
        asked.out = KEPT
    return asked


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
