"""The visible states of mails and letters."""

from __future__ import annotations

from enum import StrEnum


class MailState(StrEnum):
    """Every mail is in exactly one of these."""

    NEW = "new"  #: kept, not yet looked at
    READING = "reading"  #: has files that are being, or wait to be, read
    READY = "ready"  #: its files have been read
    HANDLED = "handled"  #: done
    NEEDS_PERSON = "needs_person"  #: waits for staff
    SET_ASIDE = "set_aside"  #: broke the code or its limits; `mailbot retry` takes it again
    BEFORE_US = "before_us"  #: was there before `start_from`; never answered
    GONE = "gone"  #: vanished before it was kept


class LetterState(StrEnum):
    """Every letter is in exactly one of these."""

    READY = "ready"  #: to be sent
    LEASED = "leased"  #: taken by a process that is about to send it
    SENDING = "sending"  #: being handed over: from here on it may have gone
    SENT = "sent"  #: the server took it
    IN_DOUBT = "in_doubt"  #: handed over, no answer came
    HELD = "held"  #: waits for a person
    FAILED = "failed"  #: refused for good
    DELIVERED_NOT = "delivered_not"  #: a delivery report says so
    CANCELLED = "cancelled"  #: will not be sent
