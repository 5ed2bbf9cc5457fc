"""Building the blank form from its definition, and knowing whether the kept one is still the one defined."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from parsers.form import Form

#: The blanks that are kept beside the definition; RECORD says from what they were built.
BLANK_FILES = ("referral-form.pdf", "referral-form.docx", "referral-form.txt")
RECORD = "blank.json"


def build(form: Form, folder: Path) -> None:
    """Write the blanks of a form into a folder; raises FormError where the extra `forms` is not installed."""
    # the libraries that draw are large or not installed, and running never needs them
    from parsers.write.docx import docx_bytes  # noqa: PLC0415
    from parsers.write.pdf import pdf  # noqa: PLC0415
    from parsers.write.text import text  # noqa: PLC0415

    built = dict(zip(BLANK_FILES, (pdf(form), docx_bytes(form), text(form).encode()), strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in built.items():
        (folder / name).write_bytes(data)
    record = {"definition": form.sha256, "files": {name: _sha256(data) for name, data in built.items()}}
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n")


def is_stale(folder: Path) -> bool:
    """Whether the kept blanks must be built again: definition changed, or a blank missing or altered."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
        kept = {name: _sha256((folder / name).read_bytes()) for name in BLANK_FILES}
        definition = _sha256((folder / "form.toml").read_bytes())
        return bool(record["definition"] != definition or record["files"] != kept)
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
