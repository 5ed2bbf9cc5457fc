"""Sniff the bytes, choose the readers, and turn whatever happens into readings; runs in the child process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from parsers.form import Form
from parsers.limits import Limits
from parsers.readers import Reader, Source, acroform, docx, flat, picture, text
from parsers.reading import File, Problem, Reading, Unreadable
from parsers.sniff import Kind, sniff
from parsers.unpack import unpack

#: The readers of each kind of file, the surest first; the first that finds a form gives the reading.
READERS: Mapping[Kind, tuple[Reader, ...]] = {
    "pdf": (acroform.read, flat.read),
    "docx": (docx.read,),
    "picture": (picture.read,),
    "text": (text.read,),
}

_ASK = "Please save it as a PDF or a Word document (.docx) and send it again."
_NOT_READ: Mapping[Kind, Unreadable] = {
    "empty": Unreadable("damaged", "This file is empty."),
    "docm": Unreadable("unsupported", f"This Word document contains macros, which we do not open. {_ASK}"),
    "odt": Unreadable("unsupported", f"This is an OpenDocument file. {_ASK}"),
    "pages": Unreadable("unsupported", f"This is an Apple Pages file. {_ASK}"),
    "doc": Unreadable("unsupported", f"This is a Word document of the old kind (.doc). {_ASK}"),
    "rtf": Unreadable("unsupported", f"This is a rich text file (.rtf). {_ASK}"),
    "msg": Unreadable("unsupported", "This is a message attached as a file."),
    "locked_office": Unreadable("encrypted", "This document is locked with a password."),
}
_NOT_OURS = Unreadable("not_our_form", "This is not our referral form.")


def read(file: File, forms: Sequence[Form], limits: Limits, today: date) -> Iterator[Reading]:
    """Each form in this file and in what is packed in it; a reading without answers for what holds none."""
    for member, why in unpack(file, limits):
        reading = _failed(why) if why else _read(Source(member.data, forms, limits, today))
        problems = tuple(replace(problem, file=member.name) for problem in reading.problems)
        yield replace(reading, files=(member.name,), problems=problems)


def _read(source: Source) -> Reading:
    kind = sniff(source.data)
    try:
        for reader in READERS.get(kind, ()):
            reading = reader(source)
            if reading is not None:
                return reading
    except Unreadable as why:
        return _failed(why)
    except MemoryError:
        return _failed(Unreadable("limits", "Reading this file took more memory than we allow."))
    except Exception as error:  # whatever a library makes of hostile bytes, the next file is read
        words = f"This file could not be read; it may be damaged ({type(error).__name__})."
        return _failed(Unreadable("damaged", words))
    return _failed(_NOT_READ.get(kind, _NOT_OURS))


def _failed(why: Unreadable) -> Reading:
    return Reading((), None, "other", None, problems=(Problem(why.code, why.words),))
