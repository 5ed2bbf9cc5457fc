"""explain: what would be done with raw mails, and why; changes nothing, and needs no database and no account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mailbot.actions import Office
from mailbot.commands.desk import console, load_settings, print_json
from mailbot.errors import UserError
from mailbot.rehearse import Rehearsal


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
    office = Office.open(load_settings(account=False))
    rehearsal = Rehearsal(office)
    found = []
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise UserError(f"{path}: cannot be opened: {error.strerror}") from None
        if not in_order:
            rehearsal = Rehearsal(office)
        found.append({"file": str(path), **rehearsal.explain(raw)})
    if as_json:
        print_json(found)
        return
    for one in found:
        _print(one)


def _print(one: dict[str, Any]) -> None:
    console.print(f"{one['file']}: {one['kind']}", markup=False)
    for why in one["why"]:
        console.print(f"  because it {why}" if not why.startswith("it ") else f"  because {why}", markup=False)
    for letter in one["letters"]:
        console.print(f"  letter {letter['letter']} to {', '.join(letter['to'])}", markup=False)
    if one["references"]:
        console.print(f"  referral {', '.join(one['references'])}", markup=False)
    if one["needs_person"]:
        console.print("  needs a person", markup=False)
