"""Containers -> the files in them, within limits of count, depth and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parsers.containers import Budget, Opener, named
from parsers.limits import Limits
from parsers.reading import File, Unreadable
from parsers.sniff import Kind, sniff

OPENERS: Mapping[Kind, Opener] = {
    "zip": named("zipped"),
    "mail": named("attached_mail"),
    "tnef": named("tnef"),
    "msg": named("outlook"),
}
_LOGO = 30_000  # bytes: smaller pictures in mails belong to signatures; no page of a form is so small
_NAMES: Mapping[Kind, str] = {
    "zip": "zip file",
    "mail": "attached mail",
    "tnef": "winmail.dat file",
    "msg": "Outlook mail (.msg)",
}


def unpack(file: File, limits: Limits) -> Iterator[tuple[File, Unreadable | None]]:
    """Every file in this one, itself if it is no container; named by its way, `outer.zip/inner.pdf`."""
    yield from _walk(file, Budget.of(limits), depth=0)


def opened(file: File, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """What stands in this container itself, logos and its own words too; raises what its opener raises."""
    opener = OPENERS.get(sniff(file.data))
    for name, member in opener(file.data, Budget(limits.unpacked_bytes)) if opener else ():
        if isinstance(member, bytes):
            yield name, member


def _walk(file: File, budget: Budget, depth: int) -> Iterator[tuple[File, Unreadable | None]]:
    kind = sniff(file.data)
    opener = OPENERS.get(kind)
    if opener is None:
        yield file, None
        return
    if depth == budget.depth:
        yield file, Unreadable("too_big", "Too many containers are packed in one another.")
        return
    try:
        for name, member in opener(file.data, budget):
            inner = f"{file.name}/{name}"
            if isinstance(member, Unreadable):
                yield File(inner, b""), member
            elif kind == "zip" or not _is_logo(member):
                yield from _walk(File(inner, member), budget, depth + 1)
    except Unreadable as why:
        yield file, why
    except MemoryError:
        yield file, Unreadable("limits", "Opening this file took more memory than we allow.")
    except Exception:  # whatever a library makes of hostile bytes, the next file is read
        yield file, Unreadable("damaged", f"This {_NAMES[kind]} is damaged and cannot be opened.")


def _is_logo(data: bytes) -> bool:
    return len(data) < _LOGO and sniff(data) == "picture"
