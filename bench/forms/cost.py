"""What sandbox, merging and doubts cost: our reading beside the bare library in a fresh process, in turns."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2

from bench.forms.reading import read
from parsers.readers.blanks import Blank
from parsers.readers.lines import writing
from parsers.readers.paper import Paper, laid
from parsers.readers.plane import Rect
from parsers.readers.poses import by_marks, codes
from parsers.readers.sheets import Sheets
from parsers.write.fill import by_control
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import FORM, PDF
from tests.parsers.people import PLAIN
from tests.parsers.printing import pdfium
from tests.parsers.scanning import as_pdf, by_pen, seen

_ONE_LINE = 20.0  # points

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
# Lines of writing cut out already. Whole boxes, which the engine searches for lines first, take it ten times as long.
_LINES = """
import sys, pathlib
from rapidocr import RapidOCR
one = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
engine = RapidOCR(params={"Global.log_level": "critical", **one})
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    print(engine(str(path), use_det=False, use_cls=False, use_rec=True).txts)
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
        _of_paper(max(1, runs // 3)),
    ]


def _of_paper(runs: int) -> Cost:
    """A whole scan by pen beside the engine alone, given nothing but the lines that are written on it."""
    data = as_pdf(seen(by_pen(PLAIN, 1), "200 dpi", 1))
    with TemporaryDirectory() as folder:
        for paper, name, rect in _fields_on(data):
            one_line = rect[3] - rect[1] < _ONE_LINE
            for number, line in enumerate(writing(paper, rect, one_line=one_line).lines):
                cv2.imwrite(str(Path(folder) / f"{name}-{number}.png"), line.picture)
        name = "scan beside rapidocr of its lines"
        return _beside(name, "scan.pdf", data, _LINES, Path(folder), 1.3, runs)


def _fields_on(data: bytes) -> Iterator[tuple[Paper, str, Rect]]:
    sheets, blank = Sheets(data), Blank(FORM)
    for number in range(len(sheets)):
        picture, _ = sheets.scanned(number)
        paper = laid(picture, next(by_marks(picture, codes(picture)[0])), blank)
        for name, boxes in blank.layout.on(paper.page).items():
            if not boxes[0].state:
                yield paper, name, boxes[0].rect


def _cost(name: str, data: bytes, bare: str, promised: float, runs: int) -> Cost:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        path.write_bytes(data)
        return _beside(name, path.name, data, bare, path, promised, runs)


def _beside(name: str, file: str, data: bytes, bare: str, path: Path, promised: float, runs: int) -> Cost:
    command = [sys.executable, "-I", "-B", "-c", bare, str(path)]
    turns = [
        (_took(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)), read(file, data))
        for _ in range(runs)
    ]
    bare_ms, ours_ms = median(one for one, _ in turns) * 1000, median(one.seconds for _, one in turns) * 1000
    return Cost(name, round(bare_ms), round(ours_ms), round(ours_ms / bare_ms, 2), promised)


def _took(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
