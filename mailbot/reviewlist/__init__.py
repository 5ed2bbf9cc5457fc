"""The review list: what the meeting has in front of it, as a Word document that it fills in, or as rows.

A front page, then a page for each referral, ending in the boxes for its outcome. What is too long for the page follows
in full behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from mailbot import outcomes, wording
from mailbot.criteria import Published
from mailbot.meeting import Meeting
from mailbot.outcomes import Outcomes
from mailbot.reviewlist import boxes, entry, fitting, page
from mailbot.reviewlist.document import Body, Document
from mailbot.reviewlist.entry import Entry as Entry
from mailbot.settings import Settings
from parsers.form import Form

#: millimetres of a page below its heading
_ROOM = 271.0
_STATE_LINE = 4.2
_HIGH = 4  # of a box for the outcome, so that it can be written into by hand
_COLUMNS = ("Reference", "Received", "Status", "Cannot wait?", "Gaps", "Flags")
_WIDTHS = (30, 44, 38, 24, 26, 24)


def write(
    meeting: Meeting, entries: Iterable[Entry], form: Form, settings: Settings, *, made_at: datetime,
    published: Published | None = None,
) -> bytes:  # fmt: skip
    """The review list of a meeting as a Word document; the same arguments give the same bytes.

    `entries` are taken one by one and none is kept, so that a list of thousands needs no more memory than a short one.
    """
    day = wording.full_date(meeting.date, settings.meeting.zone)
    document = Document(
        f"Review list, {day}", f"Confidential. {settings.service.short_name} review list, {day}", made_at,
        f"review-list {meeting.date.isoformat()}",
    )  # fmt: skip
    front, pages = document.body(), document.body()
    choices = outcomes.load(settings.folder)
    lines = []
    for one in entries:
        lines.append(entry.summary(one, form, settings))
        _page(pages, one, list(page.sections(one, form, meeting, published)), choices, settings)
    _front(front, meeting, lines, settings, made_at)
    return document.save()


def _front(
    front: Body, meeting: Meeting, lines: Sequence[Sequence[str]], settings: Settings, made_at: datetime
) -> None:
    rules = settings.meeting
    front.heading(f"Review list, {wording.full_date(meeting.date, rules.zone)}", 0)
    front.paragraph(f"{settings.service.name} ({settings.service.short_name})", bold=True)
    front.facts([
        [("Meeting", wording.when(meeting.starts_at, rules.zone))],
        [("Place", rules.place)],
        [("Dial in", rules.dial_in or f"Phone {settings.service.phone}")],
        [("Made at", wording.when(made_at, rules.zone))],
        [boxes.present()],
    ])  # fmt: skip
    front.heading(wording.count(len(lines), "referral"), 2)
    if lines:
        front.table(_COLUMNS, lines, _WIDTHS)


def _page(body: Body, one: Entry, sections: Sequence[fitting.Section], choices: Outcomes, settings: Settings) -> None:
    """One page, whatever was written: the outcome stands at its end, and what was cut behind that."""
    body.heading(f"{one.reference}{' (late)' if one.late else ''}", 1)
    state = _state(one, settings)
    body.paragraph("\n".join(state))
    rows = boxes.of_outcome(one.reference, choices)
    taken = sum(fitting.lines_of(line) for line in state) * _STATE_LINE + (len(rows) + 1.6) * (_HIGH + 0.4)
    short, overleaf = fitting.fitted(sections, _ROOM - taken)
    for heading, facts in short:
        body.heading(heading, 2)
        body.facts(fitting.packed(facts))
    body.heading("Outcome", 2)
    body.facts(rows, together=True, high=_HIGH)
    if overleaf:
        body.heading(f"{one.reference}, in full", 2)
        body.facts([fact] for fact in overleaf)


def _state(one: Entry, settings: Settings) -> list[str]:
    received = f"Received {wording.when(one.received_at, settings.meeting.zone)}. {entry.status(one, settings)}."
    late = " It arrived after the cut-off for the meeting before." if one.late else ""
    return [received + late, *one.notes]
