"""What becomes of our letters: told, refused, in doubt, come back; and the brake on how many may leave."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from mailbot.actions import people, telling
from mailbot.actions.office import Office
from mailbot.letters import AlarmFacts
from mailbot.store import LetterState, Transaction
from mailbot.understood import OurLetter, Understood

_OUTCOME = "outcome-"


_ANY_NUMBER = 1_000_000
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def are_counted(office: Office) -> bool:
    """Whether it matters how many letters have left."""
    return bool(office.settings.sender.letters_per_minute or office.settings.sender.letters_per_hour)


def room_in_minute(office: Office, tx: Transaction) -> int:
    """How many letters may leave now so that no minute has more than the server takes, whoever sent them.

    A bucket with as many tokens as letters a minute: each comes back a minute after the letter that took it. It is
    worked out from when letters left, so that a restart does not fill it and replicas share it.
    """
    limit = office.settings.sender.letters_per_minute
    return max(0, limit - tx.letters.sent_within(_MINUTE)) if limit else _ANY_NUMBER


def room_for_letters(office: Office, tx: Transaction) -> int:
    """How many letters may leave now at that pace and under the global brake (rule 6); staff are told when it holds."""
    if are_counted(office):
        tx.letters.one_counts()
    room, limit = room_in_minute(office, tx), office.settings.sender.letters_per_hour
    if not limit or not room:
        return room
    left = max(0, limit - tx.letters.sent_within(_HOUR))
    if not left:
        _tell_of_brake(office, tx, limit)
    return min(room, left)


def brake_holds(office: Office, tx: Transaction) -> bool:
    """Whether the global brake keeps letters back now."""
    limit = office.settings.sender.letters_per_hour
    return bool(limit) and tx.letters.sent_within(_HOUR) >= limit


def _tell_of_brake(office: Office, tx: Transaction, limit: int) -> None:
    """Once an hour; the alarm waits behind the brake like every letter, and `mailbot status` shows it at once."""
    cause = f"brake:{tx.now:%Y-%m-%dT%H}"
    if tx.letters.of_cause(cause):
        return
    facts = AlarmFacts(
        what=f"mailbot has sent {limit} letters in an hour and has stopped sending for a while",
        since=tx.now,
        fix="see what causes so many letters (`mailbot list`), or raise sender.letters_per_hour",
    )
    for address in office.settings.staff.addresses:
        tx.letters.put(office.letters.write("alarm", address, facts, cause=cause, now=tx.now), cause)
    tx.audit.add("brake", limit=limit)


def settled(office: Office, tx: Transaction, letter_id: int, name: str, state: LetterState) -> None:
    """What follows from a letter's new state: an outcome is told, or a person must know that it was not."""
    tx.audit.add("letter_put_off" if state == LetterState.READY else f"letter_{state}", letter_id=letter_id, name=name)
    if state == LetterState.SENT and not name.startswith(_OUTCOME):
        return
    row = tx.letters.get(letter_id)
    letter = OurLetter(row["id"], row["name"], row["recipient"], state, row["referral_id"])
    if state == LetterState.SENT and letter.name.startswith(_OUTCOME) and letter.referral_id:
        _told(office, tx, letter)
    elif state == LetterState.FAILED:
        words = f"The letter “{letter.name}” was refused: {row['note']}. Nobody has it."
        people.ask(office, tx, "letter_failed", words, letter=letter)
    elif state == LetterState.HELD and row["note"] and "in doubt" in row["note"]:
        words = f"The letter “{letter.name}” may or may not have gone: the connection ended before the server answered."
        people.ask(office, tx, "letter_in_doubt", words, letter=letter)


def found_in_sent(office: Office, tx: Transaction, row: sa.RowMapping) -> None:
    """A letter that was held or in doubt stands in Sent: staff have sent the draft, or it had gone after all."""
    if not tx.letters.settle(row["id"], LetterState.SENT, [LetterState.HELD, LetterState.IN_DOUBT], sent_at=tx.now):
        return
    tx.audit.add("letter_found_in_sent", letter_id=row["id"], referral_id=row["referral_id"], name=row["name"])
    if row["name"].startswith(_OUTCOME) and row["referral_id"]:
        _told(office, tx, OurLetter(row["id"], row["name"], row["recipient"], LetterState.SENT, row["referral_id"]))


def _told(office: Office, tx: Transaction, letter: OurLetter) -> None:
    assert letter.referral_id is not None
    if telling.after_telling(office, tx, letter.referral_id):
        tx.audit.add("referrer_told", letter_id=letter.id, referral_id=letter.referral_id)


def not_delivered(office: Office, tx: Transaction, letter: OurLetter, understood: Understood, status: str) -> None:
    """A delivery report says that our letter did not arrive: the letter shows it, and a person telephones (C6)."""
    arrived = [LetterState.SENT, LetterState.IN_DOUBT, LetterState.HELD]
    if not tx.letters.settle(letter.id, LetterState.DELIVERED_NOT, arrived, note=f"came back: {status}".strip(": ")):
        return
    tx.audit.add(
        "letter_came_back",
        mail_id=understood.mail_id,
        letter_id=letter.id,
        referral_id=letter.referral_id,
        status=status,
    )
    beside = f" ({status})" if status else ""
    if letter.name == "digest":  # the others are told, so that a member is not silently missed (G9)
        words = f"The digest for {letter.recipient} came back{beside}: please see that they have the review list."
        people.ask(office, tx, "digest_came_back", words, understood=understood, letter=letter)
        return
    words = f"The letter “{letter.name}” was not delivered{beside}. Please telephone instead."
    people.ask(office, tx, "not_delivered", words, understood=understood, letter=letter)
