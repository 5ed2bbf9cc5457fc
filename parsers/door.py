"""The door to the readers: files of one mail in, the forms that they are out; each file is met in a child process."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from parsers import copies, frames, pages, sandbox, versions
from parsers.form import Form, FormError
from parsers.limits import Limits
from parsers.reading import File, Problem, Reading

DEFAULT = Limits()


def read(
    files: Sequence[File],
    forms: Path,
    limits: Limits = DEFAULT,
    today: date | None = None,
    current: str | None = None,
) -> list[Reading]:
    """What is in the files of one mail, in order: each form found, and for a file that holds none its problem.

    `forms` holds a folder for each version of the form; raises FormError where none can be used. Each file is
    read by a process of its own within `limits`. Dates after `today` are questioned. With `current`, forms in other
    versions answer that version's questions.
    """
    known = load_forms(forms)
    day = today or date.today()  # noqa: DTZ011 - the day where the form is read
    readings = [reading for file in files for reading in _read_one(file, forms, limits, day)]
    found = copies.without(pages.joined(readings), known)
    return versions.up_to_date(found, known, current) if current else found


def load_forms(folder: Path) -> tuple[Form, ...]:
    """Every version of the form under this folder, the newest name last."""
    forms = tuple(Form.load(path.parent) for path in sorted(folder.glob("*/form.toml")))
    if not forms:
        raise FormError(f"{folder}: holds no form; put each version's form.toml into a folder of its own there")
    return forms


def pictures(file: File, readings: Sequence[Reading], limits: Limits = DEFAULT) -> Iterator[bytes]:
    """A PNG of each page of a file, with the answers of `readings` framed in the colour of how sure they are.

    Nothing for a file without pages, such as a Word document, or one that cannot be drawn within `limits`.
    """
    wanted = [asdict(frame) for frame in frames.of(readings, file.name)]
    if wanted and len(file.data) <= limits.file_bytes:
        for line in sandbox.ask("draw", {"frames": wanted}, file, limits).lines:
            yield base64.b64decode(line)


def _read_one(file: File, forms: Path, limits: Limits, today: date) -> list[Reading]:
    if len(file.data) > limits.file_bytes:
        return [_failed(file, Problem("too_big", f"This file is larger than {limits.file_mb} MB.", file.name))]
    about = {"forms": str(forms.resolve()), "today": today.isoformat()}
    said = sandbox.ask("read", about, file, limits)
    readings, whole = _understood(said.lines)
    if said.whole and whole:
        return readings
    took = "too long" if said.late else "more memory or work than we allow"
    words = f"Reading this file took {took}; a person should look at it."
    return [*readings, _failed(file, Problem("limits", words, file.name))]


def _understood(lines: Sequence[bytes]) -> tuple[list[Reading], bool]:
    """The readings that a child wrote, and whether each line was one."""
    readings: list[Reading] = []
    for line in lines:
        try:
            readings.append(Reading.from_json(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return readings, False
    return readings, True


def _failed(file: File, problem: Problem) -> Reading:
    return Reading((file.name,), None, "other", None, problems=(problem,))
