"""The timetable: `tick` finds what is due and does each thing once; APScheduler only rings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.actions import Office, canary
from mailbot.clock import Clock
from mailbot.jobs import bank_holidays, chase, invitations, once, remind
from mailbot.meeting import digests_due
from mailbot.store import Store

log = structlog.get_logger()


class Timetable:
    """What is due, by the clock that was passed in: exactly once, also after the process was down at that minute."""

    def __init__(self, office: Office, store: Store, clock: Clock, done: Callable[[], None]) -> None:
        self._office, self._store, self._clock, self._done = office, store, clock, done

    def tick(self, now: datetime) -> bool:
        """Do what is due at this moment; whether anything was."""
        did = [
            self._bank_holidays(now),
            self._invitations(now),
            self._digests(now),
            self._reminders(now),
            self._gaps(now),
            self._canary(now),
        ]
        if any(did):
            self._done()
        self._seal(now)
        return any(did)

    def _bank_holidays(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            days = bank_holidays.to_ask(self._office, tx)
        if not days:
            return False
        with self._store.transaction(now) as tx:
            return bank_holidays.ask(self._office, tx) > 0

    def _invitations(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            if not invitations.are_due(self._office, tx):
                return False
        with self._store.transaction(now) as tx:
            return invitations.send(self._office, tx) > 0

    def _digests(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            changes = tx.meetings.changes()
        due = digests_due(self._first_start(now), now, self._office.settings.meeting, changes)
        return sum(once.send(self._office, self._store, now, meeting) for meeting in due) > 0

    def _first_start(self, now: datetime) -> datetime:
        """Digests that fell due before mailbot's very first start are not its own."""
        with self._store.look(now) as tx:
            known = tx.switches.get("first_start")
        if known is None:
            with self._store.transaction(now) as tx:
                known = tx.switches.remember("first_start", now.isoformat())
        return datetime.fromisoformat(known)

    def _reminders(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            if not tx.needs.waiting():
                return False
        with self._store.transaction(now) as tx:
            return chase.send(self._office, tx) > 0

    def _gaps(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            if not remind.is_due(self._office, tx):
                return False
        with self._store.transaction(now) as tx:
            return remind.send(self._office, tx) > 0

    def _canary(self, now: datetime) -> bool:
        with self._store.look(now) as tx:
            if not canary.is_due(self._office, tx):
                return False
        with self._store.transaction(now) as tx:
            return canary.send(self._office, tx)

    def _seal(self, now: datetime) -> None:
        """The audit trail: what was written since the last ring, in one commit."""
        with self._store.look(now) as tx:
            if not tx.chain.any_unsealed():
                return
        with self._store.transaction(now) as tx:
            count = tx.chain.seal()
            last = tx.chain.last()
        if count:
            log.info("audit_sealed", events=count, seal=last)

    # -- the bell

    def start(self) -> None:
        """Ring every few seconds, and once now for what fell due while nothing ran."""
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._ring,
            "interval",
            seconds=self._office.settings.ring_every_seconds,
            next_run_time=datetime.now(UTC),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)  # a tick is one transaction: it ends, or nothing of it is kept

    def _ring(self) -> None:
        try:
            self.tick(self._clock.now())
        except Exception as error:  # the next ring tries again; nothing is claimed that was not done
            log.exception("timetable_fault", error=type(error).__name__)
