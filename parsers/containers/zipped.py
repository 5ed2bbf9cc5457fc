"""Zip files."""

from __future__ import annotations

import io
import zipfile

from parsers.containers import Budget, Members
from parsers.reading import Unreadable

_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_ENCRYPTED = 0x1  # APPNOTE 4.4.4, bit 0


def members(data: bytes, budget: Budget) -> Members:
    """The files in a zip file."""
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
