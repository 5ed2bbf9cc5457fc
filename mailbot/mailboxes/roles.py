"""What a folder is for: by settings, else by SPECIAL-USE (RFC 6154), else by the names mail programs give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mailbot.mailboxes import Folder, Role

SPECIAL_USE: Mapping[str, Role] = {
    "\\sent": "sent",
    "\\drafts": "drafts",
    "\\trash": "trash",
    "\\junk": "junk",
    "\\archive": "archive",
    "\\all": "archive",  # every message once more, the sent ones too
}
WELL_KNOWN: Mapping[str, Role] = {
    "inbox": "inbox",
    "sent": "sent",
    "sent items": "sent",
    "sent mail": "sent",
    "sent messages": "sent",
    "drafts": "drafts",
    "trash": "trash",
    "bin": "trash",
    "deleted": "trash",
    "deleted items": "trash",
    "deleted messages": "trash",
    "junk": "junk",
    "junk email": "junk",
    "junk e-mail": "junk",
    "spam": "junk",
    "archive": "archive",
    "archives": "archive",
}
CANNOT_HOLD_MAIL = {"\\noselect", "\\nonexistent"}

Line = tuple[Collection[bytes], bytes | None, str]  # flags, separator and name of one LIST answer


def folders(lines: Iterable[Line], named: Mapping[str, Role]) -> list[Folder]:
    """The folders that can hold mail; among those with one role, the surest stands first."""
    ranked = [_ranked(*line, named) for line in lines if _holds_mail(line[0])]
    return [folder for _, folder in sorted(ranked, key=lambda pair: pair[0])]


def _holds_mail(flags: Collection[bytes]) -> bool:
    return CANNOT_HOLD_MAIL.isdisjoint(_lowered(flags))


def _ranked(
    flags: Collection[bytes], separator: bytes | None, name: str, named: Mapping[str, Role]
) -> tuple[int, Folder]:
    if name in named:
        return 0, Folder(name, named[name])
    if special := [SPECIAL_USE[flag] for flag in _lowered(flags) if flag in SPECIAL_USE]:
        return 1, Folder(name, special[0])
    role = WELL_KNOWN.get(_below_inbox(name, separator).casefold(), "other")
    return 3 if role == "other" else 2, Folder(name, role)


def _below_inbox(name: str, separator: bytes | None) -> str:
    """Some servers keep every folder under INBOX; a "Sent" further down is a folder somebody made."""
    prefix = "INBOX" + (separator or b"/").decode("ascii")
    return name[len(prefix) :] if name.upper().startswith(prefix) else name


def _lowered(flags: Collection[bytes]) -> list[str]:
    return [flag.decode("ascii", "replace").lower() for flag in flags]
