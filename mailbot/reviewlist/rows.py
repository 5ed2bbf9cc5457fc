"""The review list as rows, a referral each, for those who work in a spreadsheet; it is for reading, not for outcomes.

Every cell is text and marked as such: what begins with "=" was written by somebody, and is no formula, nor becomes one
when the cell is edited.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime

import xlsxwriter

from mailbot import wording
from mailbot.meeting import Meeting
from mailbot.reviewlist import entry as entries_of
from mailbot.reviewlist.entry import Entry
from mailbot.reviewlist.page import LAYOUT
from mailbot.reviewlist.word import clean
from mailbot.settings import Settings
from mailbot.shown import shown, signs
from parsers.form import Form

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST = 32_000  # letters a cell may hold, less the words below (Excel: 32,767)
_MORE = "… (in full in the Word list)"
_FIRST = ("Reference", "Received", "Status", "Cannot wait?", "Gaps", "Flags", "Late")
_LAST = ("Not answered", "Please check", "What the flags rest on", "Papers", "Before", "Attendance", "Notes")
_HOW = "For reading. Outcomes go into the Word list, or into a reply to the email it came with."


def write(meeting: Meeting, entries: Iterable[Entry], form: Form, settings: Settings, *, made_at: datetime) -> bytes:
    """The list as a spreadsheet (.xlsx); `entries` are taken one by one, and each row is written out at once."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    day = wording.full_date(meeting.date, settings.meeting.zone)
    book.set_properties({"title": f"Review list, {day}", "created": made_at.replace(tzinfo=None)})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "num_format": "@"})
    sheet = book.add_worksheet("Review list")
    columns = [*_FIRST, *_labels(form).values(), *_LAST]
    sheet.set_column(0, len(columns) - 1, 24)
    sheet.freeze_panes(2, 1)
    sheet.set_footer(f"&LConfidential. {settings.service.short_name} review list, {day}&RPage &P of &N")
    sheet.write_string(0, 0, f"Review list, {day}. {_HOW}", bold)
    for column, words in enumerate(columns):
        sheet.write_string(1, column, words, bold)
    for number, one in enumerate(entries, 2):
        for column, words in enumerate(_row(one, form, settings)):
            sheet.write_string(number, column, _held(words), plain)
    book.close()
    return out.getvalue()


def _labels(form: Form) -> dict[str, str]:
    """Every question, in the order of the pages, by the name it has there."""
    placed = {field_id: label for questions in LAYOUT.values() for field_id, label in questions.items()}
    known = {field_id: label for field_id, label in placed.items() if field_id in form}
    return known | {field.id: field.label for field in form.fields if field.id not in placed}


def _row(one: Entry, form: Form, settings: Settings) -> Iterator[str]:
    yield from entries_of.summary(one, form, settings)
    yield "Yes" if one.late else ""
    for field_id in _labels(form):
        field = form[field_id]
        if field.rows:
            yield "\n".join(f"{option}: {rows}" for option, rows in signs(field, one.answers))
        else:
            yield shown(field, one.answers.get(field_id))
    flags = (f"{check.criterion}: {check.says}. {' · '.join(check.words)}" for check in one.checks if check.flagged)
    yield from ("; ".join(one.missing), "; ".join(one.unclear), "\n".join(flags))
    yield from ("; ".join(one.papers), "; ".join(one.contact), one.attendance, "\n".join(one.notes))


def _held(words: str) -> str:
    held = clean(words)
    return held if len(held) <= _MOST else held[:_MOST] + _MORE
