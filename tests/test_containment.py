"""What meets hostile bytes never runs in the daemon's process: it is not even loaded there, whatever is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from parsers import sandbox
from parsers.write.fill import fill_pdf
from tests.parsers.kit import FORMS, PDF
from tests.parsers.people import PLAIN

# PDFium aborts its process where memory ends; the others parse what strangers send. pikepdf is not among them: it
# fills our own blank too.
_NEVER = ("pypdfium2", "pypdfium2_raw", "pdfplumber", "pdfminer", "cv2", "onnxruntime", "rapidocr", "zxingcpp",
          "striprtf")  # fmt: skip

_DAEMON = """
import sys
from pathlib import Path
import mailbot.__main__, mailbot.app
from mailbot.commands import app
import parsers
form, forms = map(Path, sys.argv[1:3])
(reading,) = parsers.read([parsers.File("form.pdf", form.read_bytes())], forms)
assert reading.answers["p_surname"].value == "Whitlock"
print(*sorted(set(sys.argv[3:]) & {name.partition(".")[0] for name in sys.modules}))
"""


def test_readers_are_not_loaded_in_the_daemon(tmp_path: Path, root: Path) -> None:
    form = tmp_path / "form.pdf"
    form.write_bytes(fill_pdf(PDF, PLAIN))

    run = subprocess.run(
        [sys.executable, "-c", _DAEMON, form, FORMS, *_NEVER], cwd=root, capture_output=True, text=True, check=True
    )

    assert run.stdout.split() == []


def test_a_reader_gives_way_and_takes_one_processor(root: Path) -> None:
    """Asked of a child in the environment that the sandbox gives it, after it has put itself under its limits."""
    asks = "import os; from parsers.child import _confine; from parsers import Limits; _confine(Limits()); print(os.nice(0))"
    before = os.nice(0)
    with sandbox._environment() as environment:
        run = subprocess.run([sys.executable, "-c", asks], cwd=root, env=environment, capture_output=True, check=True)

    assert int(run.stdout) > before
    assert environment["OMP_THREAD_LIMIT"] == environment["OMP_NUM_THREADS"] == "1"
