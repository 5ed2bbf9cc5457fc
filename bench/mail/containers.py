"""Files in winmail.dat, .msg, zip and attached mails: real containers, and pairs of our own, byte for byte."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bench.mail.corpus import CORPUS, ROOT
from parsers import File, Limits
from parsers.plain import MAIL_TEXT
from parsers.sniff import sniff
from parsers.unpack import opened, unpack
from tests.parsers.packing import mail, msg, winmail

_BODIES = ("body.html", "body.rtf", "body.txt")


def real() -> list[dict[str, Any]]:
    """What each TNEF and .msg of the corpus gives, beside what its own project says is in it."""
    known = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in CORPUS.rglob("*") if path.is_file()}
    return [_real(path, known) for path in sorted(CORPUS.rglob("*")) if path.is_file() and _is_container(path)]


def _is_container(path: Path) -> bool:
    return path.suffix.lower() in (".tnef", ".dat", ".msg") and sniff(path.read_bytes()) in ("tnef", "msg")


def _real(path: Path, known: dict[str, str]) -> dict[str, Any]:
    listed = path.with_suffix(".list")
    expected = listed.read_text("utf-8").split("\n") if listed.exists() else None
    try:
        members = [
            (name, data) for name, data in opened(File(path.name, path.read_bytes()), Limits()) if name != MAIL_TEXT
        ]
    except Exception as error:  # what cannot be opened is told apart from what is empty
        return {"file": path.name, "problem": type(error).__name__, "files": [], "missing": []}
    names = [name for name, _ in members]
    return {
        "file": path.name,
        "files": names,
        "missing": [one for one in expected or [] if one.strip() and one not in names and one not in _BODIES],
        "same_bytes": [known[digest] for _, data in members if (digest := hashlib.sha256(data).hexdigest()) in known],
    }


def pairs() -> dict[str, Any]:
    """Files of this repository in containers of every kind: each must come out as it went in, with its way kept."""
    wrong, count = [], 0
    for name, data in _originals():
        for kind, pack in _PACKERS.items():
            count += 1
            found = [file for file, why in unpack(File("outer", pack(name, data)), Limits()) if why is None]
            if not any(file.data == data and file.name.startswith("outer/") for file in found):
                wrong.append(f"{name} in {kind}")
    return {"pairs": count, "wrong": wrong}


def _originals() -> Iterator[tuple[str, bytes]]:
    for path in sorted((ROOT / "config" / "forms" / "1").glob("referral-form.*")):
        yield path.name, path.read_bytes()
    yield "photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200


def _eml(name: str, data: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Date"] = (
        "a@cmht.example",
        "b@desk.example",
        "Mon, 23 Nov 2026 09:00:00 +0000",
    )
    message.set_content("Please see the form.")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def _forwarded(name: str, data: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["Date"] = "jo@cmht.example", "Mon, 23 Nov 2026 09:00:00 +0000"
    message.set_content("As promised.")
    message.add_attachment(message_from_bytes(_eml(name, data)))
    return message.as_bytes()


def _zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"folder/{name}", data)
    return out.getvalue()


_PACKERS: dict[str, Callable[[str, bytes], bytes]] = {
    "winmail.dat": lambda name, data: winmail({name: data}),
    ".msg": lambda name, data: msg({name: data}, "Please see the form."),
    ".msg in a .msg": lambda name, data: msg({"inner": mail({name: data})}),
    ".eml": _eml,
    "forwarded mail": _forwarded,
    ".zip": _zip,
    "winmail.dat in a mail": lambda name, data: _eml("winmail.dat", winmail({name: data})),
    ".zip in a .msg": lambda name, data: msg({"all.zip": _zip(name, data)}),
    ".msg in a .zip": lambda name, data: _zip("old.msg", msg({name: data})),
    ".eml in a .zip": lambda name, data: _zip("old.eml", _eml(name, data)),
}
