"""The letters of outcomes: shown exactly as they go, approved by a person, and only to where they may go (rule 7)."""

from __future__ import annotations

import hashlib
import re
from datetime import date

import sqlalchemy as sa

from mailbot.actions import contact, people, telling
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.letters import Letter, OutcomeFacts, Thread
from mailbot.store import Transaction

#: letters of what is too short to be looked for in a letter
_SAYS_NOTHING = 2
_WORD = re.compile(r"[^\W_]+")


def letters_for(office: Office, tx: Transaction, reference: str) -> list[tuple[sa.RowMapping, Letter]]:
    """Each outcome that waits, with the exact letter that approving would send; raises UserError where none may go."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if not waiting:
        told = tx.outcomes.told(referral["id"])
        why = "its outcome has already been approved" if told else "no outcome has been recorded for it"
        raise UserError(f"{referral['reference']}: {why}, so there is nothing to approve.")
    return [(row, _letter(office, tx, referral, row)) for row in waiting]


def letter_for(office: Office, tx: Transaction, reference: str) -> Letter:
    """The exact letter of the oldest outcome that waits; raises UserError where none may be sent."""
    return letters_for(office, tx, reference)[0][1]


def _letter(office: Office, tx: Transaction, referral: sa.RowMapping, outcome: sa.RowMapping) -> Letter:
    if obstacle := _obstacle(office, referral, outcome):
        raise UserError(f"{referral['reference']}: {obstacle}")
    earlier = tx.letters.thread_with(referral["id"], referral["referrer"])
    letter = office.letters.write(
        f"outcome-{outcome['outcome']}",
        referral["referrer"],
        _facts(tx, referral, outcome),
        cause=f"outcome:{outcome['id']}",
        now=outcome["recorded_at"],
        thread=Thread(earlier[-1], tuple(earlier)) if earlier else None,
    )
    if told := _must_not_be_told(letter, str(outcome["recorded"].get("withhold") or "")):
        raise UserError(
            f"{referral['reference']}: its letter says “{told}”, which is recorded as not to be told. Change the "
            f"words, as in “{referral['reference']}: reason: ...”. Nothing was sent."
        )
    return letter


def _must_not_be_told(letter: Letter, withheld: str) -> str:
    """What of the things that must not be told stands in the letter; nothing where none does."""
    said = f" {' '.join(_WORD.findall(letter.text.lower()))} "
    for one in re.split(r"[,;\n]|\band\b", withheld):
        words = " ".join(_WORD.findall(one.lower()))
        if len(words) > _SAYS_NOTHING and f" {words} " in said:
            return one.strip(" .")
    return ""


def _obstacle(office: Office, referral: sa.RowMapping, outcome: sa.RowMapping) -> str:
    """Why no outcome may go to the referrer as things stand; nothing where it may (B14, B15, F8, F9)."""
    name = referral["reference"]
    if not referral["confirmed_by"]:
        return (
            "nobody has confirmed the referrer's address, so no outcome can go to it. Answer its item in `mailbot list`"
            f" with confirm-referrer, use `mailbot approve {name} --to ADDRESS`, or write “{name}: send to ADDRESS”."
        )
    if not office.is_secure(referral["referrer"]) and not outcome["recorded"].get("secure"):
        tagged = f"“{name}: send secure” (with [secure] in its subject), " if office.secure.tag else ""
        return (
            "the referrer's address is not on the secure list, so nothing was sent. Choose: "
            f"“{name}: send to ADDRESS” (another address), {tagged}or “{name}: told by phone”."
        )
    return ""


def ask_where_to_send(office: Office, tx: Transaction, referral: sa.RowMapping) -> None:
    """Put it before a person where an outcome could not go to the referrer as things stand."""
    outcome = tx.outcomes.waiting(referral["id"])[-1]
    if obstacle := _obstacle(office, referral, outcome):
        why = "not_secure" if referral["confirmed_by"] else "referrer_not_confirmed"
        people.ask(office, tx, why, f"{referral['reference']}: {obstacle}", referral_id=referral["id"])


def mark_of(letter: Letter) -> str:
    """The mark of what a person saw of a letter: to whom, its subject and its words."""
    return hashlib.sha256(f"{letter.to}\n{letter.subject}\n{letter.text}".encode()).hexdigest()[:16]


def approve(office: Office, tx: Transaction, reference: str, by: str, seen: Letter) -> int:
    """Approve the letter that was seen, and put exactly that into the outbox; raises UserError if it has changed."""
    referral = tx.referrals.get(reference)
    marks = {mark_of(letter): (row, letter) for row, letter in letters_for(office, tx, reference)}
    if mark_of(seen) not in marks:
        raise UserError(
            f"{referral['reference']} has changed since you saw its letter; look at it again. Nothing was sent."
        )
    outcome, letter = marks[mark_of(seen)]
    letter_id = tx.letters.put(letter, f"outcome:{outcome['id']}", referral_id=referral["id"])
    if letter_id is None or not tx.outcomes.approve(outcome["id"], by, letter_id):
        raise UserError(f"{referral['reference']}: somebody else has just approved this letter. It goes out once.")
    tx.audit.add("outcome_approved", actor=by, referral_id=referral["id"], letter_id=letter_id)
    return letter_id


def by_telephone(office: Office, tx: Transaction, reference: str, by: str) -> None:
    """Somebody tells the referrer by telephone: what waits counts as told, and no letter goes."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if not waiting:
        raise UserError(f"{referral['reference']} has no outcome waiting.")
    for row in waiting:
        tx.outcomes.approve(row["id"], by, None)
        tx.audit.add("told_by_telephone", actor=by, referral_id=referral["id"], row=row["id"])
    telling.after_telling(office, tx, referral["id"])


def send_secure(office: Office, tx: Transaction, reference: str, by: str) -> None:
    """A person decides that the letter goes with [secure] in its subject, where our mail service then encrypts it."""
    referral = tx.referrals.get(reference)
    if not office.secure.tag:
        raise UserError(
            "Our mail service does not encrypt for [secure] (secure-domains.toml, tag). Nothing was changed."
        )
    for row in tx.outcomes.waiting(referral["id"]):
        tx.outcomes.change(row["id"], {**row["recorded"], "secure": True})
    tx.audit.add("sent_with_secure_tag", actor=by, referral_id=referral["id"])


def confirm_address(tx: Transaction, reference: str, address: str, by: str) -> None:
    """A person says where a referral's outcome goes."""
    contact.change(tx, tx.referrals.get(reference), address, by)


def _facts(tx: Transaction, referral: sa.RowMapping, outcome: sa.RowMapping) -> OutcomeFacts:
    recorded = outcome["recorded"]
    wrong = tx.outcomes.get(outcome["corrects"]) if outcome["corrects"] else None
    return OutcomeFacts(
        reference=referral["reference"],
        reviewed_on=_day(recorded.get("reviewed_on", "")) or referral["meeting"],
        reason=recorded.get("reason", ""),
        their_reference=referral["their_reference"],
        lead=recorded.get("lead", ""),
        by=_day(recorded.get("by", "")) or recorded.get("by", ""),
        services=tuple(recorded.get("services", ())),
        questions=tuple(recorded.get("questions", ())),
        service=recorded.get("service", ""),
        until=_day(recorded.get("until", "")) or recorded.get("until", ""),
        step=recorded.get("step", ""),
        corrects=wrong["approved_at"].date() if wrong else None,
        correction=recorded.get("correction", ""),
        secure=bool(recorded.get("secure")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
