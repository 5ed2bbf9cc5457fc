"""explain: what would be done with raw mails, and why; changes nothing, and needs no database and no account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from mailbot.actions import Office
from mailbot.commands.desk import console, load_settings, print_json
from mailbot.errors import UserError
from mailbot.mail import Mail, addresses_in, parse
from mailbot.rehearse import Rehearsal
from mailbot.settings import NO_ADDRESS, Settings

#: what mail servers write of whom they delivered a mail to
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to")


def add_to(app: typer.Typer) -> None:
    app.command()(explain)


def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Raw mails, as .eml files.")],
    in_order: Annotated[
        bool, typer.Option("--in-order", help="Earlier files are what is known when a later one comes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what would be done with raw mails, and why; each alone in a fresh mailbox, or one after the other."""
    raws = [_read(path) for path in files]
    settings = load_settings(account=False)
    if settings.mailbox.address == NO_ADDRESS:
        settings = _sent_to(settings, raws)
    office = Office.open(settings)
    rehearsal = Rehearsal(office)
    found = []
    for path, raw in zip(files, raws, strict=True):
        if not in_order:
            rehearsal = Rehearsal(office)
        found.append({"file": str(path), **rehearsal.explain(raw)})
    if as_json:
        print_json(found)
        return
    for one in found:
        _print(one)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be opened: {error.strerror}") from None


def _sent_to(settings: Settings, raws: Sequence[bytes]) -> Settings:
    """Where no mailbox has been set, it is the one that most of the mails were sent to."""
    named = Counter(address for raw in raws for address in _delivered_to(parse(raw)))
    if not named:
        return settings
    ((address, _),) = named.most_common(1)
    typer.echo(f"No mailbox is set (MAILBOT_MAILBOX__ADDRESS): these mails are taken as sent to {address}.", err=True)
    mailbox = settings.mailbox.model_copy(update={"address": address})
    return settings.model_copy(update={"mailbox": mailbox})


def _delivered_to(mail: Mail) -> frozenset[str]:
    """Whom its own server says it delivered the mail to; else whom it is addressed to."""
    delivered = frozenset(address for name in _DELIVERED for address in addresses_in(mail.header(name)))
    return delivered or frozenset(one.address for one in mail.to)


def _print(one: dict[str, Any]) -> None:
    console.print(f"{one['file']}: {one['kind']}", markup=False)
    for why in one["why"]:
        console.print(f"  why: {why}", markup=False)
    for letter in one["letters"]:
        console.print(f"  letter {letter['letter']} to {', '.join(letter['to'])}", markup=False)
    if one["references"]:
        console.print(f"  referral {', '.join(one['references'])}", markup=False)
    if one["needs_person"]:
        console.print("  needs a person, at once" if one["urgent"] else "  needs a person", markup=False)
