"""What sandbox, merging and doubts cost: our reading beside the bare library in a fresh process, in turns."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.forms.reading import read
from parsers.write.fill import by_control
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import PDF
from tests.parsers.people import PLAIN
from tests.parsers.printing import pdfium

_FIELDS = """
import sys, pdfplumber
from pdfplumber.utils.pdfinternals import resolve
with pdfplumber.open(sys.argv[1]) as document:
    form = resolve(document.doc.catalog["AcroForm"])
    for field in map(resolve, resolve(form["Fields"])):
        print(field.get("T"), resolve(field.get("V")))
"""
_TEXT = """
import sys, pdfplumber
with pdfplumber.open(sys.argv[1]) as document:
    for page in document.pages:
        print(page.extract_text())
"""


@dataclass(frozen=True)
class Cost:
    """One reading beside the bare one; medians in milliseconds, and the ratio with what is promised."""

    name: str
    bare_ms: int
    ours_ms: int
    ratio: float
    promised: float

    @property
    def kept(self) -> bool:
        return self.ratio <= self.promised


def costs(runs: int) -> list[Cost]:
    """Each measured in turns, so that whatever else the machine does meets both."""
    filled = CLIENTS["pdfium"](PDF, by_control(PLAIN))
    return [
        _cost("acroform beside pdfplumber open and fields", filled, _FIELDS, 2.5, runs),
        _cost("flattened beside pdfplumber page text", pdfium(filled), _TEXT, 2.0, runs),
    ]


def _cost(name: str, data: bytes, bare: str, promised: float, runs: int) -> Cost:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        path.write_bytes(data)
        command = [sys.executable, "-I", "-B", "-c", bare, str(path)]
        turns = [
            (_took(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)), read("form.pdf", data))
            for _ in range(runs)
        ]
    bare_ms, ours_ms = median(one for one, _ in turns) * 1000, median(one.seconds for _, one in turns) * 1000
    return Cost(name, round(bare_ms), round(ours_ms), round(ours_ms / bare_ms, 2), promised)


def _took(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
