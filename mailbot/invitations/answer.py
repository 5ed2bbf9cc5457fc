"""The answer that a calendar sends -> who says what to which invitation; read line by line, and never raises.

What comes may be anything: only the lines of the first event that we ask for are looked at, so that nested parts,
rules that repeat for ever and wrong zones cost nothing. Exchange leaves ORGANIZER out; nothing here needs it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline
from icalendar.prop import vDatetime
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from mailbot.mail import Mail
from mailbot.mail.text import decoded

_TYPES = ("text/calendar", "application/ics")
_BYTES, _LINES, _LINE, _ATTENDEES, _COMMENT = 200_000, 3_000, 8_000, 20, 500
_METHODS = ("REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER")
_FOLD = re.compile(r"\r?\n[ \t]")
_ADDRESS = re.compile(r"[^\x00-\x20\x7f@<>\"',;:]{1,64}@[^\x00-\x20\x7f@<>\"',;:]{1,190}")
_UID = re.compile(r"[!-~]{1,255}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORWARDED = re.compile(r"^meeting forward notification:", re.IGNORECASE)


@dataclass(frozen=True)
class Attendee:
    """Somebody whose answer it is; addresses in lower case, empty where there is none."""

    address: str
    says: str  # PARTSTAT: ACCEPTED, DECLINED, TENTATIVE, DELEGATED, NEEDS-ACTION; empty where it is not said
    sent_by: str = ""  # who answers in their place
    delegated_to: str = ""
    guests: int = 0  # how many others they bring
    comment: str = ""


@dataclass(frozen=True)
class Answer:
    """A calendar's answer to an invitation."""

    method: str  # REPLY, COUNTER, REFRESH, DECLINECOUNTER; FORWARDED is Exchange's notice, which names no event
    program: str = ""
    uid: str = ""
    sequence: int | None = None
    attendees: tuple[Attendee, ...] = ()
    comment: str = ""
    starts_at: datetime | None = None  # the time it answers for, or proposes; in UTC
    stamped_at: datetime | None = None  # when it was given, as it says itself

    @property
    def what(self) -> str:
        """In a word: accepted, declined, tentative, delegated, counter, forwarded ..."""
        says = next((one.says for one in self.attendees if one.says), "")
        return (says if self.method == "REPLY" and says else self.method).lower()


def answer_in(mail: Mail, packed: str = "", zone: ZoneInfo | None = None) -> Answer | None:
    """The answer that a mail brings, or that came `packed` in its winmail.dat; None where it brings none.

    Times without a zone are taken to be of `zone`.
    """
    if _FORWARDED.match(mail.about):
        return Answer("FORWARDED")
    files = (one for one in mail.files if one.media_type in _TYPES or one.name.lower().endswith(".ics"))
    data = (*(one.data for one in files), packed.encode())
    return next((found for one in data if (found := read(one, zone))), None)


def read(data: bytes, zone: ZoneInfo | None = None) -> Answer | None:
    """What an iCalendar object answers; None where it is no answer, or is larger than any answer."""
    if len(data) > _BYTES:
        return None
    lines = _FOLD.sub("", decoded(data, _charset(data))).splitlines()[:_LINES]
    found = Answer("")
    inside: list[str] = []
    for name, parameters, value in _parts(lines):
        if name in ("BEGIN", "END"):
            inside = [*inside, value.upper()] if name == "BEGIN" else inside[:-1]
            if name == "END" and value.upper() == "VEVENT" and len(inside) == 1:
                break  # what repeats or is changed once comes in more events: the first is what is answered
        elif inside == ["VCALENDAR"]:
            found = _of_calendar(found, name, value)
        elif inside == ["VCALENDAR", "VEVENT"]:
            found = _of_event(found, name, parameters, value, zone)
    return found if found.method in _METHODS else None


def _charset(data: bytes) -> str:
    """Calendars are UTF-8 whatever their part says; one in two bytes a letter shows it."""
    return "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if data[1:2] == b"\0" else "utf-8"


def _parts(lines: list[str]) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """The lines that can be read; every other is as if it were not there."""
    for line in lines:
        with contextlib.suppress(ValueError, AssertionError, IndexError, AttributeError, TypeError):
            content: Contentline = Contentline(line[:_LINE])  # type: ignore[no-untyped-call]  # the library's own
            name, parameters, value = content.parts()
            flat = {key.upper(): v if isinstance(v, str) else ",".join(v) for key, v in parameters.items()}
            yield name.upper(), flat, value.strip()


def _of_calendar(found: Answer, name: str, value: str) -> Answer:
    if name == "METHOD":
        return replace(found, method=value.upper())
    return replace(found, program=value) if name == "PRODID" else found


def _of_event(found: Answer, name: str, parameters: Mapping[str, str], value: str, zone: ZoneInfo | None) -> Answer:
    if name == "UID":
        return replace(found, uid=found.uid or (value if _UID.fullmatch(value) else ""))
    if name == "SEQUENCE":
        return replace(found, sequence=int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None)
    if name == "ATTENDEE" and len(found.attendees) < _ATTENDEES:
        return replace(found, attendees=(*found.attendees, _attendee(parameters, value)))
    if name == "COMMENT":
        return replace(found, comment=found.comment or _comment(value))
    if name == "DTSTART":
        return replace(found, starts_at=_moment(value, parameters, zone))
    return replace(found, stamped_at=_moment(value, parameters, zone)) if name == "DTSTAMP" else found


def _attendee(parameters: Mapping[str, str], value: str) -> Attendee:
    guests = parameters.get("X-NUM-GUESTS", "")  # Google's
    return Attendee(
        address=_address(value) or _address(parameters.get("EMAIL", "")),
        says=parameters.get("PARTSTAT", "").upper()[:20],
        sent_by=_address(parameters.get("SENT-BY", "")),
        delegated_to=_address(parameters.get("DELEGATED-TO", "")),
        guests=int(guests) if re.fullmatch(r"[0-9]{1,3}", guests) else 0,
        comment=_comment(parameters.get("X-RESPONSE-COMMENT", "")),  # Google's and Apple's
    )


def _address(text: str) -> str:
    found = _ADDRESS.search(re.sub(r"^\W*mailto:", "", text, flags=re.IGNORECASE))
    return found[0].lower() if found else ""


def _comment(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:_COMMENT]


def _moment(value: str, parameters: Mapping[str, str], zone: ZoneInfo | None) -> datetime | None:
    """A time in UTC; None for a day alone, and for what is no time. Outlook names zones as Windows does."""
    with contextlib.suppress(ValueError, OverflowError):
        found: datetime = vDatetime.from_ical(value)  # type: ignore[no-untyped-call]  # the library's own
        local = found if found.tzinfo else found.replace(tzinfo=_zone(parameters.get("TZID", "")) or zone or UTC)
        return local.astimezone(UTC)
    return None


def _zone(name: str) -> ZoneInfo | None:
    with contextlib.suppress(KeyError, ValueError, OSError):  # unknown, a path, a folder of zones
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    return None
