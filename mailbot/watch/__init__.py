"""Watches mailbot itself: finds what is an alarm, tells it by another road than the mailbox, and if it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from mailbot.actions import Office
from mailbot.clock import Clock
from mailbot.letters import AlarmFacts
from mailbot.loop import Worker
from mailbot.mail import MOST_READ
from mailbot.store import Store
from mailbot.watch import alarms, supervisor
from mailbot.watch.alarms import Alarm
from mailbot.watch.roads import Roads

log = structlog.get_logger()

_AGAIN = timedelta(minutes=1)  # after which an alarm that no road took is tried again
_LONGEST_STEP = 30 * 60.0  # seconds: more than any server may be waited for


class Watch:
    """One look at a time; each alarm is told once, again while it lasts, and once more when it is over."""

    def __init__(self, office: Office, store: Store, clock: Clock, loops: Sequence[Worker]) -> None:
        self._office, self._store, self._clock, self._loops = office, store, clock, loops
        self._roads = Roads(office)
        self._next: dict[str, datetime] = {}
        self._told: dict[str, Alarm] = {}
        self._claimed: set[str] = set()
        self.alarms: dict[str, Alarm] = {}
        self.longest = max(_LONGEST_STEP, office.settings.reading.seconds * MOST_READ + 120)

    @property
    def is_stuck(self) -> bool:
        """Whether only a new start helps."""
        return any(loop.is_stuck(self.longest) for loop in self._loops)

    def step(self) -> bool:
        """Look at everything once. Says False: there is always time until the next look."""
        now = self._clock.now()
        found = self.alarms = {alarm.name: alarm for alarm in self._find(now)}
        if not self.is_stuck:
            supervisor.tell("WATCHDOG=1", f"STATUS={'; '.join(found) or 'all is well'}")
        for alarm in found.values():
            if now >= self._next.get(alarm.name, now):
                self._tell(alarm, now)
        for name in [name for name in self._told if name not in found]:
            self._say_over(self._told.pop(name), now)
        self._next = {name: moment for name, moment in self._next.items() if name in found}
        return False

    def _find(self, now: datetime) -> list[Alarm]:
        found = list(alarms.of_loops(self._loops, self._office, now, self.longest))
        found += alarms.of_machine(self._office, now)
        try:
            with self._store.look(now) as tx:
                found += alarms.of_store(self._office, tx)
        except Exception as error:  # drivers raise what they like, and this must be told all the same
            since = self.alarms["database"].since if "database" in self.alarms else now
            found.append(alarms.of_database(error, since))
        return found

    def _tell(self, alarm: Alarm, now: datetime) -> None:
        if alarm.name not in self._claimed and not self._is_ours(alarm, now):
            self._next[alarm.name] = now + timedelta(hours=1)  # another process has told it
            return
        self._claimed.add(alarm.name)
        if not self._roads.any:
            self._write(alarm, now)
        elif not self._roads.tell(alarm, now):
            self._next[alarm.name] = now + _AGAIN
            return
        log.error("alarm", alarm=alarm.name, what=alarm.what)
        self._claimed.discard(alarm.name)
        self._told[alarm.name] = alarm
        self._next[alarm.name] = now + timedelta(hours=self._office.settings.alarms.repeat_hours)

    def _is_ours(self, alarm: Alarm, now: datetime) -> bool:
        """Of several processes, or of starts in a row, one tells it in an hour; without a database, each does."""
        try:
            with self._store.transaction(now) as tx:
                return tx.switches.claim_slot("alarm", f"{alarm.name} {now:%Y-%m-%dT%H}")
        except Exception:  # the alarm may be about the database
            return True

    def _write(self, alarm: Alarm, now: datetime) -> None:
        """Without another road: a letter to staff, unless they have one about it."""
        if alarm.by_letter or alarm.name == "database":
            return
        facts = AlarmFacts(alarm.what, alarm.since, alarm.fix)
        cause = f"alarm:{alarm.name}:{now:%Y-%m-%dT%H}"
        with self._store.transaction(now) as tx:
            for address in self._office.settings.staff.addresses:
                tx.letters.put(self._office.letters.write("alarm", address, facts, cause=cause, now=now), cause)

    def _say_over(self, alarm: Alarm, now: datetime) -> None:
        log.warning("alarm_over", alarm=alarm.name)
        if self._roads.any:
            self._roads.tell(alarm, now, over=True)
