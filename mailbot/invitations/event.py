"""An event -> the bytes that put it into, change it in or take it from a calendar (iTIP, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Component

from mailbot.invitations.zone import timezone

_PRODUCT = "-//mailbot//meeting invitations//EN"


@dataclass(frozen=True)
class CalendarObject:
    """A calendar's bytes with the method that its part of a mail must repeat (RFC 6047 2.4)."""

    method: str  # REQUEST or CANCEL
    data: bytes


@dataclass(frozen=True)
class Event:
    """One meeting for one attendee. The moments are written in the zone, so that its clock changes move nothing."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    place: str
    words: str
    organiser: str
    organiser_name: str
    attendee: str
    answer: str = "NEEDS-ACTION"  # what the attendee has said and may keep: ACCEPTED, DECLINED, TENTATIVE
    cancelled: bool = False


def written(event: Event, now: datetime) -> CalendarObject:
    """The invitation, the change (a higher SEQUENCE) or the cancellation; the same arguments give the same bytes."""
    method = "CANCEL" if event.cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(timezone(event.zone, event.starts_at.astimezone(event.zone).year))
    calendar.add_component(_component(event, now))
    return CalendarObject(method, calendar.to_ical(sorted=False))


def _component(event: Event, now: datetime) -> Component:
    found = Component()
    found.add("uid", event.uid)
    found.add("sequence", event.sequence)
    found.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    found.add("dtstart", event.starts_at.astimezone(event.zone))
    found.add("dtend", event.ends_at.astimezone(event.zone))
    found.add("summary", event.title)
    found.add("location", event.place)
    found.add("description", event.words)
    found.add("organizer", _organiser(event))
    found.add("attendee", _attendee(event))
    found.add("class", "PRIVATE")  # others who may look into the calendar see "busy" and no more
    found.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    found.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    found.add("x-microsoft-cdo-busystatus", "FREE" if event.cancelled else "BUSY")
    return found


def _organiser(event: Event) -> vCalAddress:
    """The mailbox that the invitation comes from: Gmail shows no buttons where From is somebody else."""
    found = vCalAddress(f"mailto:{event.organiser}")
    found.params["cn"] = vText(event.organiser_name)
    return found


def _attendee(event: Event) -> vCalAddress:
    """Whom it invites. Outlook, Google and Apple show their buttons where RSVP is asked of somebody who must come."""
    found = vCalAddress(f"mailto:{event.attendee}")
    found.params["cutype"] = vText("INDIVIDUAL")
    found.params["role"] = vText("REQ-PARTICIPANT")
    found.params["partstat"] = vText(event.answer)
    found.params["rsvp"] = vText("FALSE" if event.cancelled else "TRUE")
    return found
