"""A private Dovecot, 2.3 or 2.4, as root or not: IMAPS, IMAP with STARTTLS, and LMTP, on loopback."""

from __future__ import annotations

import contextlib
import grp
import itertools
import os
import pwd
import re
import shutil
import smtplib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from mailbot.settings import MailboxSettings
from tests.servers.net import HOST, Certificate, NotInstalled, end_group, free_port, short_folder, wait_until

HERE = Path(__file__).parent
LONG_AGO = "2020-01-01T00:00:00+00:00"
_counter = itertools.count(1)


class Dovecot:
    """Any user name signs in with `password`: a name not used before is a fresh mailbox."""

    host = HOST
    password = "secret"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process: subprocess.Popen[bytes] | None = None
        self.certificate = Certificate(root)
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()

    def new_address(self, name: str = "team") -> str:
        """An address nobody has used yet."""
        return f"{name}{next(_counter)}@desk.example"

    def settings(self, address: str, **changes: Any) -> MailboxSettings:
        """Of that address over IMAPS, everything as a team would set it."""
        values = {"address": address, "host": HOST, "port": self.imaps_port, "start_from": LONG_AGO}
        secret = {"password": self.password, "ca_file": self.certificate.file}
        return MailboxSettings.model_validate({**values, **secret, **changes})

    def environment(self, address: str) -> dict[str, str]:
        """The same settings, for a process."""
        values = {"ADDRESS": address, "HOST": HOST, "PORT": str(self.imaps_port), "START_FROM": LONG_AGO}
        secret = {"PASSWORD": self.password, "CA_FILE": str(self.certificate.file)}
        return {f"MAILBOT_MAILBOX__{name}": value for name, value in {**values, **secret}.items()}

    def deliver(self, raw: bytes, *addresses: str, envelope_from: str = "someone@elsewhere.example") -> None:
        """As mail from outside comes: by LMTP, which adds Return-Path, Delivered-To and Received."""
        with smtplib.LMTP(HOST, self.lmtp_port, local_hostname="localhost") as lmtp:
            lmtp.sendmail(envelope_from, addresses, raw)

    def kill(self) -> None:
        """End it without a word, as a broken machine does."""
        assert self.process is not None
        end_group(self.process)

    @property
    def log(self) -> str:
        return (self.root / "dovecot.log").read_text(errors="replace")


@contextlib.contextmanager
def running() -> Iterator[Dovecot]:
    """A Dovecot that answers; raises NotInstalled."""
    program = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        raise NotInstalled("dovecot")
    with short_folder("dvc-") as root:
        dovecot = Dovecot(root)
        command = [program, "-F", "-c", str(_configured(program, dovecot))]
        with (root / "stdout").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
            dovecot.process = process
        try:
            if not wait_until(lambda: process.poll() is not None or _greets(dovecot)) or process.poll():
                raise RuntimeError((root / "stdout").read_text() + dovecot.log)
            yield dovecot
        finally:
            end_group(process)  # sessions with a connected client outlive the master


def _greets(dovecot: Dovecot) -> bool:
    with socket.create_connection((HOST, dovecot.imap_port), 1) as sock:
        sock.settimeout(5)
        return sock.recv(200).startswith(b"* OK")


def _configured(program: str, dovecot: Dovecot) -> Path:
    values = {
        **_people(),
        "root": str(dovecot.root),
        "instance": dovecot.root.name,
        "password": dovecot.password,
        "imap_port": str(dovecot.imap_port),
        "imaps_port": str(dovecot.imaps_port),
        "lmtp_port": str(dovecot.lmtp_port),
    }
    for name in ("run", "state", "mail"):
        (dovecot.root / name).mkdir()
    if os.geteuid() == 0:
        dovecot.root.chmod(0o755)
        os.chown(dovecot.root / "mail", int(values["mail_uid"]), int(values["mail_gid"]))
    values["common"] = Template((HERE / "dovecot-common.conf").read_text()).substitute(values)
    syntax = "2.4" if _version(program) >= (2, 4) else "2.3"
    config = dovecot.root / "dovecot.conf"
    config.write_text(Template((HERE / f"dovecot-{syntax}.conf").read_text()).substitute(values))
    config.chmod(0o644)
    return config


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"(\d+)\.(\d+)", said)
    assert found, said
    return int(found[1]), int(found[2])


def _people() -> dict[str, str]:
    """Who its processes run as. Without root everything is us, and nothing can be locked into a folder."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        people = ("dovecot", "dovecot", "dovenull", str(nobody.pw_uid), str(nobody.pw_gid), "")
    else:
        me, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(os.getegid())
        people = (me.pw_name, group.gr_name, me.pw_name, str(me.pw_uid), str(group.gr_gid), "chroot =")
    names = ("internal_user", "internal_group", "login_user", "mail_uid", "mail_gid", "chroot")
    return dict(zip(names, people, strict=True))
