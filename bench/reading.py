"""`python -m bench.reading FILE...`: reads these files as the service does, one child at a time, until it is ended."""

from __future__ import annotations

import signal
import sys
from itertools import cycle
from pathlib import Path

import parsers
from parsers import File

_FORMS = Path(__file__).parents[1] / "config" / "forms"


def main(paths: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    for path in cycle(paths):
        parsers.read([File("form.pdf", Path(path).read_bytes())], _FORMS)


if __name__ == "__main__":
    main(sys.argv[1:])
