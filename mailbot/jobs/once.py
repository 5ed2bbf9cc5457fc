"""The digest of one meeting, exactly once, while mail comes in: built with nothing locked, written in a moment.

SQLite has one writer. Building thousands of pages takes more than a minute, in which no mail could be kept. So
everything is read from one snapshot and built from it; then the slot is claimed and the letters are written in one
transaction, if what they say of the referrals still holds. Where it does not, they are built anew.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from mailbot.actions import Office, deferrals
from mailbot.jobs import digest
from mailbot.meeting import Meeting
from mailbot.store import Store, Transaction

log = structlog.get_logger()

_JOB = "digest"
#: so often it is built beside everything else; then the others wait for it
_TRIES = 3


def send(office: Office, store: Store, now: datetime, meeting: Meeting) -> bool:
    """Whether this call wrote the digest; False where it is written already."""
    with store.look(now) as tx:
        if _is_written(tx, meeting):
            return False
        some_are_due = deferrals.any_due(tx, meeting.date)
    if some_are_due:
        with store.transaction(now) as tx:
            deferrals.bring_back(office, tx, meeting.date)
    for _ in range(_TRIES):
        with store.snapshot(now) as tx:
            prepared = digest.prepare(office, tx, meeting)
        with store.transaction(now) as tx:
            if _is_written(tx, meeting):
                return False
            if digest.still_holds(tx, prepared):
                return _write(tx, prepared)
        log.info("digest_built_anew", meeting=meeting.date.isoformat())
    with store.transaction(now) as tx:
        return not _is_written(tx, meeting) and _write(tx, digest.prepare(office, tx, meeting))


def _is_written(tx: Transaction, meeting: Meeting) -> bool:
    return tx.switches.slot_claimed(_JOB, meeting.date.isoformat())


def _write(tx: Transaction, prepared: digest.Prepared) -> bool:
    """The slot and its letters, or neither; False where another process was first."""
    slot = prepared.meeting.date.isoformat()
    if not tx.switches.claim_slot(_JOB, slot):
        return False
    digest.send(tx, prepared)
    log.info("digest_written", meeting=slot)
    return True
