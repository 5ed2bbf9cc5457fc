"""The mailbox against the ledger: whatever the mailbox holds, the ledger must have, once (R2).

A message of a watched folder that has been looked past and is not in the ledger is *missing* from it. A message in one
of our own folders that was never in the ledger is a *stray*: somebody put it there before it was kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from mailbot.actions import Office, ledger
from mailbot.mailboxes import Folder, Listed, Mailbox, Role
from mailbot.settings import MailboxSettings
from mailbot.store import MailState, Transaction
from mailbot.store.mails import Arrived

log = structlog.get_logger()

Marks = Mapping[str, tuple[int, int]]  # folder -> UIDVALIDITY, first UID that was not looked at

_NOT_WATCHED: frozenset[Role] = frozenset({"sent", "drafts", "trash"})

MOVED = "was moved into a folder of mailbot's own before mailbot had kept it"


@dataclass(frozen=True)
class Difference:
    """What the mailbox holds and the ledger lacks, in one folder."""

    folder: Folder
    uidvalidity: int
    messages: tuple[Listed, ...]
    ours: bool  # whether it is one of mailbot's own folders

    @property
    def uids(self) -> list[int]:
        return [one.uid for one in self.messages]


@dataclass(frozen=True)
class Compared:
    """What a comparison found, and how far it went in mailbot's own folders."""

    held: int  # messages in watched folders, as far as they have been looked at
    differences: tuple[Difference, ...] = ()
    seen_to: Marks = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return sum(len(one.messages) for one in self.differences)


def watched(folders: Sequence[Folder], settings: MailboxSettings) -> list[Folder]:
    """The folders whose mail is kept: those the team named, or all but what nobody sends to us and mailbot's own."""
    ours = {settings.folders.handled, settings.folders.needs_a_person}
    if settings.watch:
        return [folder for folder in folders if folder.name in settings.watch]
    return [folder for folder in folders if folder.role not in _NOT_WATCHED and folder.name not in ours]


def compare(mailbox: Mailbox, tx: Transaction, settings: MailboxSettings, folders: Sequence[Folder]) -> Compared:
    """Look at every watched folder and at mailbot's own; changes nothing, and reads no message."""
    marks = tx.folders.marks(settings.address)
    held, found = 0, []
    for folder in folders:
        known_validity, next_uid = marks.get(folder.name, (0, 1))
        there = mailbox.held(folder.name, next_uid)
        if there.uidvalidity != known_validity:
            continue  # all of it is looked at again
        held += len(there.uids)
        lacking = set(there.uids) - tx.accounts.uids(settings.address, folder.name, known_validity)
        if lacking:
            listed = tuple(one for one in mailbox.list_from(folder.name, min(lacking)) if one.uid in lacking)
            found.append(Difference(folder, known_validity, listed, ours=False))
    strays, seen_to = _strays(mailbox, tx, settings, marks)
    return Compared(held, tuple(one for one in (*found, *strays) if one.messages), seen_to)


def _strays(
    mailbox: Mailbox, tx: Transaction, settings: MailboxSettings, marks: Marks
) -> tuple[list[Difference], dict[str, tuple[int, int]]]:
    names = (settings.folders.handled, settings.folders.needs_a_person)
    found, seen_to = [], {}
    for name, position in mailbox.positions(names).items():
        validity, first = marks.get(name, (0, 1))
        if validity != position.uidvalidity:
            first = 1
        seen_to[name] = position.uidvalidity, max(first, position.uidnext)
        listed = mailbox.list_from(name, first) if first < position.uidnext else []
        ours = [one for one in listed if one.came_at >= settings.start_from]
        known = tx.accounts.came(settings.address, {one.came_at for one in ours})
        strange = tuple(one for one in ours if (one.came_at, one.size) not in known)
        found.append(Difference(Folder(name, "other"), position.uidvalidity, strange, ours=True))
    return found, seen_to


def fetched(mailbox: Mailbox, settings: MailboxSettings, difference: Difference) -> list[Arrived]:
    """Strays as they enter the ledger, each set aside: somebody put it there, and may have dealt with it."""
    largest = settings.largest_mail_mb * 1024 * 1024
    small = [one.uid for one in difference.messages if one.size <= largest]
    raws = dict(mailbox.fetch(difference.folder.name, small)) if small else {}
    return [
        Arrived(one.uid, one.came_at, one.size, MailState.SET_ASIDE, raws.get(one.uid), MOVED)
        for one in difference.messages
    ]


def take_in(tx: Transaction, settings: MailboxSettings, difference: Difference, arrived: Sequence[Arrived]) -> None:
    """Keep strays; those whose bytes the ledger has were only given another date or size by the server."""
    known = tx.accounts.uids(settings.address, difference.folder.name, difference.uidvalidity)
    new = [
        one
        for one in arrived
        if one.uid not in known and not (one.raw and tx.accounts.has_bytes(hashlib.sha256(one.raw).hexdigest()))
    ]
    tx.mails.keep(settings.address, difference.folder.name, "other", difference.uidvalidity, new)


def record(office: Office, tx: Transaction, compared: Compared) -> None:
    """Remember the comparison; a difference is put before staff by the numbers the mails now have."""
    address = office.settings.mailbox.address
    for name, (validity, next_uid) in compared.seen_to.items():
        tx.folders.mark(address, name, validity, next_uid)
    found = {
        one: tx.accounts.numbers(address, one.folder.name, one.uidvalidity, one.uids) for one in compared.differences
    }
    named = [number for numbers in found.values() for number in numbers]
    unnamed = sum(len(one.messages) - len(numbers) for one, numbers in found.items() if not one.ours)
    ledger.compared(office, tx, compared.held, named, unnamed)
    log.info("reconciled", held=compared.held, differences=len(named) + unnamed)
