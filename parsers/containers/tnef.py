"""winmail.dat (MS-OXTNEF): what Exchange packs a mail's attachments in for receivers it takes for Outlook."""

from __future__ import annotations

from tnefparse import TNEF

from parsers.calendars import CALENDAR, is_calendar
from parsers.containers import Budget, Members, meeting, safe_name
from parsers.plain import MAIL_TEXT


def members(data: bytes, budget: Budget) -> Members:
    """The files in a winmail.dat; a mail that was attached as an Outlook item is again a TNEF stream."""
    message = TNEF(data, do_checksum=False)
    if answer := meeting.reply(message):
        yield CALENDAR, answer
    for number, one in enumerate(message.attachments, start=1):
        budget.take_file()
        budget.take(len(one.data))
        if one.data:
            name = CALENDAR if is_calendar(bytes(one.data)) else safe_name(one.long_filename(), number)
            yield name, bytes(one.data)
    body = message.body
    if body:
        yield MAIL_TEXT, body.encode() if isinstance(body, str) else bytes(body).rstrip(b"\0")
