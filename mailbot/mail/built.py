"""Bytes -> the standard library's tree of parts; a mail that is plainly well built is cut at its boundaries at once.

The standard library's parser goes line by line and compiles a pattern for each boundary: a sixth of the processor time
that a mail takes. What is made here is equal to what it makes; whatever is not plain is left to it.
"""

from __future__ import annotations

import email
import re
from email.message import Message
from email.policy import compat32

_FIELD = re.compile(r"[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*+")
_LINE_END = re.compile(r"\r?\n")
_LONE_CR = re.compile(rb"\r(?!\n)")  # a line end to the standard library
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046 5.1.1
_UNCODED = ("7bit", "8bit", "binary")
_DEEPEST = 10


class _NotPlainError(Exception):
    """Only the standard library's parser knows what becomes of this mail."""


def built(raw: bytes) -> Message:
    """The tree of a mail's parts."""
    plain = plainly_built(raw)
    return email.message_from_bytes(raw, policy=compat32) if plain is None else plain


def plainly_built(raw: bytes) -> Message | None:
    """The tree of a mail that is plainly well built; None of any other."""
    if _LONE_CR.search(raw):
        return None
    try:
        return _part(raw.decode("ascii", "surrogateescape"), 0)
    except (_NotPlainError, TypeError, ValueError, LookupError):  # odd parameters raise too, there as here
        return None


def _part(text: str, depth: int) -> Message:
    part, at = Message(compat32), 0
    while field := _FIELD.match(text, at):
        part.set_raw(*compat32.header_source_parse([field[0]]))
        at = field.end()
    blank = _LINE_END.match(text, at)
    kind = part.get_content_type()
    if not blank or kind.startswith("message/") or kind == "multipart/digest" or depth > _DEEPEST:
        raise _NotPlainError
    if kind.startswith("multipart/"):
        _fill(part, text[blank.end() - 1 :], depth)
    else:
        part.set_payload(text[blank.end() :])
    return part


def _fill(part: Message, body: str, depth: int) -> None:
    """With its parts and what stands around them. The line end before a delimiter is its own, even the blank line's."""
    boundary = part.get_boundary()
    encoding = str(part.get("content-transfer-encoding", "8bit")).lower()
    if not boundary or not _BOUNDARY.fullmatch(boundary) or encoding not in _UNCODED:
        raise _NotPlainError
    before, *inside = (one.removesuffix("\r") for one in body.split(f"\n--{boundary}"))
    closing, line_end, after = inside.pop().partition("\n") if len(inside) > 1 else ("", "", "")
    if closing.rstrip(" \t\r") != "--":
        raise _NotPlainError
    part.preamble = before[1:] if before else None
    part.set_payload([_part(_below(one), depth + 1) for one in inside])
    part.epilogue = after if line_end or not depth else None


def _below(delimited: str) -> str:
    """What is below the rest of a delimiter's line; that is blank, or else its boundary only begins like this one."""
    rest, line_end, below = delimited.partition("\n")
    if rest.strip(" \t\r") or not line_end:
        raise _NotPlainError
    return below
