"""A Word document of the old kind (.doc, MS-DOC): LibreOffice makes a new one of it, where it is installed."""

from __future__ import annotations

import resource
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from olefile import OleFileIO

from parsers.found import Found
from parsers.readers import ASK, Source, docx
from parsers.reading import Unreadable

_UNSUPPORTED = Unreadable("unsupported", f"This is a Word document of the old kind (.doc). {ASK}")
_NO_ROOM = Unreadable("limits", "There was no room here to open this document; a person should look at it.")
_ROOM = 32 << 20  # bytes: less may be too little for the program's profile and its copy
_ENCRYPTED = 0x0100  # of the flags at byte 10 (MS-DOC 2.5.2)
_SECONDS = 30.0  # a form takes two; a reading has 60
_FILES, _FILE_BYTES = 256, 64 << 20  # LibreOffice opens its parts and writes a profile

# Nothing in the document runs, and nothing that it points at is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""


def read(source: Source) -> Found | None:
    """The form in an old Word document; raises Unreadable where LibreOffice is missing or cannot open it."""
    if _locked(source.data):
        raise Unreadable("encrypted", "This document is locked with a password.")
    program = shutil.which("soffice")
    if program is None:
        raise _UNSUPPORTED
    return docx.read(replace(source, data=_as_docx(program, source)))


def _locked(data: bytes) -> bool:
    try:
        with OleFileIO(data) as file:
            head = file.openstream("WordDocument").read(12)
    except (OSError, ValueError, IndexError):
        raise Unreadable("damaged", "This Word document is damaged. Please send it again.") from None
    return bool(int.from_bytes(head[10:12], "little") & _ENCRYPTED)


def _as_docx(program: str, source: Source) -> bytes:
    try:
        return _converted(program, source)
    except OSError:  # of ours: LibreOffice's own come back as what it answers
        raise _NO_ROOM from None


def _converted(program: str, source: Source) -> bytes:
    _may_write()
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile, made = folder / "profile", folder / "out" / "form.docx"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS)
        (folder / "form.doc").write_bytes(source.data)
        command = [
            program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
            "--convert-to", "docx", "--outdir", str(made.parent), str(folder / "form.doc"),
        ]  # fmt: skip
        try:
            subprocess.run(
                [*_without_network(), *command],
                timeout=min(_SECONDS, source.limits.seconds / 2),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                cwd=folder,
            )
            return made.read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise _NO_ROOM if shutil.disk_usage(folder).free < _ROOM else _UNSUPPORTED from None


def _may_write() -> None:
    """From here on, LibreOffice and this process may write files, within limits of their own."""
    for what, most in ((resource.RLIMIT_FSIZE, _FILE_BYTES), (resource.RLIMIT_NOFILE, _FILES)):
        soft, hard = resource.getrlimit(what)
        if soft != resource.RLIM_INFINITY and (hard == resource.RLIM_INFINITY or hard >= most):
            resource.setrlimit(what, (max(soft, most), hard))


def _without_network() -> list[str]:
    """A network of its own with nothing in it, where the system lets us."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    try:
        tried = subprocess.run([*alone, "true"], capture_output=True, timeout=5, check=False)
    except (subprocess.SubprocessError, OSError):
        return []
    return alone if tried.returncode == 0 else []
