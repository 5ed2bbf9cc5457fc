"""What calendar programs send back, in the shapes that they really have; every event is answered as it was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True)
class Invited:
    """The event of a letter, as a program that received it knows it."""

    method: str
    event: Any  # the library's component
    raw: bytes

    @classmethod
    def of(cls, letter: bytes) -> Invited:
        message = message_from_bytes(letter, policy=policy.default)
        (part,) = (one for one in message.walk() if one.get_content_type() == "text/calendar")
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        calendar = Calendar.from_ical(data)
        assert part.get_param("method") == calendar["METHOD"]  # RFC 6047 2.4
        (event,) = calendar.walk("VEVENT")
        return cls(str(calendar["METHOD"]), event, data)

    @property
    def uid(self) -> str:
        return str(self.event["UID"])

    @property
    def sequence(self) -> int:
        return int(self.event["SEQUENCE"])

    @property
    def starts_at(self) -> datetime:
        found: datetime = self.event["DTSTART"].dt
        return found

    @property
    def attendee(self) -> str:
        return str(self.event["ATTENDEE"]).removeprefix("mailto:")


def local(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"


def outlook(
    to: Invited,
    says: str,
    by: str = "",
    *,
    method: str = "REPLY",
    stamp: datetime,
    starts_at: datetime | None = None,
    **_: Any,
) -> str:
    """Exchange: no ORGANIZER, the zone by Windows' name, SEQUENCE as received."""
    start = starts_at or to.starts_at
    return _lines(
        "BEGIN:VCALENDAR", f"METHOD:{method}", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0",
        "BEGIN:VTIMEZONE", "TZID:GMT Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T020000",
        "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:16010101T010000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
        "BEGIN:VEVENT", f'ATTENDEE;PARTSTAT={says};CN="OKORO, Sam (FAREHAM CMHT)":MAILTO:{by or to.attendee}',
        "COMMENT;LANGUAGE=en-GB:\\n", f"UID:{to.uid}", f"SUMMARY;LANGUAGE=en-GB:Accepted: {to.event['SUMMARY']}",
        f"DTSTART;TZID=GMT Standard Time:{local(start)}",
        f"DTEND;TZID=GMT Standard Time:{local(start + timedelta(hours=1))}",
        "CLASS:PRIVATE", "PRIORITY:5", f"DTSTAMP:{local(stamp.astimezone(UTC))}Z", "TRANSP:OPAQUE", "STATUS:CONFIRMED",
        f"SEQUENCE:{to.sequence}", "LOCATION;LANGUAGE=en-GB:Meeting room 1", f"X-MICROSOFT-CDO-APPT-SEQUENCE:{to.sequence}",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY", "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
        "X-MICROSOFT-CDO-IMPORTANCE:1", "X-MICROSOFT-CDO-INSTTYPE:0", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


def google(
    to: Invited, says: str, by: str = "", *, method: str = "REPLY", stamp: datetime, comment: str = "", guests: int = 0,
    starts_at: datetime | None = None, **_: Any,
) -> str:  # fmt: skip
    """Google: times in UTC, a comment and guests as parameters of ATTENDEE."""
    start = (starts_at or to.starts_at).astimezone(UTC)
    note = f';X-RESPONSE-COMMENT="{comment}"' if comment else ""
    return _lines(
        "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
        f"METHOD:{method}", "BEGIN:VEVENT", f"DTSTART:{local(start)}Z", f"DTEND:{local(start + timedelta(hours=1))}Z",
        f"DTSTAMP:{local(stamp.astimezone(UTC))}Z", f"ORGANIZER;CN=team:{to.event['ORGANIZER']}", f"UID:{to.uid}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={says};CN={by or to.attendee};X-NUM-GUESTS={guests}"
        f"{note}:mailto:{by or to.attendee}",
        "CLASS:PRIVATE", "CREATED:20261123T090500Z", f"LAST-MODIFIED:{local(stamp.astimezone(UTC))}Z",
        "LOCATION:Meeting room 1", f"SEQUENCE:{to.sequence}", "STATUS:CONFIRMED", f"SUMMARY:{to.event['SUMMARY']}",
        "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


def apple(
    to: Invited, says: str, by: str = "", *, method: str = "REPLY", stamp: datetime, comment: str = "", **_: Any
) -> str:
    """Apple: ATTENDEE with EMAIL and the path of a principal now and then, a COMMENT of its own, zones by Olson's name."""
    who = by or to.attendee
    return _lines(
        "BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "VERSION:2.0", f"METHOD:{method}",
        "PRODID:-//Apple Inc.//macOS 15.1//EN", "BEGIN:VEVENT", f"UID:{to.uid}",
        f"DTSTAMP:{local(stamp.astimezone(UTC))}Z", f"DTSTART;TZID=Europe/London:{local(to.starts_at)}",
        f"SEQUENCE:{to.sequence}", f"SUMMARY:{to.event['SUMMARY']}", f"ORGANIZER;EMAIL=x@y.example:{to.event['ORGANIZER']}",
        f"ATTENDEE;CN=Sam Okoro;CUTYPE=INDIVIDUAL;EMAIL={who};PARTSTAT={says};ROLE=REQ-PARTICIPANT:mailto:{who}",
        *([f"COMMENT:{comment}"] if comment else []), "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


PROGRAMS: dict[str, Callable[..., str]] = {"Outlook": outlook, "Google": google, "Apple": apple}


def reply(sender: str, to: str, subject: str, calendar: str, words: str = "", method: str = "REPLY") -> bytes:
    """The mail that brings it, as Exchange, Gmail and Apple Mail send it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{abs(hash((sender, calendar, words))):x}@calendars.example>"
    message.set_content(words or "\n")
    message.add_alternative(calendar.encode(), maintype="text", subtype="calendar", params={"method": method})
    return message.as_bytes()


def _lines(*lines: str) -> str:
    """Folded as RFC 5545 3.1 has it."""
    folded = []
    for line in lines:
        while len(line) > 74:
            folded.append(line[:74])
            line = " " + line[74:]  # noqa: PLW2901 - what is left of it
        folded.append(line)
    return "\r\n".join(folded) + "\r\n"
