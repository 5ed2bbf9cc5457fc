"""Who comes to the meeting: what calendars answer, kept with whose word it is; what is not plain is for a person."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import invitations, replies
from mailbot.actions.office import Office
from mailbot.asking import speaks_of_danger
from mailbot.invitations import Answer, Attendee, answer_in
from mailbot.store import Transaction
from mailbot.store.invitations import CANCELLED, NO_ANSWER
from mailbot.understood import Authenticity, Understood

WHY = "attendance"
HOW = {"in_person": "in person", "phone_video": "by phone or video"}
IN_WORDS = {"accepted": "comes", "declined": "does not come", "tentative": "may come", NO_ANSWER: "no answer"}
_SAYS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
_NOTHING_CHANGES = "Nothing changes until a person agrees."
_WORDS = 500  # of a comment


def take(office: Office, tx: Transaction, understood: Understood) -> None:
    """What a calendar answered: kept where it is plain, otherwise for a person; another's invitation is only noted."""
    answer = answer_in(understood.mail, understood.known.calendar, office.settings.meeting.zone)
    assert answer is not None
    tx.audit.add("calendar_answer", mail_id=understood.mail_id, answer=answer.what)
    row = tx.invitations.with_uid(answer.uid) if answer.uid else None
    if row is None:
        _take_unknown(office, tx, understood, answer)
        return
    forged = understood.known.authenticity == Authenticity.FAIL
    if not forged:
        tx.mails.join(understood.mail_id, row["referral_id"])
    over = row["state"] == CANCELLED or row["starts_at"] <= tx.now
    attendee = _who(answer, row, understood)
    why = "" if over else _forged() if forged else _not_plain(office, understood, answer, attendee, row)
    if why or speaks_of_danger(understood.mail, understood.known):
        replies.ask(office, tx, understood, WHY, f"{_which(office, tx, row)} {why}".strip(), row["referral_id"])
    if not (over or why) and answer.method == "REPLY" and attendee.says in _SAYS:
        _keep(tx, understood, answer, attendee, row)


def _take_unknown(office: Office, tx: Transaction, understood: Understood, answer: Answer) -> None:
    """No invitation of ours has that UID. Exchange's notice of a forwarded one has none, and may name the referral."""
    if answer.what not in ("counter", "delegated", "forwarded") and not speaks_of_danger(
        understood.mail, understood.known
    ):
        return
    about = understood.known.referrals
    referral_id = about[0].id if len(about) == 1 else None
    words = f"An answer to an invitation: {answer.what}. {_NOTHING_CHANGES}"
    if referral_id and answer.what == "forwarded":
        words = f"The invitation for {about[0].reference} was forwarded to somebody else, who is not invited by that."
    replies.ask(office, tx, understood, WHY if referral_id else "calendar", words, referral_id)


def _who(answer: Answer, row: sa.RowMapping, understood: Understood) -> Attendee:
    """Whose answer it is: the one who was invited, else the one it names, else the sender."""
    invited = [one for one in answer.attendees if one.address == row["recipient"]]
    return next(iter((*invited, *answer.attendees)), Attendee(understood.mail.sender.address, ""))


def _which(office: Office, tx: Transaction, row: sa.RowMapping) -> str:
    reference = tx.referrals.by_id(row["referral_id"])["reference"]
    when = wording.when(row["starts_at"], office.settings.meeting.zone)
    return f"An answer to the invitation of {row['recipient']} for {reference}, on {when}."


def _forged() -> str:
    return f"It is not from whom it claims, as our own server says. {_NOTHING_CHANGES}"


def _not_plain(
    office: Office, understood: Understood, answer: Answer, attendee: Attendee, row: sa.RowMapping
) -> str:  # fmt: skip
    """Why a person must look at it; nothing where it is plain."""
    sender = understood.mail.sender.address
    said = IN_WORDS.get(_SAYS.get(attendee.says, ""), answer.what)
    if not _may_answer(sender, attendee, row):
        other = attendee.address if attendee.address not in ("", row["recipient"]) else sender
        return f"{other}, who was not invited, answers it: {said}. {_NOTHING_CHANGES}"
    if answer.method == "COUNTER":
        to = wording.when(answer.starts_at, office.settings.meeting.zone) if answer.starts_at else "another time"
        return f"It proposes {to}. {_NOTHING_CHANGES}"
    if attendee.says == "DELEGATED":
        return f"It sends {attendee.delegated_to or 'somebody else'} instead. {_NOTHING_CHANGES}"
    if attendee.guests:
        return f"It brings {wording.count(attendee.guests, 'guest')} who were not invited. {_NOTHING_CHANGES}"
    if attendee.says in _SAYS and not _of_today(answer, row):
        return f"It answers the invitation as it was before the last change: {said}. What holds now has no answer yet."
    return ""


def _may_answer(sender: str, attendee: Attendee, row: sa.RowMapping) -> bool:
    """Whether it is the invited person's own answer, under whatever address, or a colleague's in their name (D4)."""
    if sender == row["recipient"]:
        return True
    in_their_name: bool = attendee.address == row["recipient"]
    return in_their_name and _domain(sender) == _domain(attendee.address)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _of_today(answer: Answer, row: sa.RowMapping) -> bool:
    """Whether it answers for the time that holds: programs differ in what they make of SEQUENCE."""
    if answer.starts_at is not None:
        holds: bool = answer.starts_at == row["starts_at"]
    else:
        holds = (answer.sequence or 0) >= row["sequence"]
    return holds


def _keep(tx: Transaction, understood: Understood, answer: Answer, attendee: Attendee, row: sa.RowMapping) -> None:
    """The newest answer counts, whatever order they come in; who answered for somebody else is kept too (D4)."""
    given_at = answer.stamped_at or understood.came_at
    if abs(given_at - understood.came_at) > timedelta(days=30):
        given_at = understood.came_at  # by a clock that is far wrong
    if row["answered_at"] and given_at < row["answered_at"]:
        return
    words = understood.mail.words if "microsoft" in answer.program.lower() else ""  # others' words are their program's
    comment = " ".join((attendee.comment or answer.comment or words).split())[:_WORDS]
    by, says = attendee.sent_by or understood.mail.sender.address, _SAYS[attendee.says]
    tx.invitations.answered(row["id"], says, by, given_at, comment=comment or None, mail_id=understood.mail_id)
    tx.audit.add("attendance", mail_id=understood.mail_id, referral_id=row["referral_id"], answer=says)


# -- for the lists


def lines(office: Office, tx: Transaction, referral: sa.RowMapping) -> list[str]:
    """Who comes to the meeting about a referral, one line a person."""
    rows = _expected(tx, referral)
    if rows:
        return [_line(office, row) for row in rows]
    how = _asks(tx, referral)
    return [f"Would like to come {HOW[how]}; not invited yet."] if how in HOW else []


def in_short(tx: Transaction, referral: sa.RowMapping) -> str:
    """The same for the digest, without a name: "referrer comes"."""
    return "; ".join(
        f"{'colleague' if row['invited_by'] else 'referrer'} {_short(row)}" for row in _expected(tx, referral)
    )


def _short(row: sa.RowMapping) -> str:
    return "has not answered the invitation" if row["answer"] == NO_ANSWER else IN_WORDS[row["answer"]]


def _line(office: Office, row: sa.RowMapping) -> str:
    zone = office.settings.meeting.zone
    slot = f" at {wording.clock_time(row['starts_at'], zone)}" if row["slot"] is not None else ""
    how = f", {HOW[row['how']]}" if row["how"] in HOW and row["answer"] != "declined" else ""
    if row["answer"] == NO_ANSWER:
        return f"No answer yet{slot}{how}: {row['recipient']}."
    by = f", says {row['answered_by']}" if row["answered_by"] != row["recipient"] else ""
    on = wording.short_date(row["answered_at"], zone)
    comment = f" “{row['comment']}”" if row["comment"] else ""
    return f"{IN_WORDS[row['answer']].capitalize()}{slot}{how}: {row['recipient']} ({on}{by}).{comment}"


def _expected(tx: Transaction, referral: sa.RowMapping) -> list[sa.RowMapping]:
    """Who is invited to what is still to come; a list that is late still shows who was."""
    since = tx.now - timedelta(days=1)
    rows = tx.invitations.of_referral(referral["id"])
    return [row for row in rows if row["state"] != CANCELLED and row["starts_at"] > since]


def _asks(tx: Transaction, referral: sa.RowMapping) -> str:
    answer = tx.referrals.answers(referral["id"]).get(invitations.ASKS)
    value = answer.value if answer else None
    return str(value.get("choice") if isinstance(value, dict) else value)
