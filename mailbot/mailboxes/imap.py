"""A team mailbox over IMAP (RFC 3501), with IDLE, MOVE, UIDPLUS and SPECIAL-USE where the server has them."""

from __future__ import annotations

import contextlib
import imaplib
import re
import select
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from itertools import groupby
from typing import Any

from imapclient import IMAPClient
from imapclient.response_parser import parse_fetch_response

from mailbot.mailboxes import Folder, Held, Listed, Position, Role, SentCopy, roles, session
from mailbot.mailboxes.idle import idle
from mailbot.settings import MailboxSettings

SEARCHED = 100_000  # UIDs in one search: imaplib reads no line of more than a million bytes
LISTED, PARTS = 5_000, 100  # UIDs in one listing; and how many listings there may be where numbers have large gaps
FEW, SMALL = 10, 64 * 1024  # messages of which the bytes come along with a listing; and bytes of each, less one
THREADING = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]"


class Imap:
    """One signed-in IMAP connection. Renew it at least hourly: servers forget long ones without saying so."""

    def __init__(self, client: IMAPClient, settings: MailboxSettings) -> None:
        self._client, self._settings = client, settings
        self._selected: str | None = None
        self._fresh = False  # whether the view of the selected folder was renewed since it was last listed
        self._uidnext = 0  # of the selected folder
        self._looked_to: dict[str, int] = {}  # each folder's UIDNEXT when the caller last looked at it
        self._idles = 0

    @classmethod
    def connect(cls, settings: MailboxSettings) -> Imap:
        """Connect and sign in; raises MailboxError, and SignInRefused where the password is wrong."""
        return cls(session.open_session(settings), settings)

    @property
    def round_trips(self) -> int:
        """How often the server was waited for: each command has a tag, and IDLE waits twice."""
        return int(self._client._imap.tagnum) + self._idles  # noqa: SLF001 - imaplib counts them anyway

    def folders(self) -> list[Folder]:
        with self._doing("listing the folders"):
            named = self._settings.folders
            given: dict[str, Role] = {named.sent: "sent", named.drafts: "drafts", named.junk: "junk"}
            return roles.folders(self._client.list_folders(), given)

    def positions(self, names: Sequence[str]) -> Mapping[str, Position]:
        with self._doing("looking at the folders"):
            found = {name: self._position(name) for name in names}
            return {name: position for name, position in found.items() if position is not None}

    def held(self, folder: str, below: int) -> Held:
        with self._doing("counting a folder"):
            validity = self._open(folder).uidvalidity
            ranges = ((first, min(first + SEARCHED, below) - 1) for first in range(1, below, SEARCHED))
            found = [uid for first, last in ranges for uid in self._client.search(["UID", f"{first}:{last}"])]
            return Held(validity, tuple(uid for uid in found if uid < below))

    def list_from(self, folder: str, uid: int) -> list[Listed]:
        with self._doing("listing a folder"):
            rows = self._fetch_from(folder, uid, "(UID INTERNALDATE RFC822.SIZE)")
            return [_listed(found, row) for found, row in rows if b"RFC822.SIZE" in row]

    def news_from(self, folder: str, uid: int) -> list[Listed]:
        with self._doing("listing what is new"):
            self._renew(folder)
            rows = self._rows(f"{uid}:{uid + FEW - 1}", f"(UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{SMALL}>)")
            few = [_listed(found, row) for found, row in rows if b"RFC822.SIZE" in row]
        if few and few[-1].uid < uid + FEW - 1:
            return few
        return few + self.list_from(folder, few[-1].uid + 1 if few else uid)

    def fetch(self, folder: str, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        with self._doing("fetching mail"):
            self._select(folder)
            rows = self._client.fetch(list(uids), ["RFC822.SIZE", "BODY.PEEK[]"])
            raws = ((uid, row.get(b"BODY[]") or b"", row.get(b"RFC822.SIZE", 0)) for uid, row in rows.items())
            return iter([(uid, raw) for uid, raw, size in raws if _is_whole(raw, size)])

    def sent_since(self, folder: str, uid: int) -> list[SentCopy]:
        items = f"(UID {THREADING})"
        with self._doing("looking at what was sent"):
            return [_sent_copy(found, row) for found, row in self._fetch_from(folder, uid, items)]

    def move(self, folder: str, uids: Collection[int], to: str) -> None:
        if not uids:  # an empty set is a syntax error
            return
        with self._doing("moving mail"):
            self._select(folder)
            self._into(to, lambda: self._move(_as_set(uids), to))

    def find(self, folder: str, message_ids: Sequence[str]) -> Collection[str]:
        with self._doing("looking for letters"):
            self._open(folder)
            found = self._client.search(_with_any_of(message_ids)) if message_ids else []
            if not found or len(message_ids) == 1:
                return message_ids if found else ()
            return [one for one in message_ids if self._client.search(_with_any_of([one]))]

    def append(self, folder: str, raw: bytes, *, draft: bool = False) -> None:
        flags = ("\\Seen", "\\Draft") if draft else ("\\Seen",)
        with self._doing("putting a letter into a folder"):
            self._into(folder, lambda: self._append(folder, raw, flags))

    def wait(self, folder: str, seconds: float, wake: int) -> None:
        """As the protocol says; without IDLE at most `look_every_seconds`."""
        with self._doing("waiting for mail"):
            self._select(folder)
            if self._has_news(folder):
                return
            if not self._client.has_capability("IDLE"):
                select.select([wake], [], [], min(seconds, self._settings.look_every_seconds))
                return
            self._idles += 1
            idle(self._client, min(seconds, self._settings.renew_idle_seconds), wake)
            self._fresh = True

    def close(self) -> None:
        with contextlib.suppress(Exception):  # whatever happens, the connection is over
            self._client.socket().settimeout(5)
            self._client.logout()
        session.drop(self._client)

    @contextlib.contextmanager
    def _doing(self, what: str) -> Iterator[None]:
        """A connection that failed once is never used again: half an answer may still be on its way."""
        try:
            yield
        except Exception as error:  # IMAPClient raises ValueError and AttributeError too
            session.drop(self._client)
            raise session.explained(what, error) from None

    def _select(self, folder: str) -> None:
        if self._selected != folder:
            self._open(folder)

    def _open(self, folder: str) -> Position:
        """SELECT, also of the selected folder: the one way to renew a view that every server honours."""
        self._selected = None
        answer = self._client.select_folder(folder)
        self._selected, self._fresh = folder, True
        self._untagged.clear()
        if b"UIDNEXT" not in answer:  # SELECT need not tell it (RFC 3501 6.3.1)
            answer = self._client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        position = Position(answer[b"UIDVALIDITY"], answer[b"UIDNEXT"])
        self._uidnext = position.uidnext
        return position

    @property
    def _untagged(self) -> dict[str, Any]:
        untagged: dict[str, Any] = self._client._imap.untagged_responses  # noqa: SLF001 - what was told unasked
        return untagged

    def _position(self, name: str) -> Position | None:
        try:
            position = self._open(name) if name == self._selected else self._status(name)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            if self._exists(name):
                raise
            return None
        self._looked_to[name] = position.uidnext
        return position

    def _status(self, name: str) -> Position:
        answer = self._client.folder_status(name, ["UIDVALIDITY", "UIDNEXT"])
        return Position(answer[b"UIDVALIDITY"], answer[b"UIDNEXT"])

    def _exists(self, name: str) -> bool:
        return name in (found for _, _, found in self._client.list_folders())

    def _fetch_from(self, folder: str, uid: int, items: str) -> Iterator[tuple[int, dict[bytes, Any]]]:
        """Rows from that UID up, as they come: years of mail are not all held at once."""
        self._renew(folder)
        for part in _parts(uid, self._uidnext):
            yield from (row for row in self._rows(part, items) if row[0] >= uid)
        self._looked_to[folder] = self._uidnext

    def _renew(self, folder: str) -> None:
        """See the folder as it is now; what is told of it from here on is news."""
        if self._selected != folder or not self._fresh:
            self._open(folder)
        self._fresh = False
        self._untagged.clear()

    def _rows(self, uids: str, items: str) -> list[tuple[int, dict[bytes, Any]]]:
        answer, data = self._client._imap.uid("FETCH", uids, items)  # noqa: SLF001 - fetch() wants numbers
        if answer != "OK":
            raise imaplib.IMAP4.error(data[0])
        rows = parse_fetch_response(data, normalise_times=False, uid_is_key=True)
        self._uidnext = self._looked_to[self._selected or ""] = max([self._uidnext, *(found + 1 for found in rows)])
        return sorted(rows.items())

    def _has_news(self, folder: str) -> bool:
        """News that came between two looks; IDLE would not tell it again."""
        told = self._untagged.pop("EXISTS", None)
        self._fresh = self._fresh or bool(told)
        before = self._looked_to.get(folder, self._uidnext)
        self._looked_to[folder] = self._uidnext
        return bool(told) or before != self._uidnext

    def _into(self, folder: str, put: Callable[[], object]) -> None:
        try:
            put()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # not every server says TRYCREATE
            if self._exists(folder):
                raise
            self._client.create_folder(folder)
            self._client.subscribe_folder(folder)  # else mail programs do not show it
            put()

    def _append(self, folder: str, raw: bytes, flags: Sequence[str]) -> None:
        """As imaplib does, which first looks for bare line ends in all of it: that takes longer than sending it."""
        client = self._client
        name = client._normalise_folder(folder)  # noqa: SLF001 - its append() ends in imaplib's
        client._imap.literal = raw  # noqa: SLF001 - as above
        client._command_and_check("_simple_command", "APPEND", name, f"({' '.join(flags)})")  # noqa: SLF001 - as above

    def _move(self, uids: str, to: str) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move(uids, to)
            return
        self._client.copy(uids, to)
        self._client.add_flags(uids, [b"\\Deleted"], silent=True)
        if self._client.has_capability("UIDPLUS"):  # a bare EXPUNGE would take what others marked, too
            self._client.uid_expunge(uids)


def _with_any_of(message_ids: Sequence[str]) -> list[str]:
    """A search for any of these: OR stands before two, the second of which may be another OR (RFC 3501 6.4.4)."""
    *first, last = (["HEADER", "Message-ID", one] for one in message_ids)
    return [*(word for one in first for word in ("OR", *one)), *last]


def _listed(uid: int, row: Mapping[bytes, Any]) -> Listed:
    """A date that cannot be read counts as now: better looked at than taken for a mail of old."""
    came_at = row.get(b"INTERNALDATE") or datetime.now(UTC)
    raw, size = row.get(b"BODY[]<0>"), row[b"RFC822.SIZE"]
    all_of_it = raw if raw and len(raw) < SMALL and _is_whole(raw, size) else None
    return Listed(uid, came_at.astimezone(UTC), size, all_of_it)


def _is_whole(raw: bytes, size: int) -> bool:
    """Exchange announces mails it cannot hand out yet. Sizes are estimates: only far too little counts."""
    return bool(raw) and len(raw) * 4 >= size


def _sent_copy(uid: int, row: Mapping[bytes, Any]) -> SentCopy:
    header = next((value for key, value in row.items() if key.startswith(b"BODY[")), b"")
    found = BytesHeaderParser().parsebytes(header or b"")
    replies = [*_ids(found.get_all("In-Reply-To")), *_ids(found.get_all("References"))]
    return SentCopy(uid, next(iter(_ids(found.get_all("Message-ID"))), ""), tuple(dict.fromkeys(replies)))


def _ids(values: Sequence[object] | None) -> list[str]:
    """Every <id> of some headers; white space inside one comes from folding."""
    inside = re.findall(r"<([^<>]*)>", " ".join(str(value) for value in values or ()))
    return [f"<{''.join(found.split())}>" for found in inside]


def _parts(first: int, uidnext: int) -> Iterator[str]:
    """Sets of UIDs from the first up. The last is `n:*`, which always has the last message in it (RFC 3501)."""
    step = max(LISTED, (uidnext - first) // PARTS)
    while first + step < uidnext:
        yield f"{first}:{first + step - 1}"
        first += step
    yield f"{first}:*"


def _as_set(uids: Collection[int]) -> str:
    """Short form of UIDs, `1:3,7`: servers limit the length of a line."""
    runs = groupby(enumerate(sorted(set(uids))), key=lambda pair: pair[1] - pair[0])
    return ",".join(f"{run[0]}:{run[-1]}" for run in ([uid for _, uid in pairs] for _, pairs in runs))
