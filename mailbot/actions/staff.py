"""Letters to staff: each carries a code of its own, so that an answer to it can be known to be theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.actions.office import Office
from mailbot.letters import Attachment, Thread, ToStaff
from mailbot.store import Transaction

#: an answer to one of these may decide something
ANSWERED = frozenset({"needs-a-person", "urgent", "digest", "decision-check"})


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
    attachments: Sequence[Attachment] = (),
) -> int | None:
    """Put a letter to one member of staff into the outbox, with a code that counts from that address alone.

    Says its number; None where this cause has already sent it.
    """
    code = tx.codes.new()
    letter = office.letters.write(
        name, address, replace(facts, code=code), cause=cause, now=tx.now, thread=thread, attachments=attachments
    )
    letter_id = tx.letters.put(letter, cause, mail_id=mail_id, referral_id=referral_id)
    if letter_id is not None:
        tx.codes.keep(code, letter_id, address)
    return letter_id
