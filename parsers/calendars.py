"""What a calendar answers, where it is packed in a container: carried from the readers as words, for others to read."""

from __future__ import annotations

#: the name that such a part has within its container, and the key that its words are read under
CALENDAR = "calendar answer"
#: letters of it: no answer is larger
MOST = 200_000


def is_calendar(data: bytes) -> bool:
    """Whether these bytes are an iCalendar object (RFC 5545)."""
    return data[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR"
