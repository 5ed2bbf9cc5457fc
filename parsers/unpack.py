"""Containers -> the files in them, within limits of count, depth and size; one function per kind."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from parsers.limits import Limits
from parsers.reading import File, Unreadable
from parsers.sniff import Kind, sniff

MOST_FILES = 100
DEEPEST = 3
_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_ENCRYPTED = 0x1  # APPNOTE 4.4.4, bit 0


@dataclass
class Budget:
    """What may still be unpacked of one attachment, however it is nested."""

    bytes: int
    files: int = MOST_FILES

    def take(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise Unreadable("too_big", "What is packed in this file is larger than we can open.")

    def take_file(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise Unreadable("too_big", f"More than {MOST_FILES} files are packed in this file.")


def unpack(file: File, limits: Limits) -> Iterator[tuple[File, Unreadable | None]]:
    """Every file in this one, itself if it is no container; named by its way, `outer.zip/inner.pdf`."""
    yield from _walk(file, Budget(limits.unpacked_bytes), depth=0)


def _walk(file: File, budget: Budget, depth: int) -> Iterator[tuple[File, Unreadable | None]]:
    opener = OPENERS.get(sniff(file.data))
    if opener is None:
        yield file, None
        return
    if depth == DEEPEST:
        yield file, Unreadable("too_big", "Too many containers are packed in one another.")
        return
    try:
        for name, member in opener(file.data, budget):
            inner = f"{file.name}/{name}"
            if isinstance(member, Unreadable):
                yield File(inner, b""), member
            else:
                yield from _walk(File(inner, member), budget, depth + 1)
    except Unreadable as why:
        yield file, why
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        yield file, Unreadable("damaged", "This zip file is damaged and cannot be opened.")


def _zip(data: bytes, budget: Budget) -> Iterator[tuple[str, bytes | Unreadable]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.is_dir() or any(clutter in member.filename for clutter in _CLUTTER):
                continue
            budget.take_file()
            if member.flag_bits & _ENCRYPTED:
                yield member.filename, Unreadable("encrypted", "This zip file is locked with a password.")
            else:
                yield member.filename, zip_member(archive, member, budget)


def zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, budget: Budget) -> bytes:
    """The bytes of a member, counted while they are unpacked: the size in the directory may lie."""
    with archive.open(member) as stream:
        data = stream.read(budget.bytes + 1)
    budget.take(len(data))
    return data


OPENERS: Mapping[Kind, Callable[[bytes, Budget], Iterator[tuple[str, bytes | Unreadable]]]] = {"zip": _zip}
