"""audit: who did what, when and why; and whether the record is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from mailbot import wording
from mailbot.commands.desk import Desk, console, open_desk, print_json, print_table
from mailbot.store.chain import Checked

_SHOWN = 200


def add_to(app: typer.Typer) -> None:
    app.command()(audit)


def audit(
    reference: Annotated[
        str, typer.Argument(metavar="[REF]", help="One referral, such as HM-2026-0042; else the newest of all.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="Whether the record is whole; status 1 if not.")] = False,
    seal: Annotated[
        str, typer.Option("--seal", metavar="SEAL", help="With --check: a seal noted earlier that must still stand.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Every view, change and letter: when, who, what and why. Nothing in it can be changed unnoticed."""
    with open_desk() as desk:
        if check or seal:
            _check(desk, seal, as_json=as_json)
            return
        with desk.store.look(desk.now) as tx:
            referral = tx.referrals.get(reference) if reference else None
            rows = tx.audit.of_referral(referral["id"]) if referral else tx.audit.newest(_SHOWN)
        desk.viewed("audit", referral["id"] if referral else None)
    _print(desk, rows, as_json=as_json)


def _print(desk: Desk, rows: Sequence[sa.RowMapping], *, as_json: bool) -> None:
    if as_json:
        print_json([dict(row) for row in rows])
        return
    zone = desk.settings.meeting.zone
    shown = [
        (row["id"], f"{wording.local(row['at'], zone):%Y-%m-%d %H:%M:%S}", row["actor"], _what(row), _about(row))
        for row in rows
    ]
    print_table("Audit", ("event", "when", "who", "what", "about"), shown)


def _what(row: sa.RowMapping) -> str:
    detail = ", ".join(f"{name} {value}" for name, value in (row["detail"] or {}).items())
    what: str = row["what"].replace("_", " ")
    return f"{what} ({detail})" if detail else what


def _about(row: sa.RowMapping) -> str:
    about = ((name, row[f"{name}_id"]) for name in ("mail", "letter", "referral"))
    return ", ".join(f"{name} {number}" for name, number in about if number)


def _check(desk: Desk, seal: str, *, as_json: bool) -> None:
    with desk.store.transaction(desk.now) as tx:
        tx.chain.seal()
    with desk.store.snapshot(desk.now) as tx:
        found = tx.chain.check(seal)
    if as_json:
        print_json(_figures(found))
    elif found.broken:
        console.print(f"FAULT the record is not whole: {found.broken}", markup=False)
    else:
        console.print(
            f"OK    {wording.count(found.events, 'event')}, {found.sealed} sealed; nothing was changed or removed",
            markup=False,
        )
        console.print(
            f"seal  {found.last}; note it: `mailbot audit --check --seal` proves later that it stands", markup=False
        )
    if found.broken:
        raise typer.Exit(1)


def _figures(found: Checked) -> dict[str, Any]:
    return {
        "whole": not found.broken,
        "fault": found.broken,
        "events": found.events,
        "sealed": found.sealed,
        "seal": found.last,
    }
