"""The mailbox misbehaves."""

from __future__ import annotations

from collections.abc import Callable

from bench.faults.round import Round

Fault = Callable[[Round], None]

_THROTTLED = b"NO Request is throttled. Suggested Backoff Time: 1500 milliseconds\r\n* BYE Connection closed. 14\r\n"


def _cut(verb: bytes, *, after: bool = False) -> Fault:
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


def _says(verb: bytes, words: bytes) -> Fault:
    def fault(one: Round) -> None:
        one.proxy.answer(verb, words)
        one.desk.start()
        one.asks(2)
        one.settle()
        one.happened(one.proxy.struck == 1)

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


def _staff(deed: str) -> Fault:
    """Staff read, move or delete mail while mailbot is at work."""

    def fault(one: Round) -> None:
        one.desk.start()
        for _ in range(3):
            one.asks()
            with one.desk.imap() as imap:
                imap.select_folder("INBOX")
                uids = imap.search("ALL")
                if deed == "read":
                    imap.add_flags(uids, ["\\Seen"])
                elif deed == "move" and uids:
                    if not imap.folder_exists("Ann's"):
                        imap.create_folder("Ann's")
                    imap.move(uids, "Ann's")
                elif uids:
                    imap.delete_messages(uids)
                    imap.expunge()
        one.settle()

    return fault


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


FAULTS: dict[str, Fault] = {
    "gone in IDLE": _cut(b"IDLE"),
    "gone in FETCH": _cut(b"BODY.PEEK[]"),
    "gone in MOVE": _cut(b" MOVE "),
    "gone after MOVE, before its answer": _cut(b" MOVE ", after=True),
    "BYE at SELECT": _says(b" SELECT ", b"NO [UNAVAILABLE] later\r\n* BYE shutting down\r\n"),
    "throttled at LOGIN, with a back-off": _says(b" LOGIN ", _THROTTLED),
    "throttled at FETCH, with a back-off": _says(b" FETCH ", _THROTTLED),
    "stalled: a proxy swallows everything": _stalls,
    "trickling": _trickles,
    "read by staff meanwhile": _staff("read"),
    "two daemons on one mailbox": _two_daemons,
    "a folder made again (UIDVALIDITY)": _made_again,
}
