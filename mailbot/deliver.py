"""Outbox -> sender under a lease: passing -> later, permanent -> a person, in doubt -> look in Sent first."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
import structlog

from mailbot.actions import Office, delivery
from mailbot.clock import Clock
from mailbot.errors import InDoubt, MailboxError, Passing, Permanent, Throttled
from mailbot.letters import assemble, encode
from mailbot.loop import Backoff
from mailbot.mailboxes import Mailbox, Role
from mailbot.senders import Sender
from mailbot.settings import MailboxSettings
from mailbot.store import LetterState, Store
from mailbot.store.letters import ToSend

log = structlog.get_logger()

_BATCH, _BATCH_TIME = 10, timedelta(seconds=60)
_COPIES = 5  # between two looks for letters: a new one never waits for long
_SETTLE_EVERY = timedelta(seconds=5)
#: letters that may go once more when they are in doubt and the server's own Sent folder does not show them (rule E4)
_MAY_GO_ONCE_MORE = ("form", "receipt", "digest")


class Deliverer:
    """Sends what is in the outbox, and settles what became of it."""

    def __init__(
        self,
        office: Office,
        store: Store,
        clock: Clock,
        sender: Sender,
        connect: Callable[[MailboxSettings], Mailbox],
    ) -> None:
        self._office, self._store, self._clock, self._sender = office, store, clock, sender
        self._connect = connect
        self._mailbox: Mailbox | None = None
        self._folders: dict[Role, str] = {}
        self._backoff, self._pause, self._left_at = Backoff(), timedelta(0), clock.now()
        self._trouble = ""  # why it is left alone
        self._settled_at = datetime.min.replace(tzinfo=UTC)
        self._ready: dict[str, bytes] = {}
        self._encoded = lru_cache(maxsize=32)(self._load)
        self._lease = timedelta(seconds=office.settings.sender.answer_timeout_seconds) + _BATCH_TIME * 2

    def step(self) -> bool:
        """Whether a letter was sent or settled."""
        letters = self._take()
        for index, letter in enumerate(letters):
            rest = letters[index + 1 :]
            in_time = self._clock.now() - self._taken_at <= _BATCH_TIME
            if not self._send(letter, rest[0] if rest and in_time else None):
                self._give_back(rest)
                break
        return bool(letters) or self._settle() or self._copy_to_sent()

    def rehearse(self) -> None:
        """Encode what goes out most, and ask for what is asked for at every letter: the first need not wait for it."""
        self._ready = {one.sha256: one.encoded for one in self._office.blanks}
        now = self._clock.now()
        with self._store.look(now) as tx:
            tx.letters.due()
        with self._store.rehearsal(now) as tx:
            for urgent in (False, True):
                tx.letters.take(0, self._lease, urgent=urgent, begin=True)
            tx.letters.begin(0, self._lease)
            tx.letters.finish(0, LetterState.SENT, note=None, copy=None)

    def close(self) -> None:
        self._sender.close()
        self._close_mailbox()

    # -- sending

    def _take(self) -> list[ToSend]:
        now = self._clock.now()
        with self._store.look(now) as tx:
            due = tx.letters.due()
            if not due.any or due.paused:
                return []
            if not due.urgent and not delivery.room_in_minute(self._office, tx):
                return []  # they leave within the minute
        # letters that are counted are taken while no other process counts
        counted = delivery.are_counted(self._office)
        with self._store.transaction(now) if counted else self._store.statement(now) as tx:
            # before all others, never held by pace or brake
            letters = tx.letters.take(_BATCH, self._lease, urgent=True, begin=True) if due.urgent else []
            room = 0 if letters else delivery.room_for_letters(self._office, tx)
            letters = letters or (tx.letters.take(min(_BATCH, room), self._lease, begin=True) if room else [])
        self._taken_at = now
        return letters

    def _send(self, letter: ToSend, following: ToSend | None) -> bool:
        """Whether the following letter is begun and may be sent at once."""
        raw = assemble(letter.skeleton, self._encoded)
        try:
            self._sender.send(self._office.settings.mailbox.address, [letter.recipient], raw)
        except Passing as error:
            self._finish(letter, LetterState.READY, note=str(error), next_try_at=self._later(letter.attempts))
            return False
        except Permanent as error:
            return self._finish(letter, LetterState.FAILED, following, note=str(error))
        except InDoubt as error:
            self._finish(letter, LetterState.IN_DOUBT, note=str(error), doubt_since=self._clock.now())
            return False
        left = LetterState(self._sender.leaves)
        return self._finish(letter, left, following, note=_NOTES[left], copy=self._copy_state(left))

    def _finish(self, letter: ToSend, to: LetterState, following: ToSend | None = None, **values: object) -> bool:
        """Note what became of a letter and, in the same commit, that the following one is begun: whether it is ours."""
        with self._store.transaction(self._clock.now()) as tx:
            if tx.letters.finish(letter.id, to, **values):
                delivery.settled(self._office, tx, letter.id, letter.name, to)
            goes_on = following is not None and tx.letters.begin(following.id, self._lease)
        log.info("letter", letter=letter.id, name=letter.name, state=to)
        return goes_on

    def _copy_state(self, left: LetterState) -> str | None:
        return "due" if left == LetterState.SENT and not self._office.settings.sender.keeps_sent_copies else None

    def _later(self, attempts: int) -> datetime:
        """A minute, then twice as long each time up to an hour; jitter keeps them from all returning at once."""
        minutes = min(60.0, 2.0 ** (attempts - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
        return self._clock.now() + timedelta(minutes=minutes)

    def _give_back(self, letters: list[ToSend]) -> None:
        if letters:
            with self._store.transaction(self._clock.now()) as tx:
                tx.letters.give_back([letter.id for letter in letters])

    def _load(self, sha256: str) -> bytes:
        if sha256 in self._ready:
            return self._ready[sha256]
        with self._store.look(self._clock.now()) as tx:
            return encode(tx.letters.blob(sha256))

    # -- in doubt

    def _doubt_the_dead(self, now: datetime) -> None:
        """A letter whose sender ended without a word may have gone if it was begun; what was only taken waits again."""
        with self._store.look(now) as tx:
            dead = tx.letters.dead_leases()
        if dead:
            with self._store.transaction(now) as tx:
                count = tx.letters.end_dead_leases()
            if count:
                log.warning("letters_in_doubt", count=count)

    def _settle(self) -> bool:
        """Look in Sent for each letter in doubt: found means sent; the rest go once more, or are held for a person."""
        now = self._clock.now()
        if timedelta(0) <= now - self._settled_at < _SETTLE_EVERY:
            return False
        self._settled_at = now
        self._doubt_the_dead(now)
        with self._store.look(now) as tx:
            doubtful = tx.letters.in_doubt()
        settled = [self._settle_one(row) for row in doubtful]
        return any(settled)

    def _settle_one(self, row: sa.RowMapping) -> bool:
        settings = self._office.settings.sender
        role: Role = "drafts" if self._sender.leaves == "held" else "sent"
        try:
            found = bool(self._find(role, [row["message_id"]]))
        except MailboxError as error:
            self._leave_alone(error)
            return False  # without a look in Sent nothing is sent again
        grace = timedelta(seconds=settings.in_doubt_grace_seconds)
        waits = settings.keeps_sent_copies and self._clock.now() - row["doubt_since"] < grace
        if waits and not found:
            return False
        to, values = self._verdict(row, found=found)
        with self._store.transaction(self._clock.now()) as tx:
            if tx.letters.settle(row["id"], to, [LetterState.IN_DOUBT], **values):
                delivery.settled(self._office, tx, row["id"], row["name"], to)
        log.warning("letter_settled", letter=row["id"], name=row["name"], state=to)
        return True

    def _verdict(self, row: sa.RowMapping, *, found: bool) -> tuple[LetterState, dict[str, object]]:
        now = self._clock.now()
        if found:
            left = LetterState(self._sender.leaves)
            return left, {
                "sent_at": now if left == LetterState.SENT else None,
                "note": "was in doubt; found in the mailbox",
            }
        once_more = self._office.settings.sender.keeps_sent_copies and row["name"] in _MAY_GO_ONCE_MORE
        if once_more and not row["tried_in_doubt"]:
            return LetterState.READY, {
                "tried_in_doubt": 1,
                "next_try_at": now,
                "note": "was in doubt; goes once more",
            }
        return LetterState.HELD, {"note": "in doubt: it may have gone"}

    # -- Sent copies

    def _copy_to_sent(self) -> bool:
        """Put copies of what was sent into Sent, where the server does not; mail that waits to be handled is first."""
        now = self._clock.now()
        with self._store.look(now) as tx:
            due = tx.letters.copies_due(_COPIES, at_rest=True)
        if not due:
            return False
        try:
            there = self._find("sent", [row["message_id"] for row in due])
            for row in due:
                if row["message_id"] not in there:
                    raw = assemble(row["skeleton"], self._encoded)
                    self._open().append(self._folder("sent"), raw)
        except MailboxError as error:
            self._leave_alone(error)
            return False  # tried again later; what was put there is found then
        with self._store.transaction(now) as tx:
            tx.letters.copied([row["id"] for row in due])
        return True

    # -- our own connection to the mailbox

    def put_draft(self, raw: bytes) -> None:
        """Put a letter into Drafts, for a person to send; raises MailboxError."""
        try:
            self._open().append(self._folder("drafts"), raw, draft=True)
        except MailboxError as error:
            self._leave_alone(error)
            raise

    def _open(self) -> Mailbox:
        if self._mailbox is None:
            if timedelta(0) <= self._clock.now() - self._left_at < self._pause:
                raise MailboxError(self._trouble)
            self._mailbox = self._connect(self._office.settings.mailbox)
            self._folders = {folder.role: folder.name for folder in reversed(self._mailbox.folders())}
            self._backoff.reset()
        return self._mailbox

    def _leave_alone(self, error: MailboxError) -> None:
        """A server in trouble is not knocked at every second: later and later, and not before the time it asked for."""
        self._close_mailbox()
        if timedelta(0) <= self._clock.now() - self._left_at < self._pause:
            return  # it was not even tried
        asked = error.seconds if isinstance(error, Throttled) else 0.0
        self._left_at, self._pause = self._clock.now(), timedelta(seconds=max(asked, self._backoff.next()))
        self._trouble = str(error)

    def _folder(self, role: Role) -> str:
        self._open()
        return self._folders.get(role, role.title())

    def _find(self, role: Role, message_ids: Sequence[str]) -> Collection[str]:
        folder = self._folder(role)
        return self._open().find(folder, message_ids) if folder in self._folders.values() else ()

    def _close_mailbox(self) -> None:
        if self._mailbox is not None:
            self._mailbox.close()
            self._mailbox = None


_NOTES = {
    LetterState.SENT: None,
    LetterState.HELD: "waits in Drafts for a person to send it",
    LetterState.CANCELLED: "observe mode: written, not sent",
}
