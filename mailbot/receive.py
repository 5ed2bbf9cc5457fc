"""Mailbox -> raw bytes kept once; later files what is finished. Interprets nothing, and changes nothing else there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from mailbot import reconcile
from mailbot.actions import Office, delivery
from mailbot.clock import Clock
from mailbot.loop import Bell, beat
from mailbot.mailboxes import Folder, Listed, Mailbox
from mailbot.settings import MailboxSettings
from mailbot.store import MailState, Store
from mailbot.store.mails import Arrived

log = structlog.get_logger()

_BATCH, _BATCH_BYTES = 50, 8 * 1024 * 1024  # the knee of the curve: more in one FETCH is no faster
_TRIES = 3  # of a message that is announced and comes back empty (R6)
_SESSION = timedelta(minutes=45)  # sign-in tokens and half-dead connections do not outlive this
_WATCH_LEASE = timedelta(minutes=10)
_RECONCILE_EVERY = timedelta(days=1)
_BREATH = 1.0  # seconds: the quiet that adding up waits for


class Receiver:
    """Watches one mailbox over one connection at a time."""

    def __init__(
        self,
        office: Office,
        store: Store,
        clock: Clock,
        connect: Callable[[MailboxSettings], Mailbox],
        bell: Bell,
        kept: Callable[[], None],
    ) -> None:
        self._office, self._settings = office, office.settings
        self._store, self._clock = store, clock
        self._connect, self._bell, self._kept = connect, bell, kept
        self._mailbox: Mailbox | None = None
        self._waits = False  # for another process to stop watching
        self._folders: list[Folder] = []
        self._sent = ""
        self._marks: dict[str, tuple[int, int]] = {}
        self._empty: dict[tuple[str, int], int] = {}
        self._connected_at = self._looked_at = self._filed_at = self._leased_at = datetime.min.replace(tzinfo=UTC)
        self._reconciled_at = self._connected_at

    def step(self) -> bool:
        """One look at the mailbox, what follows from it, and the wait for the next change."""
        if not self._watching():
            return False
        try:
            mailbox = self._open()
            found = self._look(mailbox)
            if not self._file(mailbox) and not found:
                self._reconcile(mailbox)
            # No second look: what came meanwhile ends the wait at once, and a look would be in the way of the answer.
            mailbox.wait(self._front.name, self._patience(kept=found), self._bell.fileno())
            self._bell.silence()
        except Exception:  # what was known of the folders may be wrong, too: it is read anew
            self.close()
            raise
        return True

    def rehearse(self) -> None:
        """Keep a mail that nobody has sent: what is made once is there then. Nothing of it is kept."""
        now = self._clock.now()
        nobodys = Arrived(0, now, 1, MailState.NEW, b"\n")
        with self._store.rehearsal(now) as tx:
            tx.mails.keep_one(self._settings.mailbox.address, "", "inbox", 0, nobodys, 1)

    def close(self) -> None:
        """Sign out and let another process watch."""
        if self._mailbox is not None:
            self._mailbox.close()
            self._mailbox = None

    def stop(self) -> None:
        """End for good: the mailbox is free for another process at once."""
        self.close()
        with self._store.transaction(self._clock.now()) as tx:
            tx.leases.give_back(self._watch)

    # -- one watcher a mailbox, one connection a watcher

    @property
    def _watch(self) -> str:
        return f"watch:{self._settings.mailbox.address}"

    def _watching(self) -> bool:
        now = self._clock.now()
        if timedelta(0) <= now - self._leased_at < _WATCH_LEASE / 3:
            return True
        with self._store.transaction(now) as tx:
            mine = tx.leases.take(self._watch, _WATCH_LEASE)
        if not mine:
            if not self._waits:  # said once; it is asked again every second
                log.warning("another_process_watches_this_mailbox")
            self._waits = True
            self.close()
            return False
        self._leased_at, self._waits = now, False
        return True

    def _open(self) -> Mailbox:
        if self._mailbox is not None and self._clock.now() - self._connected_at < _SESSION:
            return self._mailbox
        self.close()
        self._mailbox = self._connect(self._settings.mailbox)
        self._connected_at = self._clock.now()
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        with self._store.look(self._connected_at) as tx:
            self._marks = dict(tx.folders.marks(self._settings.mailbox.address))
        log.info("mailbox_open")
        return self._mailbox

    # -- looking

    def _look(self, mailbox: Mailbox) -> bool:
        """Whether something new was kept: the front folder every time, every other folder once a minute."""
        now = self._clock.now()
        if timedelta(0) <= now - self._looked_at < timedelta(seconds=self._settings.mailbox.look_every_seconds):
            return self._keep_news(mailbox, self._front) > 0
        self._choose_folders(mailbox.folders())
        names = [folder.name for folder in self._folders]
        positions = mailbox.positions([*names, *([self._sent] if self._sent else [])])
        if position := positions.get(
            self._sent
        ):  # before INBOX: what staff have answered by hand must be known by then
            self._note_hand_replies(mailbox, position.uidvalidity, position.uidnext)
        kept = 0
        for folder in self._folders:
            if position := positions.get(folder.name):
                validity, next_uid = self._marks.get(folder.name, (0, 1))
                if position.uidvalidity != validity or position.uidnext > next_uid:
                    kept += self._keep_new(mailbox, folder, position.uidvalidity, position.uidnext)
        self._looked_at = now
        return kept > 0

    @property
    def _front(self) -> Folder:
        """The folder where mail comes in, and is waited for: INBOX, or the first that a team chose instead."""
        return next(
            (one for one in self._folders if one.role == "inbox"), (*self._folders, Folder("INBOX", "inbox"))[0]
        )

    def _choose_folders(self, folders: Sequence[Folder]) -> None:
        self._folders = reconcile.watched(folders, self._settings.mailbox)
        self._sent = next((folder.name for folder in folders if folder.role == "sent"), "")

    def _keep_new(self, mailbox: Mailbox, folder: Folder, validity: int, uidnext: int | None = None) -> int:
        known_validity, first = self._marks.get(folder.name, (0, 1))
        if validity != known_validity:
            first = 1  # the folder's numbers mean other messages now (RFC 3501 2.3.1.1): look at all of it again
        listed = mailbox.list_from(folder.name, first)
        kept = self._keep(mailbox, folder, validity, listed)
        if uidnext is not None and not any((folder.name, one.uid) in self._empty for one in listed):
            self._mark(folder.name, validity, max(uidnext, self._marks.get(folder.name, (0, 1))[1]))
        return kept

    def _keep_news(self, mailbox: Mailbox, folder: Folder) -> int:
        """What has come since a look at all folders, which has left the mark behind all that the ledger has."""
        validity, first = self._marks.get(folder.name, (0, 1))
        if any(name == folder.name for name, _ in self._empty):  # the mark waits for them
            return self._keep_new(mailbox, folder, validity)
        return self._keep(mailbox, folder, validity, mailbox.news_from(folder.name, first), all_new=True)

    def _keep(
        self, mailbox: Mailbox, folder: Folder, validity: int, listed: Sequence[Listed], *, all_new: bool = False
    ) -> int:
        kept = 0
        for batch in _batches(listed):
            beat()
            new = batch if all_new else self._unknown(folder, validity, batch)
            kept += self._keep_batch(mailbox, folder, validity, batch[-1].uid + 1, new)
        return kept

    def _keep_batch(self, mailbox: Mailbox, folder: Folder, validity: int, after: int, new: Sequence[Listed]) -> int:
        """How many messages of a batch were kept; `after` is the first number behind it."""
        arrived = sorted(self._arrive(mailbox, folder.name, new), key=lambda one: one.uid)  # handled as they came
        waiting = [uid for name, uid in self._empty if name == folder.name]
        next_uid = min([after, *waiting])
        if not arrived and (validity, next_uid) == self._marks.get(folder.name):
            return 0
        self._keep_arrived(folder, validity, arrived, next_uid)
        self._marks[folder.name] = (validity, next_uid)
        fresh = sum(one.state == MailState.NEW for one in arrived)
        if fresh or any(one.state == MailState.SET_ASIDE for one in arrived):
            self._kept()
        if arrived:
            log.info("mail_kept", new=fresh, counted_only=len(arrived) - fresh)
        return len(arrived)

    def _unknown(self, folder: Folder, validity: int, batch: Sequence[Listed]) -> Sequence[Listed]:
        uids = [one.uid for one in batch]
        with self._store.look(self._clock.now()) as tx:
            known = tx.mails.known_uids(self._settings.mailbox.address, folder.name, validity, uids)
        return [one for one in batch if one.uid not in known]

    def _keep_arrived(self, folder: Folder, validity: int, arrived: Sequence[Arrived], next_uid: int) -> None:
        address = self._settings.mailbox.address
        if len(arrived) == 1 and arrived[0].raw is not None:  # most come by themselves, and are waited for
            with self._store.statement(self._clock.now()) as tx:
                tx.mails.keep_one(address, folder.name, folder.role, validity, arrived[0], next_uid)
            return
        with self._store.transaction(self._clock.now()) as tx:
            tx.mails.keep(address, folder.name, folder.role, validity, arrived)
            tx.folders.mark(address, folder.name, validity, next_uid)

    def _arrive(self, mailbox: Mailbox, folder: str, new: Sequence[Listed]) -> Iterator[Arrived]:
        """Each new message as it enters the ledger: with its bytes, or only counted."""
        wanted: dict[int, Listed] = {}
        largest = self._settings.mailbox.largest_mail_mb * 1024 * 1024
        for one in new:
            if one.came_at < self._settings.mailbox.start_from:
                yield Arrived(one.uid, one.came_at, one.size, MailState.BEFORE_US)
            elif one.size > largest:
                yield Arrived(one.uid, one.came_at, one.size, MailState.SET_ASIDE, error=f"larger than {largest} bytes")
            elif one.raw:
                self._empty.pop((folder, one.uid), None)
                yield Arrived(one.uid, one.came_at, one.size, MailState.NEW, one.raw)
            else:
                wanted[one.uid] = one
        if not wanted:
            return
        for uid, raw in mailbox.fetch(folder, list(wanted)):
            one = wanted.pop(uid)
            self._empty.pop((folder, uid), None)
            yield Arrived(uid, one.came_at, one.size, MailState.NEW, raw)
        yield from self._missing(mailbox, folder, wanted)

    def _missing(self, mailbox: Mailbox, folder: str, missing: dict[int, Listed]) -> Iterator[Arrived]:
        """What was listed and did not come: gone, or there and empty, and then tried again before it is set aside."""
        if not missing:
            return
        still_there = {one.uid for one in mailbox.list_from(folder, min(missing))}
        for uid, one in missing.items():
            tries = self._empty.get((folder, uid), 0) + 1
            if uid not in still_there:
                self._empty.pop((folder, uid), None)
                yield Arrived(uid, one.came_at, one.size, MailState.GONE)
            elif tries < _TRIES:
                self._empty[folder, uid] = tries
            else:
                self._empty.pop((folder, uid), None)
                yield Arrived(
                    uid,
                    one.came_at,
                    one.size,
                    MailState.SET_ASIDE,
                    error="the server announces it and gives nothing",
                )

    def _mark(self, folder: str, validity: int, next_uid: int) -> None:
        if self._marks.get(folder) != (validity, next_uid):
            with self._store.transaction(self._clock.now()) as tx:
                tx.folders.mark(self._settings.mailbox.address, folder, validity, next_uid)
            self._marks[folder] = (validity, next_uid)

    # -- adding up

    def _reconcile(self, mailbox: Mailbox) -> None:
        """At the first quiet moment after a start and then daily: what the ledger lacks is taken in, and told."""
        now, box = self._clock.now(), self._settings.mailbox
        if not self._reconciles(now):
            return
        with self._store.look(now) as tx:
            compared = reconcile.compare(mailbox, tx, box, self._folders)
        for one in compared.differences:
            if one.ours:
                strays = reconcile.fetched(mailbox, box, one)
                with self._store.transaction(now) as tx:
                    reconcile.take_in(tx, box, one, strays)
            else:
                self._mark(one.folder.name, one.uidvalidity, min(one.uids))
                self._keep_new(mailbox, one.folder, one.uidvalidity)
        with self._store.transaction(now) as tx:
            reconcile.record(self._office, tx, compared)
        self._reconciled_at = now
        if compared.differences:
            self._kept()

    def _reconciles(self, now: datetime) -> bool:
        return not timedelta(0) <= now - self._reconciled_at < _RECONCILE_EVERY

    # -- Sent

    def _note_hand_replies(self, mailbox: Mailbox, validity: int, uidnext: int) -> None:
        """What staff have answered by hand (E7), and which drafts of ours they have sent."""
        known_validity, first = self._marks.get(self._sent, (0, 0))
        if known_validity == validity and first >= uidnext:
            return
        if known_validity != validity:
            first = self._first_since_start(mailbox, uidnext)
        copies = mailbox.sent_since(self._sent, first) if first < uidnext else []
        with self._store.transaction(self._clock.now()) as tx:
            ours = {row["message_id"]: row for row in tx.letters.with_message_ids([copy.message_id for copy in copies])}
            for copy in copies:
                if letter := ours.get(copy.message_id):
                    delivery.found_in_sent(self._office, tx, letter)
            tx.folders.answered_by_hand(
                [message_id for copy in copies if copy.message_id not in ours for message_id in copy.replies_to]
            )
            tx.folders.mark(self._settings.mailbox.address, self._sent, validity, uidnext)
        self._marks[self._sent] = (validity, uidnext)

    def _first_since_start(self, mailbox: Mailbox, uidnext: int) -> int:
        """Where to begin in a Sent folder seen for the first time: years of old answers are before us."""
        listed = mailbox.list_from(self._sent, 1)
        return min((one.uid for one in listed if one.came_at >= self._settings.mailbox.start_from), default=uidnext)

    # -- filing

    def _file(self, mailbox: Mailbox) -> bool:
        """Whether finished mail was moved out of INBOX; what staff or rules put elsewhere stays where it is."""
        box = self._settings.mailbox
        now = self._clock.now()
        since = now - self._filed_at
        if not self._files or timedelta(0) <= since < timedelta(seconds=box.file_every_seconds):
            return False
        with self._store.look(now) as tx:
            rows = tx.mails.to_file(box.address, "INBOX")
        if not rows:
            return False
        self._filed_at = now
        validity = self._marks.get("INBOX", (0, 1))[0]
        for folder, handled in ((box.folders.handled, True), (box.folders.needs_a_person, False)):
            here = [row for row in rows if (row["state"] == MailState.HANDLED) is handled]
            mailbox.move("INBOX", [row["uid"] for row in here if row["uidvalidity"] == validity], folder)
        with self._store.transaction(now) as tx:
            tx.mails.filed([row["id"] for row in rows])
        log.info("mail_filed", count=len(rows))
        return True

    @property
    def _files(self) -> bool:
        return self._settings.mailbox.file_finished and self._settings.mode != "observe"

    def _patience(self, *, kept: bool) -> float:
        """How long to wait for a change: until the next look at every folder, or until something may be filed."""
        box = self._settings.mailbox
        now = self._clock.now()
        due = [box.renew_idle_seconds, box.look_every_seconds - (now - self._looked_at).total_seconds()]
        if self._files and (kept or self._any_unfiled(now)):
            due.append(box.file_every_seconds - (now - self._filed_at).total_seconds())
        if self._reconciles(now):
            due.append(_BREATH)
        return max(0.05, min(due))

    def _any_unfiled(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            return tx.mails.any_unfiled(self._settings.mailbox.address, "INBOX")


def _batches(listed: Sequence[Listed]) -> Iterator[list[Listed]]:
    batch: list[Listed] = []
    size = 0
    for one in listed:
        if batch and (len(batch) >= _BATCH or size + one.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch
