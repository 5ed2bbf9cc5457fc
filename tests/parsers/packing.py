"""Containers as Exchange and Outlook write them, just enough of each: winmail.dat and .msg."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

_SMALL = 4096  # bytes: smaller streams stand in a stream of their own kind
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Tree = Mapping[str, "bytes | Tree"]


def winmail(files: Mapping[str, bytes]) -> bytes:
    """A TNEF stream (MS-OXTNEF 2.1) with these attachments."""
    out = struct.pack("<IH", 0x223E9F78, 1) + _attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    for name, data in files.items():
        out += _attribute(2, 0x9002, 6, b"\1" + b"\0" * 13)
        out += _attribute(2, 0x8010, 1, name.encode() + b"\0") + _attribute(2, 0x800F, 6, data)
    return out


def winmail_answer(
    says: str, uid: str, *, starts_at: datetime, sequence: int = 0, address: str = "", proposed: datetime | None = None
) -> bytes:
    """Outlook's answer to an invitation as a TNEF stream: `says` is what its message class ends in, as in `Resp.Pos`."""
    event = b"\4\0\0\0\x82\0\xe0\0t\xc5\xb7\x10\x1a\x82\xe0\x08" + bytes(20)
    event += struct.pack("<I", 13 + len(uid)) + b"vCal-Uid\1\0\0\0" + uid.encode() + b"\0"
    properties = [
        _mapi(0x0102, 0x8000, event, _MEETING, 0x0003),
        _mapi(0x0040, 0x8001, _filetime(starts_at), _APPOINTMENT, 0x820D),
        _mapi(0x0003, 0x8002, struct.pack("<i", sequence), _APPOINTMENT, 0x8201),
        _mapi(0x001E, 0x0065, address.encode() + b"\0"),
    ]
    if proposed:
        properties.append(_mapi(0x000B, 0x8003, b"\1\0\0\0", _APPOINTMENT, 0x8257))
        properties.append(_mapi(0x0040, 0x8004, _filetime(proposed), _APPOINTMENT, 0x8250))
    out = winmail({}) + _attribute(1, 0x8008, 7, f"IPM.Schedule.Meeting.{says}".encode() + b"\0")
    return out + _attribute(1, 0x9003, 6, struct.pack("<I", len(properties)) + b"".join(properties))


_MEETING = bytes.fromhex("90dad86e0b451b1098da00aa003f1305")  # PSETID_Meeting
_APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")  # PSETID_Appointment


def _mapi(kind: int, tag: int, value: bytes, group: bytes = b"", number: int = 0) -> bytes:
    """A property as MS-OXTNEF 2.1.3.4 packs it; those with a group are named by number."""
    head = struct.pack("<HH", kind, tag) + (group + struct.pack("<II", 0, number) if group else b"")
    if kind in (0x0102, 0x001E):
        return head + struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    return head + value


def _filetime(moment: datetime) -> bytes:
    since = moment - datetime(1601, 1, 1, tzinfo=UTC)
    return struct.pack("<Q", (since.days * 86_400 + since.seconds) * 10_000_000)


def _attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def msg(files: Mapping[str, bytes | Tree], body: str = "") -> bytes:
    """An Outlook mail (MS-OXMSG); an attachment that is a tree of streams is a mail itself."""
    return compound(mail(files, body))


def mail(files: Mapping[str, bytes | Tree], body: str = "") -> Tree:
    """The streams of an Outlook mail."""
    text = body.encode("utf-16-le")
    tree: dict[str, bytes | Tree] = {
        "__properties_version1.0": b"\0" * 32 + (_property(0x1000001F, len(text) + 2) if body else b""),
        "__substg1.0_1000001F": text,
    }
    for number, (name, data) in enumerate(files.items()):
        tree[f"__attach_version1.0_#{number:08X}"] = _attachment(name, data)
    return tree


def _attachment(name: str, data: bytes | Tree) -> Tree:
    long_name = name.encode("utf-16-le")
    header = b"\0" * 8 + _property(0x3707001F, len(long_name) + 2)
    if isinstance(data, bytes):
        header += _property(0x37010102, len(data))
    content = "__substg1.0_37010102" if isinstance(data, bytes) else "__substg1.0_3701000D"
    return {"__properties_version1.0": header, "__substg1.0_3707001F": long_name, content: data}


def _property(tag: int, size: int) -> bytes:
    return struct.pack("<IIII", tag, 6, size, 0)


def compound(tree: Tree) -> bytes:
    """A compound file (MS-CFB) of these streams; siblings hang in one row."""
    entries: list[list[object]] = []
    _enter(entries, "Root Entry", tree, 5)
    large, small = _Sectors(512), _Sectors(64)
    for entry in entries:
        data = entry[3]
        if isinstance(data, bytes) and data:
            entry[4] = (small if len(data) < _SMALL else large).append(data)
    minis = b"".join(small.pieces)
    entries[0][3], entries[0][4] = minis, large.append(minis)
    mini_table = struct.pack(f"<{len(small.chain)}I", *small.chain)
    first_mini = large.append(mini_table)
    directory = large.append(b"".join(map(_directory_entry, entries)))
    used = len(large.chain)
    tables = next(count for count in range(1, 100) if count * 128 >= used + count)
    chain = [*large.chain, *[_FAT] * tables]
    table = struct.pack(f"<{tables * 128}I", *chain, *[_FREE] * (tables * 128 - len(chain)))
    first = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    minis_at = (first_mini, -(-len(mini_table) // 512)) if mini_table else (_END, 0)
    header = struct.pack("<8s16x5H6x9I", *first, 0, tables, directory, 0, _SMALL, *minis_at, _END, 0)
    difat = struct.pack("<109I", *range(used, used + tables), *[_FREE] * (109 - tables))
    return header + difat + b"".join(large.pieces) + table


class _Sectors:
    """Sectors of one size, and of each the one that goes on where it ends."""

    def __init__(self, size: int) -> None:
        self.size, self.pieces, self.chain = size, list[bytes](), list[int]()

    def append(self, data: bytes) -> int:
        """The first of the sectors that this stands in."""
        start = len(self.pieces)
        self.pieces += [data[at : at + self.size].ljust(self.size, b"\0") for at in range(0, len(data), self.size)]
        if data:
            self.chain += [*range(start + 1, len(self.pieces)), _END]
        return start if data else _END


def _enter(entries: list[list[object]], name: str, node: bytes | Tree, kind: int) -> int:
    """Adds an entry and what is below it; each entry: name, kind, child, data, first sector, next sibling."""
    number = len(entries)
    entries.append([name, kind, _FREE, node, _END, _FREE])
    if not isinstance(node, bytes):
        below = [_enter(entries, key, value, 2 if isinstance(value, bytes) else 1) for key, value in node.items()]
        entries[number][2] = below[0] if below else _FREE
        for one, following in pairwise(below):
            entries[one][5] = following
    return number


def _directory_entry(entry: list[object]) -> bytes:
    name, kind, child, data, start, following = entry
    words = f"{name}\0".encode("utf-16-le")
    size = len(data) if isinstance(data, bytes) else 0
    return struct.pack(
        "<64sHBBIII36xIQ", words, len(words), kind, 1, _FREE, following, child, start if size else _END, size
    )
