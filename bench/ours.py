"""`python -m bench.ours COUNTS`: what `python -m mailbot run` is, with its costs counted from inside."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from bench.counts import Counts


def main(counted: Path) -> None:
    counts = Counts()
    counts.count_commits()
    sys.argv = ["mailbot", "run"]
    try:
        runpy.run_module("mailbot", run_name="__main__")
    finally:
        counts.write(counted)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
