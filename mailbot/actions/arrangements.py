"""What a person arranges about a meeting: who comes and how, who else is invited, another time, another meeting."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import islice

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import deferrals, events, invitations
from mailbot.actions.attendance import HOW, IN_WORDS
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.letters import is_address
from mailbot.meeting import meeting_on, regular_days
from mailbot.referral import OPEN, State
from mailbot.store import Transaction
from parsers import dates

#: what a person may say of somebody: the first pattern that fits counts
_SAID = (
    ("declined", "", r"(?:no|not|can(?:no|')?t|declined?|unable|apologies)\b"),
    ("tentative", "", r"(?:maybe|perhaps|tentative|may)\b"),
    ("accepted", "phone_video", r".*\b(?:phone|telephone|video|teams|online|dial\w*)\b"),
    ("accepted", "in_person", r".*\bin person\b"),
    ("accepted", "", r"(?:yes|accepted|accepts?|will|comes)?\W*$"),
)
#: what words of somebody's own most likely mean; whatever says "not" says it of all the rest
_MEANS = (
    ("attends no", r"can(?:no|['’])t|can not|unable|not (?:be )?able|won['’]t|will not|apologies"),
    ("attends by phone", r"dial|phone|video|online|teams"),
    ("attends in person", r"in person"),
)
_LATEST = 8 * 60  # minutes after the start: later is another meeting


def attends(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    """A person records whether somebody comes, and how (D5); who is not invited yet is. Raises UserError."""
    answer, how = _understood(said)
    referral = _referral(office, tx, need)
    answered = {"answer": answer, "answered_by": by, "answered_at": tx.now, "mail_id": need["mail_id"]}
    row = _whose(office, tx, need, referral)
    if row:
        tx.invitations.answered(row["id"], answer, by, tx.now, how=how or row["how"], mail_id=need["mail_id"])
    elif answer != "declined":
        wish = invitations.Wish(referral, _address(tx, need, referral), how or "phone_video", by)
        row = invitations.invite(office, tx, wish, **answered)
    tx.audit.add("attendance", actor=by, referral_id=referral["id"], answer=answer)
    who = row["recipient"] if row else "the referrer"
    return f"{who} {IN_WORDS[answer]}{f' {HOW[how]}' if how else ''}, for {referral['reference']}."


def invite(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    """A person invites somebody else too (D6): whom they name, else whoever wrote. Raises UserError."""
    referral = _referral(office, tx, need)
    address = said.lower() or _address(tx, need, referral)
    if not is_address(address):
        raise UserError("Name the address to invite, as in `invite name@organisation.example`.")
    if any(row["recipient"] == address for row in _live(office, tx, referral)):
        raise UserError(f"{address} is invited for {referral['reference']} already; name the address you mean.")
    row = invitations.invite(office, tx, invitations.Wish(referral, address, "", by))
    when = wording.when(row["starts_at"], office.settings.meeting.zone)
    return f"{address} is invited for {referral['reference']}, {when}."


def slot(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    """A person agrees to another time of the same meeting, such as 10:30 (D3). Raises UserError."""
    referral = _referral(office, tx, need)
    minutes = _minutes_after_start(office, said)
    live = _live(office, tx, referral)
    if not live:
        raise UserError(f"Nobody is invited for {referral['reference']}; `invite` with an address invites somebody.")
    for row in live:
        events.change(office, tx, row, events.times_of(office, row["day"], minutes))
    tx.audit.add("slot_given", actor=by, referral_id=referral["id"], minutes=minutes)
    return f"{wording.listed(row['recipient'] for row in live)}: the new time for {referral['reference']} is sent."


def discuss(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    """A person puts a referral to the meeting of another day; who is invited is told. Raises UserError."""
    return put_to(office, tx, tx.referrals.by_id(_referral_id(need)), said, by)


def put_to(office: Office, tx: Transaction, referral: sa.RowMapping, said: str, by: str) -> str:
    """The same, of a referral that is named: a late one is added to this meeting (G2). Raises UserError."""
    state, day = State(referral["state"]), _meeting_day(office, tx, said)
    if state not in OPEN:
        raise UserError(f"{referral['reference']} is {state}; it goes to no meeting.")
    if state == State.QUEUED:
        tx.referrals.change(referral["id"], meeting=day)
    else:
        tx.referrals.move(referral["id"], state, State.QUEUED, meeting=day, until=None)
        deferrals.settle(office, tx, referral["id"])
    tx.audit.add("put_to_meeting", actor=by, referral_id=referral["id"], day=day.isoformat())
    return f"{referral['reference']} goes to the meeting on {wording.full_date(day, office.settings.meeting.zone)}."


def suggested(words: str) -> str:
    """The answer that somebody's own words suggest to staff, who decide (D5)."""
    found = (answer for answer, pattern in _MEANS if re.search(pattern, words, re.IGNORECASE))
    return next(found, "attends yes")


# -- what was said


def _understood(said: str) -> tuple[str, str]:
    for answer, how, pattern in _SAID:
        if re.match(pattern, said, re.IGNORECASE):
            return answer, how
    raise UserError("Say how: `attends by phone`, `attends in person`, `attends yes`, `attends maybe` or `attends no`.")


def _minutes_after_start(office: Office, said: str) -> int:
    found = re.fullmatch(r"(\d{1,2})(?:[:.]([0-5]\d))?\s*(am|pm)?", said.lower())
    if not found or int(found[1]) > 23:
        raise UserError("Say the time, as in `slot 10:30`.")
    hour = int(found[1]) % 12 + 12 * (found[3] == "pm") if found[3] else int(found[1])
    start = office.settings.meeting.time
    minutes = hour * 60 + int(found[2] or 0) - (start.hour * 60 + start.minute)
    if not 0 <= minutes <= _LATEST:
        raise UserError(f"{said} is not within the meeting, which begins at {wording.wall_time(start)}.")
    return minutes


def _meeting_day(office: Office, tx: Transaction, said: str) -> date:
    """A day on which there is a meeting that has not begun."""
    rules, changes = office.settings.meeting, tx.meetings.changes()
    found = dates.day(said).value
    if not isinstance(found, str):
        raise UserError("Say the day of the meeting, as in `discuss 2 December 2026`.")
    day, today = date.fromisoformat(found), tx.now.astimezone(rules.zone).date()
    held = {changes.get(usual, usual) for usual in islice(regular_days(today - timedelta(weeks=1), rules), 60)}
    if day not in held or meeting_on(day, rules).starts_at <= tx.now:
        raise UserError(f"There is no meeting to come on {wording.full_date(day, rules.zone)}.")
    return day


# -- whom it is about


def _referral_id(need: sa.RowMapping) -> int:
    if need["referral_id"] is None:
        raise UserError(f"Item {need['id']} is not about a referral; `join` puts its mail with one.")
    return int(need["referral_id"])


def _referral(office: Office, tx: Transaction, need: sa.RowMapping) -> sa.RowMapping:
    """The referral, if its meeting is still to come."""
    referral = tx.referrals.by_id(_referral_id(need))
    if not invitations.is_to_come(office, tx, referral):
        raise UserError(f"{referral['reference']} goes to no meeting that is still to come.")
    return referral


def _live(office: Office, tx: Transaction, referral: sa.RowMapping) -> list[sa.RowMapping]:
    return [row for row in invitations.coming(office, tx) if row["referral_id"] == referral["id"]]


def _whose(office: Office, tx: Transaction, need: sa.RowMapping, referral: sa.RowMapping) -> sa.RowMapping | None:
    """The invitation of whoever wrote, else the referrer's own."""
    sender = _sender(tx, need)
    live = sorted(_live(office, tx, referral), key=lambda row: (row["recipient"] != sender, bool(row["invited_by"])))
    return next(iter(live), None)


def _address(tx: Transaction, need: sa.RowMapping, referral: sa.RowMapping) -> str:
    address = _sender(tx, need) or invitations.whom(referral)
    if not is_address(address):
        raise UserError("There is no address to invite: name one, as in `invite name@organisation.example`.")
    return address


def _sender(tx: Transaction, need: sa.RowMapping) -> str:
    return str(tx.mails.get(need["mail_id"])["sender"] or "") if need["mail_id"] else ""
