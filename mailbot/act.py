"""One transaction a mail: the kind acts, its letters go into the outbox, the mail is marked.

None of it waits for the disk: the mail itself is kept, and what the machine forgets is done again. Nothing has left by
then, for deliver's own commit is durable, and carries with it whatever was committed before.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import structlog

from mailbot.actions import Office, early, people
from mailbot.clock import Clock
from mailbot.kinds import KINDS
from mailbot.mail import Mail, parse
from mailbot.store import MailState, Store, Transaction
from mailbot.store.mails import STRIKES, Arrived, Marks, Taken
from mailbot.understand import as_kind, understand
from mailbot.understood import Understood, a_person_said_so
from parsers import Reading

log = structlog.get_logger()

_BATCH, _LEASE = 10, timedelta(minutes=5)
LONGEST = 120.0  # seconds for one mail, which takes a hundredth of one
#: what a rehearsal handles
_REQUEST = b"From: rehearsal@mailbot.example\r\nTo: %s\r\nSubject: Form\r\n\r\nPlease send us your referral form.\r\n"


class LeaseLostError(Exception):
    """Our lease on a mail ended while we worked on it, and another process took it."""


class Actor:
    """Handles mails whose readings are there, and passes on those whose files must be read first."""

    def __init__(
        self,
        office: Office,
        store: Store,
        clock: Clock,
        to_read: Callable[[], None],
        done: Callable[[], None],
    ) -> None:
        self._office, self._store, self._clock = office, store, clock
        self._to_read, self._done = to_read, done

    def step(self) -> bool:
        """Whether there was a mail to handle. A batch is leased in one commit; each mail is handled in its own."""
        with self._store.statement(self._clock.now(), durable=False) as tx:
            taken = tx.mails.take(MailState.NEW, _BATCH, _LEASE)
            again = len(taken) == _BATCH  # what comes after a smaller batch rings
            if not taken:  # a form that was read takes longer: one at a time, so that no request waits behind two
                taken = tx.mails.take(MailState.READY, 1, _LEASE)
                again = bool(taken)
            if any(mail.strikes > 1 for mail in taken):
                # A process ended while it held one of these: one at a time, or the others are struck down with it.
                tx.mails.give_back([mail.id for mail in taken[1:]])
                taken, again = taken[:1], True
        for mail in taken:
            with _ended_after(LONGEST):
                self._handle(mail)
        if taken:
            self._done()  # once: letters that leave together need one commit less each
        return again or (not taken and self._announce())  # a mail's answer is on its way: telling of others can wait

    def rehearse(self) -> None:
        """Act on a request from nobody: what is made once is there when the first mail comes. Nothing of it is kept."""
        for words in self._office.words.values():
            words.make_ready()
        self._office.encoder.asks("", "Nothing.")
        box, now = self._office.settings.mailbox.address, self._clock.now()
        raw = _REQUEST % box.encode()
        with self._store.look(now) as tx:
            understood = understand(self._office, tx, 0, parse(raw), [], "inbox", now)
        with (
            contextlib.suppress(LeaseLostError),
            self._store.rehearsal(now, durable=False) as tx,
        ):  # it has none
            (mail_id,) = tx.mails.keep(box, "", "inbox", 0, [Arrived(0, now, len(raw), MailState.NEW, raw)])
            tx.mails.take(MailState.NEW, 0, _LEASE)
            self._act_in(tx, replace(understood, mail_id=mail_id))

    def _handle(self, taken: Taken) -> None:
        try:
            if taken.strikes > STRIKES:
                raise RuntimeError(f"the process ended {STRIKES} times while handling it")  # noqa: TRY301 - one way out
            mail = parse(taken.raw)
            if taken.state == MailState.NEW and self._must_be_read(mail):
                self._pass_on(taken, mail)
            else:
                self._act(taken, mail)
        except LeaseLostError:
            log.warning("lease_lost", mail=taken.id)
        except Exception:  # one bad mail never stops the line
            with self._store.transaction(self._clock.now()) as tx:
                tx.mails.move(taken.id, MailState.SET_ASIDE, error=traceback.format_exc())
            log.error("mail_set_aside", mail=taken.id, step="act")  # noqa: TRY400 - the traceback is kept with the mail

    def _must_be_read(self, mail: Mail) -> bool:
        office = self._office
        return bool(mail.readable) or bool(mail.words_of_form([office.form], office.settings.own_names))

    def _pass_on(self, taken: Taken, mail: Mail) -> None:
        with self._store.transaction(self._clock.now(), durable=False) as tx:
            if tx.mails.move(taken.id, MailState.READING, [MailState.NEW]):
                understood = understand(self._office, tx, taken.id, mail, [], taken.role, taken.came_at)
                early.tell(self._office, tx, understood)
        self._to_read()
        self._done()

    def _act(self, taken: Taken, mail: Mail) -> None:
        understood = self._understand(taken, mail)
        with self._store.transaction(self._clock.now(), durable=False) as tx:
            state = self._act_in(tx, understood)
        why = [one.rule for one in understood.why]
        log.info("mail_handled", mail=taken.id, kind=understood.kind, state=state, why=why)

    def _act_in(self, tx: Transaction, understood: Understood) -> MailState:
        """The state that the mail is in now; raises LeaseLostError."""
        mail_id = understood.mail_id
        KINDS[understood.kind].act(self._office, tx, understood)
        why = [one.rule for one in understood.why]
        state = tx.finish(mail_id, marks(understood), "mail_handled", kind=understood.kind, why=why)
        if state is None:
            raise LeaseLostError  # somebody else has the mail now: nothing of this may be kept
        return state

    def _understand(self, taken: Taken, mail: Mail) -> Understood:
        """Before the transaction, so that letters leave meanwhile: it takes longer than acting, and changes nothing."""
        with self._store.look(self._clock.now()) as tx:
            kept = tx.mails.readings(taken.id) if taken.state == MailState.READY else None
            readings = [Reading.from_json(one) for one in kept or ()]
            of = (self._office, tx, taken.id, mail, readings, taken.role, taken.came_at)
            return as_kind(*of, taken.kind) if taken.kind and a_person_said_so(taken.why) else understand(*of)

    def _announce(self) -> bool:
        """Whether staff were told of a mail set aside; each is told of once."""
        now = self._clock.now()
        with self._store.look(now) as tx:
            unannounced = tx.mails.set_aside_unannounced()
        for mail_id in unannounced:
            with self._store.transaction(now) as tx:
                people.ask_about_set_aside(self._office, tx, mail_id)
            self._done()
        return bool(unannounced)


@contextlib.contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """End the process if this takes longer: it is started again, and the third strike sets the mail aside.

    A hang in a regular expression or in C holds every other thread, and nothing in Python could end it: a signal does,
    which costs a mail nothing, where a watching thread would hold all others each time while it starts and ends. What
    is written to the log then names places in the code, and no words of the mail.
    """
    faulthandler.register(signal.SIGALRM, file=2, chain=True)  # and then what the signal does by itself: it ends us
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def marks(understood: Understood) -> Marks:
    """What the ledger keeps of it."""
    mail = understood.mail
    return Marks(
        kind=understood.kind,
        why=[why.to_json() for why in understood.why],
        message_id=mail.message_id or None,
        content=mail.content,
        sender=mail.sender.address,
        subject=understood.subject[:500],
    )
