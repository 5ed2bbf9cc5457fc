"""The header block, mended and capped before any parser sees it; nothing is invented."""

from __future__ import annotations

import re
from collections import Counter

_BLOCK, _FIELD_BYTES, _FIELDS, _ALIKE = 8 << 20, 10_000, 1_000, 100
#: lists of people may be long
_LONG = {b"to": 65_000, b"cc": 65_000, b"references": 20_000}
#: a mark of UTF-8, blank lines and the "From " line of an mbox
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf|[ \t]*\r?\n|>?From (?![ \t]*:)[^\r\n]*\r?\n)+")
_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]?(.*)", re.DOTALL)
_PLAIN = re.compile(rb"[!-9;-~]{1,200}:|[ \t]")
_KNOWN = frozenset(
    b"from to cc subject date message-id in-reply-to references reply-to return-path received sender mime-version"
    b" content-type content-transfer-encoding content-disposition auto-submitted x-mailer delivered-to".split()
)
_LINE_END = re.compile(rb"\r\n|\n|\r")


def mended(raw: bytes) -> bytes:
    """The same mail with a header block that every parser reads alike; unchanged where it is one already."""
    raw = _from_the_header_on(raw)
    end = _END.search(raw, 0, _BLOCK)
    block, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw[:_BLOCK], b"")
    lines = _LINE_END.split(block)
    if len(block) <= _FIELD_BYTES * 3 and all(_PLAIN.match(line) for line in lines):
        return raw
    fields, body = _fields(lines)
    return b"\n".join(fields) + (b"\n\n" + b"\n".join(body) if body else b"") + (rest or b"\n\n")


def _from_the_header_on(raw: bytes) -> bytes:
    """Without what stands before the first field; a mail that begins with words begins there."""
    before = _BEFORE.match(raw, 0, _BLOCK)
    if before and _FIELD.match(raw[before.end() : before.end() + 300]):
        return raw[before.end() :]
    return raw


def _fields(lines: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The fields, each and all capped, and the lines of a body that begins without a blank line before it."""
    last_known = max((number for number, line in enumerate(lines) if _name(line) in _KNOWN), default=-1)
    fields: list[bytes] = []
    count: Counter[bytes] = Counter()
    room = 0
    for number, line in enumerate(lines):
        found = None if line[:1] in b" \t" else _FIELD.match(line)
        if found:
            name = found[1].lower()
            room = _LONG.get(name, _FIELD_BYTES)
            count[name] += 1
            if count[name] <= _ALIKE and (len(count) < _FIELDS or name in _KNOWN):
                fields.append(found[1] + b": " + found[2][:room])
                room -= len(found[2])
            else:
                room = 0
        elif number > last_known and line[:1] not in (b" ", b"\t") and line:
            return fields, lines[number:]
        elif fields and line.strip() and room > 0:
            fields.append(b" " + line.strip()[:room])
            room -= len(line)
    return fields, []


def _name(line: bytes) -> bytes:
    found = _FIELD.match(line[:300])
    return found[1].lower() if found else b""
