"""Attachments -> readings, in the sandbox; a request for the form never waits behind somebody's scan."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

import parsers
from mailbot.clock import Clock
from mailbot.mail import MOST_READ, Mail, parse
from mailbot.settings import Settings
from mailbot.store import MailState, Store
from mailbot.store.mails import STRIKES, Taken
from parsers import MAIL_TEXT, File, Limits, Reading, load_forms

log = structlog.get_logger()


def files_to_read(mail: Mail) -> list[File]:
    """The files of a mail that may be, or hold, a form."""
    return [File(one.name, one.data) for one in mail.to_read]


def limits(settings: Settings) -> Limits:
    """What one child process may use, as the team has set it."""
    return Limits(**settings.reading.model_dump())


def read_files(files: list[File], settings: Settings, now: datetime) -> list[Reading]:
    """What the files of one mail are; each in a child process of its own."""
    today = now.astimezone(settings.meeting.zone).date()
    return parsers.read(files, settings.folder / "forms", limits(settings), today, settings.referrals.form)


def read_mail(mail: Mail, settings: Settings, now: datetime) -> list[Reading]:
    """What the files of a mail are; where none is a filled-in form, its own words may be one (B5)."""
    readings = read_files(files_to_read(mail), settings, now)
    if any(answer.raw for reading in readings for answer in reading.answers.values()):
        return readings
    words = mail.words_of_form(load_forms(settings.folder / "forms"), settings.own_names)
    return [*readings, *read_files([File(MAIL_TEXT, words.encode())], settings, now)] if words else readings


class Reader:
    """Reads the files of mails that wait for it, one mail at a time."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, done: Callable[[], None]) -> None:
        self._settings, self._store, self._clock, self._done = settings, store, clock, done

    def step(self) -> bool:
        """Whether a mail's files were read."""
        with self._store.look(self._clock.now()) as tx:
            if not tx.mails.any_waits(MailState.READING):
                return False
        longest = timedelta(seconds=self._settings.reading.seconds * MOST_READ + 60)
        with self._store.transaction(self._clock.now()) as tx:
            taken = tx.mails.take(MailState.READING, 1, longest)
        for mail in taken:
            self._read(mail)
        return bool(taken)

    def _read(self, taken: Taken) -> None:
        try:
            if taken.strikes > STRIKES:
                raise RuntimeError(f"the process ended {STRIKES} times while reading it")  # noqa: TRY301 - one way out
            readings = read_mail(parse(taken.raw), self._settings, self._clock.now())
            with self._store.transaction(self._clock.now()) as tx:
                if tx.mails.move(taken.id, MailState.READY, [MailState.READING]):
                    tx.mails.keep_readings(taken.id, [reading.to_json() for reading in readings])
            log.info("files_read", mail=taken.id, files=len(readings), forms=sum(one.is_form for one in readings))
        except Exception:  # one bad mail never stops the line
            with self._store.transaction(self._clock.now()) as tx:
                tx.mails.move(taken.id, MailState.SET_ASIDE, error=traceback.format_exc())
            log.error("mail_set_aside", mail=taken.id, step="read")  # noqa: TRY400 - the traceback is kept with the mail
        self._done()
