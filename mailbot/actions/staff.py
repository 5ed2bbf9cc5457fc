"""Letters to staff: each carries a code of its own, so that an answer to it can be known to be theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailbot.actions.office import Office
from mailbot.letters import Attachment, Letter, Thread, ToStaff
from mailbot.store import Transaction

#: an answer to one of these may decide something
ANSWERED = frozenset({"needs-a-person", "urgent", "digest", "decision-check"})


@dataclass(frozen=True)
class Composed:
    """A letter to one member of staff before it is in the outbox, and the code in it."""

    letter: Letter
    code: str
    cause: str


def compose(
    office: Office,
    tx: Transaction,
    name: str,
    address: str,
    facts: ToStaff,
    *,
    cause: str,
    thread: Thread | None = None,
    attachments: Sequence[Attachment] = (),
) -> Composed:
    """The letter with a code of its own, which counts once both are put into the outbox."""
    code = tx.codes.new()
    facts = replace(facts, code=code)
    letter = office.letters.write(name, address, facts, cause=cause, now=tx.now, thread=thread, attachments=attachments)
    return Composed(letter, code, cause)


def put(
    tx: Transaction, composed: Composed, *, mail_id: int | None = None, referral_id: int | None = None
) -> int | None:
    """Into the outbox; says its number, or None where this cause has already sent it."""
    letter_id = tx.letters.put(composed.letter, composed.cause, mail_id=mail_id, referral_id=referral_id)
    if letter_id is not None:
        tx.codes.keep(composed.code, letter_id, composed.letter.to)
    return letter_id


def write(
    office: Office,
    tx: Transaction,
    name: str,
    address: str,
    facts: ToStaff,
    *,
    cause: str,
    mail_id: int | None = None,
    referral_id: int | None = None,
    thread: Thread | None = None,
) -> int | None:
    """Put a letter to one member of staff into the outbox, with a code that counts from that address alone.

    Says its number; None where this cause has already sent it.
    """
    composed = compose(office, tx, name, address, facts, cause=cause, thread=thread)
    return put(tx, composed, mail_id=mail_id, referral_id=referral_id)
