"""A mailbox filled by writing its files, as Dovecot itself names them: tens of thousands of mails in seconds."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from imapclient import IMAPClient

from tests.servers.dovecot import Dovecot
from tests.servers.net import HOST


def filled(server: Dovecot, address: str, mails: Iterable[tuple[bytes, float]]) -> str:
    """Make the mailbox of that address, with these mails in INBOX, each with the moment it came; the address."""
    folder = server.root / "mail" / address
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, (raw, came) in enumerate(mails):
        lines = raw.replace(b"\r\n", b"\n")  # as Dovecot keeps them; S is this size, W the one that IMAP tells
        path = folder / "cur" / f"{int(came)}.M{number:06}P1.desk,S={len(lines)},W={len(raw)}:2,"
        path.write_bytes(lines)
        os.utime(path, (came, came))  # its INTERNALDATE
    if os.geteuid() == 0:
        _give_to_nobody(folder)
    _seen_once(server, address)
    return address


def _give_to_nobody(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _seen_once(server: Dovecot, address: str) -> None:
    """A mailbox that filled over years has long been listed: the server gives its numbers now, not in the measure."""
    with IMAPClient(HOST, server.imaps_port, ssl_context=server.certificate.client_context()) as client:
        client.login(address, server.password)
        client.select_folder("INBOX", readonly=True)
