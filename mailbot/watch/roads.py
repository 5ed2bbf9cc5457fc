"""The other roads that alarms leave by: a second SMTP account, a webhook. Without either, a letter like all others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import structlog
from pydantic import SecretStr

from mailbot import wording
from mailbot.actions import Office
from mailbot.errors import DeliveryError
from mailbot.letters import AlarmFacts, Letters, assemble
from mailbot.senders import webhook
from mailbot.senders.smtp import Smtp
from mailbot.settings import SenderSettings, Settings
from mailbot.watch.alarms import Alarm

log = structlog.get_logger()


class Roads:
    """Tells alarms, and knows nothing of why there are any."""

    def __init__(self, office: Office) -> None:
        self._office, self._alarms = office, office.settings.alarms
        self._to = self._alarms.addresses or office.settings.staff.addresses
        self._webhook = self._alarms.webhook.get_secret_value()
        self._from_us = _as_second_account(office.settings)
        self._letters = Letters(self._from_us) if self._alarms.host else None

    @property
    def any(self) -> bool:
        """Whether there is a road of its own."""
        return bool(self._letters or self._webhook)

    def tell(self, alarm: Alarm, now: datetime, *, over: bool = False) -> bool:
        """Whether it was told by at least one road."""
        told = [self._try(road, alarm, now, over) for road in self._roads()]
        return any(told)

    def _roads(self) -> Iterator[str]:
        if self._webhook:
            yield "webhook"
        if self._letters:
            yield "smtp"

    def _try(self, road: str, alarm: Alarm, now: datetime, over: bool) -> bool:
        facts = AlarmFacts(alarm.what, alarm.since, alarm.fix, over=over)
        try:
            if road == "webhook":
                webhook.post(self._webhook, self._words(facts))
            else:
                self._send(facts, alarm.name, now)
        except DeliveryError as error:
            log.error("alarm_not_told", road=road, alarm=alarm.name, error=str(error))  # noqa: TRY400 - in plain words
            return False
        return True

    def _words(self, facts: AlarmFacts) -> str:
        settings = self._office.settings
        head = "Over" if facts.over else "Alarm"
        since = wording.when(facts.since, settings.meeting.zone)
        words = f"{head}: mailbot of {settings.service.short_name}. {facts.what}, since {since}."
        return words if facts.over else f"{words} {facts.fix}"

    def _send(self, facts: AlarmFacts, name: str, now: datetime) -> None:
        """A connection for each alarm: they are few, and none may wait for another."""
        assert self._letters is not None
        smtp = Smtp(_as_sender(self._from_us), self._from_us.mailbox)
        try:
            for address in self._to:
                letter = self._letters.write("alarm", address, facts, cause=f"{name}:{now.isoformat()}", now=now)
                raw = assemble(letter.skeleton, lambda _: b"")
                smtp.send(self._from_us.mailbox.address, [address], raw)
        finally:
            smtp.close()


def _as_second_account(settings: Settings) -> Settings:
    """As if the second account were the mailbox: nothing of the mailbox's own sign-in goes to another server."""
    alarms = settings.alarms
    mailbox = settings.mailbox.model_copy(
        update={
            "address": alarms.sender or settings.mailbox.address,
            "username": alarms.username or "-",
            "password": SecretStr(""),
            "ca_file": None,
        }
    )
    return settings.model_copy(update={"mailbox": mailbox})


def _as_sender(settings: Settings) -> SenderSettings:
    alarms = settings.alarms
    return SenderSettings(
        host=alarms.host,
        port=alarms.port,
        username=alarms.username or "-",
        password=alarms.password,
        tls=alarms.tls,
        plain_allowed=alarms.plain_allowed,
        ca_file=alarms.ca_file,
        answer_timeout_seconds=60,
    )
