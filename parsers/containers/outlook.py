"""Mails kept as a file by Outlook (.msg, MS-OXMSG)."""

from __future__ import annotations

from olefile import OleFileIO
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.storage import Storage

from parsers.containers import Budget, Members, safe_name
from parsers.plain import MAIL_TEXT
from parsers.reading import Unreadable

_EMBEDDED = "__substg1.0_3701000D"  # PidTagAttachDataObject: the attachment is an Outlook item itself
_SHORT_NAME = 0x3704  # PidTagAttachFilename


def members(data: bytes, budget: Budget) -> Members:
    """The attachments of an Outlook mail, those of mails attached to it, and its words."""
    with OleFileIO(data) as file:
        # Streams may share what they say they hold, so they are counted before they are read.
        budget.take(sum(entry.size for entry in file.direntries if entry is not None))
        mail = Storage.from_ole(file)
    yield from _inside(mail, budget, 1)


def _inside(mail: Storage, budget: Budget, depth: int) -> Members:
    if depth > budget.depth:
        yield "attached.msg", Unreadable("too_big", "Too many containers are packed in one another.")
        return
    for number, storage in enumerate(mail.iter_attachment_storages(), start=1):
        budget.take_file()
        embedded = next((one for one in storage.storages if one.name == _EMBEDDED), None)
        if embedded is not None:
            for name, member in _inside(embedded, budget, depth + 1):
                yield f"attached-{number}.msg/{name}", member
            continue
        one = Attachment(storage)
        if one.file_bytes:
            yield safe_name(one.file_name or one.properties.str_prop_value(_SHORT_NAME), number), one.file_bytes
    body = Message(mail).body if depth == 1 else None  # the properties of an embedded mail stand elsewhere
    if body:
        yield MAIL_TEXT, body.encode("utf-8", "replace")
