"""The mailbox misbehaves."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from bench.faults.fault import Fault
from bench.faults.round import Round
from mailbot.mailboxes.imap import SMALL
from mailbot.store import MailState
from tests.servers.proxy import Change

Happens = Callable[[Round], None]

_THROTTLED = b"NO Request is throttled. Suggested Backoff Time: %d milliseconds\r\n* BYE Connection closed. 14\r\n"
_PAUSE = 4.0  # seconds: longer than it would wait by itself


def _cut(verb: bytes, *, after: bool = False) -> Happens:
    """The connection breaks as the client says that word, or when the server has done it and not yet said so."""

    def fault(one: Round) -> None:
        one.desk.start()
        one.asks()
        one.settle()
        one.proxy.break_at(verb, after=after)
        one.asks(2)
        one.settle()
        one.happened(one.proxy.struck == 1)

    return fault


def _says(verb: bytes, words: bytes) -> Happens:
    def fault(one: Round) -> None:
        one.proxy.answer(verb, words)
        one.desk.start()
        one.asks(2)
        one.settle()
        one.happened(one.proxy.struck == 1)

    return fault


def _throttled(verb: bytes) -> Happens:
    """The server says for how long it wants to be left alone; nobody may knock before."""

    def fault(one: Round) -> None:
        _says(verb, _THROTTLED % (_PAUSE * 1000))(one)
        again = one.proxy.when(b"* OK", after=one.proxy.struck_at)
        if again is None or again - one.proxy.struck_at < _PAUSE:
            one.faults.append("lost: the pause that the server asked for")

    return fault


def _stalls(one: Round) -> None:
    """Nothing passes any more and nobody is told: what a path that drops packets looks like from both ends."""
    one.desk.start()
    one.asks()
    one.settle()
    one.proxy.stalled = True
    one.asks(2)
    one.wait(6)
    one.proxy.stalled = False
    one.settle()


def _trickles(one: Round) -> None:
    one.proxy.pause = 0.002
    one.desk.start()
    one.asks(2)
    one.settle()


def _staff(deed: str) -> Happens:
    """Staff read, move or delete mail while mailbot is at work."""

    def fault(one: Round) -> None:
        one.moved = deed == "move"
        one.desk.start()
        for _ in range(3):
            one.asks()
            _does(one, deed)
        one.settle()

    return fault


def _just_before(deed: str, word: bytes) -> Happens:
    """The same between mailbot's own two words: it has listed the message and fetches it, or moves it."""

    def fault(one: Round) -> None:
        one.moved = deed == "move"
        one.desk.start()
        one.asks()
        one.settle()
        one.proxy.before(word, lambda: _does(one, deed))
        one.asks(2)
        one.settle()
        one.happened(one.proxy.struck == 1)

    return fault


def _does(one: Round, deed: str) -> None:
    with one.desk.imap() as imap:
        imap.select_folder("INBOX")
        uids = imap.search("ALL")
        if not uids:
            return
        if deed == "read":
            imap.add_flags(uids, ["\\Seen"])
        elif deed == "move":
            if not imap.folder_exists("Ann's"):
                imap.create_folder("Ann's")
            imap.move(uids, "Ann's")
        else:
            imap.delete_messages(uids)
            imap.expunge()
            one.gone += len(uids)
            one.desk.was_taken_out(len(uids))


def _empty(times: int) -> Happens:
    """The server announces a message and gives nothing of it, so many times; those beside it are whole (R6)."""

    def fault(one: Round) -> None:
        one.desk.start()
        one.asks()
        one.settle()
        one.proxy.changes = [
            Change(f"BODY.PEEK[]<0.{SMALL}>".encode(), b"BODY.PEEK[]<0.0>", from_server=False),
            Change(b"BODY.PEEK[])", b"BODY.PEEK[]<0.0>)", from_server=False, times=times),
            Change(b"BODY[]<0>", b"BODY[]"),
        ]
        one.asks()
        one.settle()
        one.happened(one.proxy.struck >= min(times, 3))
        one.proxy.changes = []
        one.asks(2)
        one.settle()
        with one.desk.ledger() as tx:
            aside = tx.mails.count_by_state().get(MailState.SET_ASIDE, 0)
        if aside != int(times >= 3):
            one.faults.append(f"lost: {aside} mails are set aside")
        one.told(int(times >= 3))

    return fault


def _new_mailbox(one: Round) -> None:
    """The whole mailbox is deleted and made again, while mailbot waits in it: its numbers begin anew."""
    one.desk.start()
    one.asks(3)
    one.settle()
    sent = one.desk.folders().get("Sent", 0)
    one.gone += sum(one.desk.folders().values()) - sent
    shutil.rmtree(one.desk.dovecot.root / "mail" / one.desk.address)
    one.asks(2)
    one.wait(2)
    one.settle()


def _made_again(one: Round) -> None:
    """A folder is deleted and made again: UIDVALIDITY changes, and its numbers mean other messages."""
    with one.desk.imap() as imap:
        imap.create_folder("Post")
    one.desk.start()
    one.asks()
    one.settle()
    with one.desk.imap() as imap:
        imap.select_folder("Handled")
        imap.copy(imap.search("ALL"), "Post")
    one.given += 1
    one.settle()
    with one.desk.imap() as imap:
        imap.rename_folder("Post", "Elsewhere")
        imap.create_folder("Post")
    one.asks()
    one.wait(2)
    one.settle()


def _two_daemons(one: Round) -> None:
    one.desk.start()
    with one.desk.another():
        one.asks(3)
        one.settle()


_HAPPENS: dict[str, Happens] = {
    "gone in IDLE": _cut(b"IDLE"),
    "gone in FETCH": _cut(b"BODY.PEEK[]"),
    "gone in MOVE": _cut(b" MOVE "),
    "gone after MOVE, before its answer": _cut(b" MOVE ", after=True),
    "BYE at SELECT": _says(b" SELECT ", b"NO [UNAVAILABLE] later\r\n* BYE shutting down\r\n"),
    "stalled: a proxy swallows everything": _stalls,
    "trickling": _trickles,
    "announced and empty, then whole": _empty(2),
    "announced and empty for good": _empty(1000),
    "read by staff meanwhile": _staff("read"),
    "moved by staff meanwhile": _staff("move"),
    "expunged by staff meanwhile": _staff("expunge"),
    "read by staff before it is fetched": _just_before("read", b"BODY.PEEK[]"),
    "moved by staff before it is fetched": _just_before("move", b"BODY.PEEK[]"),
    "moved by staff before it is filed": _just_before("move", b" MOVE "),
    "expunged by staff before it is fetched": _just_before("expunge", b"BODY.PEEK[]"),
    "expunged by staff before it is filed": _just_before("expunge", b" MOVE "),
    "two daemons on one mailbox": _two_daemons,
    "a folder made again (UIDVALIDITY)": _made_again,
    "the mailbox deleted and made again": _new_mailbox,
}
# the server keeps Sent copies itself: there is only the one connection to look at
_ALONE = {"SENDER__KEEPS_SENT_COPIES": "true"}
FAULTS = {
    **{name: Fault(happens) for name, happens in _HAPPENS.items()},
    "throttled at LOGIN, with a back-off": Fault(_throttled(b" LOGIN "), _ALONE),
    "throttled at FETCH, with a back-off": Fault(_throttled(b" FETCH "), _ALONE),
}
