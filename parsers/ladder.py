"""Sniff the bytes, choose the readers, and turn whatever happens into readings; runs in the child process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from parsers import pages
from parsers.calendars import CALENDAR, MOST, is_calendar
from parsers.form import Form
from parsers.found import Found
from parsers.limits import Limits
from parsers.plain import MAIL_TEXT
from parsers.readers import ASK, Reader, Source, filled_list, named
from parsers.reading import Answer, File, Problem, Reading, Unreadable
from parsers.sniff import Kind, sniff
from parsers.unpack import unpack

#: The readers of each kind of file, the surest first; what the lower ones find fills gaps or is in conflict.
READERS: Mapping[Kind, tuple[Reader, ...]] = {
    "pdf": (named("fields"), named("flat")),
    "docx": (named("docx"),),
    "doc": (named("doc"),),
    "odt": (named("odt"),),
    "rtf": (named("rtf"),),
    "picture": (named("picture"),),
    "text": (named("text"),),
}

_NOT_READ: Mapping[Kind, Unreadable] = {
    "empty": Unreadable("damaged", "This file is empty."),
    "docm": Unreadable("unsupported", f"This Word document contains macros, which we do not open. {ASK}"),
    "pages": Unreadable("unsupported", f"This is an Apple Pages file. {ASK}"),
    "locked_office": Unreadable("encrypted", "This document is locked with a password."),
}
_FEWEST_TYPED = 5  # answers in the words of a mail: with fewer it speaks of the form
_NOT_OURS = Unreadable("not_our_form", "This is not our referral form.")


def read(file: File, forms: Sequence[Form], limits: Limits, today: date) -> Iterator[Reading]:
    """Each form in this file and in what is packed in it; a reading without answers for what holds none."""
    said = False
    for member, why in unpack(file, limits):
        if not why and _is_calendar(file, member):
            said = True
            yield _calendar(member)
            continue
        for reading in [_failed(why)] if why else _read(Source(member.data, forms, limits, today)):
            if not _is_talk(member, reading):
                said = True
                yield _named(reading, member.name)
    if not said and file.name != MAIL_TEXT:
        yield _named(_failed(_NOT_OURS), file.name)


def _is_calendar(file: File, member: File) -> bool:
    """Whether a mail's own calendar object stands here: in its winmail.dat, not in what somebody else packed."""
    return member.name == f"{file.name}/{CALENDAR}" and sniff(file.data) == "tnef" and is_calendar(member.data)


def _calendar(member: File) -> Reading:
    words = member.data[:MOST].decode("utf-8", "replace")
    return Reading((member.name,), None, "other", None, {CALENDAR: Answer(words, words, 1.0)})


def _named(reading: Reading, name: str) -> Reading:
    return replace(reading, files=(name,), problems=tuple(replace(one, file=name) for one in reading.problems))


def _is_talk(member: File, reading: Reading) -> bool:
    """Whether a mail's own words are just that: about the form, quoting an empty one, or about something else."""
    if member.name.rpartition("/")[2] != MAIL_TEXT:
        return False
    return sum(bool(answer.raw.strip()) for answer in reading.answers.values()) < _FEWEST_TYPED


def _read(source: Source) -> list[Reading]:
    kind = sniff(source.data)
    try:
        if kind == "docx" and (answers := filled_list.controls(source)):
            return [replace(_failed(_NOT_OURS), how="word", answers=answers)]
        found = _climbed(source, READERS.get(kind, ()))
    except Unreadable as why:
        return [_failed(why)]
    except MemoryError:
        return [_failed(Unreadable("limits", "Reading this file took more memory than we allow."))]
    except Exception as error:  # whatever a library makes of hostile bytes, the next file is read
        words = f"This file could not be read; it may be damaged ({type(error).__name__})."
        return [_failed(Unreadable("damaged", words))]
    if found is None:
        return [_failed(_NOT_READ.get(kind, _NOT_OURS))]
    return pages.joined([one.reading(source.today) for one in (found, *found.others)])


def _climbed(source: Source, readers: Sequence[Reader]) -> Found | None:
    """What the readers found, each looking where the one before it may have left something."""
    best: Found | None = None
    for reader in readers:
        try:
            found = reader(source)
        except Exception:
            if best is None:
                raise
            continue
        best = best.over(found) if best and found else best or found
        if best and best.filled and best.whole:
            break
    return best


def _failed(why: Unreadable) -> Reading:
    return Reading((), None, "other", None, problems=(Problem(why.code, why.words),))
