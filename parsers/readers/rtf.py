"""Rich text, as Word, LibreOffice and mail programs save it: by the words of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from parsers.found import Found
from parsers.readers import Source, rows
from parsers.reading import Unreadable

_MOST = 20 << 20  # bytes; pictures are written as hexadecimal digits, and each costs as much as a letter

# striprtf writes `|` and line ends, which people type too; these stand beside them and nowhere else.
_ROW_BEGINS, _CELL_ENDS, _ROW_ENDS = "\x1d", "\x1f", "\x1e"
_AFTER = {"trowd": _ROW_BEGINS, "cell": _CELL_ENDS, "row": _ROW_ENDS}
_CONTROL = re.compile(r"(\\[\\{}])|\\(trowd|cell|row|deleted)(?![a-z0-9-]) ?|\\deleted0 ?|([\x1d-\x1f])")
_SUBJECT = re.compile(r"\{\\subject ([^{}\\]{1,100})\}")


def read(source: Source) -> Found | None:
    """The form in a rich text; None if it holds none."""
    if len(source.data) > _MOST:
        raise Unreadable("too_big", f"This rich text file is larger than {_MOST >> 20} MB.")
    raw = source.data.decode("windows-1252", "replace")  # what is not ASCII should be escaped, and is not always
    text = rtf_to_text(_CONTROL.sub(_marked, raw), errors="replace")  # type: ignore[no-untyped-call]  # it has no types
    text = _whole(text)
    subject = _SUBJECT.search(raw)
    return rows.read(source, "rtf", _rows(text), _bare(text), subject[1] if subject else "")


def _marked(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    if found[2] == "deleted":
        return "\\*"  # what is left of the group is not text (tracked changes)
    return f"\\{found[2]} {_AFTER[found[2]]}" if found[2] else ""


def _whole(text: str) -> str:
    r"""Characters beyond U+FFFF stand there as two halves, `\u-10179?\u-8704?`."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _rows(text: str) -> Iterator[rows.Row]:
    for row in text.split(f"\n{_ROW_ENDS}")[:-1]:
        first, *others = row.split(f"|{_CELL_ENDS}")[:-1] or [""]
        if others:
            # a row's description is repeated behind its cells; what stands before it is no part of the row
            label = _bare(first.rpartition(_ROW_BEGINS)[2])
            yield label.strip().partition("\n")[0], _bare("\n".join(others)).strip("\n")


def _bare(text: str) -> str:
    return re.sub(f"\\|{_CELL_ENDS}|[{_ROW_BEGINS}{_ROW_ENDS}]", "", text.replace(f"|{_CELL_ENDS}", "\n"))
