"""A meeting response in TNEF -> the iCalendar reply it stands for (MS-OXTNEF, MS-OXOCAL 2.2.6).

Outlook sends no calendar object where it takes the receiver for Outlook: the answer is the message's class, and the
event is named by a property. Of an event that came from elsewhere that property holds its UID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tnefparse import TNEF
from tnefparse.mapi import TNEFMAPI_Attribute as Named

PROGRAM = "Microsoft Outlook (winmail.dat)"
_CLASS = 0x8008  # attMessageClass
#: how classes end, in today's names and in the older ones of TNEF
_SAYS = {
    "resp.pos": "ACCEPTED", "resp.neg": "DECLINED", "resp.tent": "TENTATIVE",
    "mtgrespp": "ACCEPTED", "mtgrespn": "DECLINED", "mtgrespa": "TENTATIVE",
}  # fmt: skip
_TAGS = {0x5D02: "address", 0x0065: "address", 0x0060: "start"}
_MEETING, _APPOINTMENT = "6ed8da90-450b-101b-98da-00aa003f1305", "00062002-0000-0000-c000-000000000046"
_LIDS = {
    (_MEETING, 0x0003): "event", (_MEETING, 0x0023): "event", (_MEETING, 0x0001): "stamp",
    (_APPOINTMENT, 0x820D): "start", (_APPOINTMENT, 0x8201): "sequence", (_APPOINTMENT, 0x8257): "counter",
    (_APPOINTMENT, 0x8250): "proposed",
}  # fmt: skip
_UID = re.compile(rb"vCal-Uid\x01\0\0\0([!-~]{1,255})")
_ADDRESS = re.compile(r"[^\s@<>\"',;:/]{1,64}@[^\s@<>\"',;:/]{1,190}")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def reply(message: TNEF) -> bytes | None:
    """The reply as an iCalendar object; None where the message is no meeting response."""
    says = _answer(message)
    if not says:
        return None
    found = _properties(message)
    counters = bool(found.get("counter")) and isinstance(found.get("proposed"), datetime)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PROGRAM}", f"METHOD:{'COUNTER' if counters else 'REPLY'}",
        "BEGIN:VEVENT", *_event(found, counters=counters),
        f"ATTENDEE;PARTSTAT={says}:mailto:{found.get('address', '')}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join([*lines, ""]).encode()


def _answer(message: TNEF) -> str:
    for one in message.objects:
        if one.name == _CLASS:
            name = (one.data if isinstance(one.data, str) else bytes(one.data).decode("latin-1")).rstrip("\0").lower()
            return next((says for end, says in _SAYS.items() if name.endswith(end)), "")
    return ""


def _event(found: Mapping[str, Any], *, counters: bool) -> Iterator[str]:
    if uid := found.get("event"):
        yield f"UID:{uid}"
    if isinstance(found.get("sequence"), int):
        yield f"SEQUENCE:{found['sequence']}"
    if isinstance(start := found.get("proposed" if counters else "start"), datetime):
        yield f"DTSTART:{start:%Y%m%dT%H%M%SZ}"
    if isinstance(stamp := found.get("stamp"), datetime):
        yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"


def _properties(message: TNEF) -> dict[str, Any]:
    """What the properties say, by our names for them; the first of each that makes sense."""
    found: dict[str, Any] = {}
    for one in message.mapiprops:
        name = _LIDS.get((str(one.guid), one.guid_prop)) if one.guid else _TAGS.get(one.name)
        value = _value(name, one) if name else None
        if name and value is not None:
            found.setdefault(name, value)
    return found


def _value(name: str, one: Named) -> Any:
    if name in ("start", "proposed", "stamp"):
        return _moment(one.raw_data)
    if name == "event":
        uid = _UID.search(one.data)
        return uid[1].decode("ascii") if uid else bytes(one.data).hex().upper() or None
    if name == "address":
        address = _ADDRESS.fullmatch(str(one.data).strip())
        return address[0].lower() if address else None
    return one.data if isinstance(one.data, int) else None


def _moment(raw: object) -> datetime | None:
    """A time in 100 nanoseconds since 1601."""
    if not isinstance(raw, bytes) or len(raw) != 8:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(raw, "little") // 10)
    except OverflowError:
        return None
