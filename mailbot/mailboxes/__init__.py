"""The Mailbox protocol: what receive and deliver need of a mailbox, whatever serves it.

FOLDER a name with a role · UID a message's number in a folder, which means nothing without the folder's
UIDVALIDITY (RFC 3501) · LISTED what is known of a message before it is fetched · RAW the message's bytes.

Any fault of the connection is a MailboxError: the mailbox is then closed, and the caller opens a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Role = Literal["inbox", "sent", "drafts", "trash", "junk", "archive", "other"]


@dataclass(frozen=True)
class Folder:
    """A folder of the mailbox: its name as the server writes it, and what it is for."""

    name: str
    role: Role


@dataclass(frozen=True)
class Position:
    """How far a folder reaches: `uidnext` is the next UID it will give (RFC 3501 2.3.1.1)."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True)
class Held:
    """Which messages a folder holds, by their UIDs."""

    uidvalidity: int
    uids: tuple[int, ...]


@dataclass(frozen=True)
class Listed:
    """A message that is there: its UID, when it came (UTC) and its size in bytes; and its bytes, if they came along."""

    uid: int
    came_at: datetime
    size: int
    raw: bytes | None = None


@dataclass(frozen=True)
class SentCopy:
    """The threading headers of one message in Sent."""

    uid: int
    message_id: str
    replies_to: tuple[str, ...]  # In-Reply-To and References, without angle brackets' white space: "<id@host>"


class Mailbox(Protocol):
    """One signed-in connection to a team mailbox, used by one thread."""

    def folders(self) -> list[Folder]:
        """Every folder that can hold mail."""

    def positions(self, names: Sequence[str]) -> Mapping[str, Position]:
        """Where each folder stands now; a folder that has gone is left out."""

    def held(self, folder: str, below: int) -> Held:
        """Which messages a folder holds whose UID is lower than that: numbers alone, however many there are."""

    def list_from(self, folder: str, uid: int) -> list[Listed]:
        """The messages of a folder with that UID or a higher one, in order of UID."""

    def news_from(self, folder: str, uid: int) -> list[Listed]:
        """The same where few have just come: the bytes of small ones may come along, so that nobody waits for them.

        Where numbers have a gap, what came after it may be left out and is seen by `list_from` and `positions`.
        """

    def fetch(self, folder: str, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """The raw bytes of these messages, without marking them read; one that has gone is left out."""

    def sent_since(self, folder: str, uid: int) -> list[SentCopy]:
        """The threading headers of the messages in Sent with that UID or a higher one."""

    def move(self, folder: str, uids: Collection[int], to: str) -> None:
        """Move these messages in one command, making the folder if missing; one that has gone is left out."""

    def find(self, folder: str, message_ids: Sequence[str]) -> Collection[str]:
        """Which of these Message-IDs messages in the folder have."""

    def append(self, folder: str, raw: bytes, *, draft: bool = False) -> None:
        """Put a message, whose lines end in CRLF, into a folder, marked read (and as a draft); make it if missing."""

    def wait(self, folder: str, seconds: float, wake: int) -> None:
        """Wait until the folder may have changed, `seconds` are over or the descriptor `wake` is readable.

        A return is only a hint: look at the mailbox whatever the reason. `wake` is watched and never read.
        """

    def close(self) -> None:
        """Sign out; never raises."""
