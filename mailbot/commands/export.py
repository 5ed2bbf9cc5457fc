"""export: everything kept on one referral, as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from mailbot.commands.desk import console, open_desk, who
from mailbot.errors import UserError
from mailbot.letters import assemble, encode
from mailbot.store import Transaction


def add_to(app: typer.Typer) -> None:
    app.command()(export)


def export(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The referral, such as HM-2026-0042.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to make a folder with its reference.")],
    by_whom: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who you are, for the record; your sign-in name unless you say.")
    ] = "",
) -> None:
    """Write everything kept on one referral to a folder: its mails and letters as they were, its answers and events."""
    with open_desk() as desk, desk.store.transaction(desk.now) as tx:
        referral = tx.referrals.get(reference)
        files = dict(_files(tx, referral))
        folder = out / referral["reference"]
        _write(folder, files)
        tx.audit.add("exported", actor=by_whom or who(), referral_id=referral["id"], files=len(files))
    console.print(f"Wrote {len(files)} files to {folder}. They hold personal data: keep them as you would the mails.")


def _files(tx: Transaction, referral: sa.RowMapping) -> Iterator[tuple[str, bytes]]:
    """Each file by its name, which holds numbers and no personal data (rule 10)."""
    number = referral["id"]
    mails, letters = tx.mails.of_referral(number), tx.letters.of_referral(number)
    yield "referral.json", _json(dict(referral))
    yield "answers.json", _json([dict(row) for row in tx.referrals.every_answer(number)])
    yield "mails.json", _json([{**row, "readings": tx.mails.readings(row["id"])} for row in mails])
    yield "letters.json", _json([{key: row[key] for key in row if key != "skeleton"} for row in letters])
    yield "outcomes.json", _json([dict(row) for row in tx.outcomes.of_referral(number)])
    yield "invitations.json", _json([dict(row) for row in tx.invitations.of_referral(number)])
    yield "events.json", _json([dict(row) for row in tx.audit.of_referral(number)])
    for row in mails:
        if raw := tx.mails.raw(row["id"]):
            yield f"mail-{row['id']}.eml", raw
    for row in letters:
        yield f"letter-{row['id']}-{row['name']}.eml", _letter(tx, row)


def _letter(tx: Transaction, row: sa.RowMapping) -> bytes:
    return assemble(row["skeleton"], lambda sha256: encode(tx.letters.blob(sha256)))


def _json(data: Any) -> bytes:
    return json.dumps(data, indent=2, ensure_ascii=False, default=str).encode() + b"\n"


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """All of them, for this user's eyes only; a folder that is there already is not mixed with another day's."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except FileExistsError:
        raise UserError(f"{folder} is there already: name another --out, or move it away.") from None
    except OSError as error:
        raise UserError(f"{folder}: cannot be written: {error.strerror}") from None
