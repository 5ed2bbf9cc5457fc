"""outcome, approve and digest: what the meeting decided, and what it is given."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailbot.actions import outcome_letters, outcomes, present
from mailbot.commands.desk import console, open_desk, who
from mailbot.errors import UserError
from mailbot.jobs import digest as digest_job
from mailbot.letters import Letter
from mailbot.meeting import next_meeting


def add_to(app: typer.Typer) -> None:
    for command in (outcome, approve, digest):
        app.command()(command)


_REFERENCE = Annotated[str, typer.Argument(metavar="REF", help="The referral, such as HM-2026-0042.")]
_AS = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Who you are, for the record; your sign-in name unless you say.")
]


def outcome(  # noqa: PLR0917 - typer gives each option by name
    reference: _REFERENCE,
    outcome_id: Annotated[
        str,
        typer.Option(
            "--outcome", metavar="ID", help="accept, consultation, ask, signpost, decline, defer or withdrawn."
        ),
    ] = "",
    lead: Annotated[str, typer.Option(help="Who leads, as the referrer may read it.")] = "",
    by: Annotated[str, typer.Option(help="By when: a date such as 2026-12-04, or words.")] = "",
    reason: Annotated[str, typer.Option(help="The reason in plain words, as it stands in the letter.")] = "",
    services: Annotated[
        list[str] | None, typer.Option("--service-offered", help="A service agreed (accept); say it again for more.")
    ] = None,
    questions: Annotated[
        list[str] | None, typer.Option("--question", help="A question to the referrer (ask); say it again for more.")
    ] = None,
    service: Annotated[str, typer.Option(help="The service to go to and how to reach it (signpost).")] = "",
    until: Annotated[str, typer.Option(help="The next date or event (defer).")] = "",
    reviewed: Annotated[
        str, typer.Option(help="The day it was reviewed, as 2026-12-02; the meeting's day unless you say.")
    ] = "",
    rationale: Annotated[str, typer.Option(help="For the record only; never in a letter.")] = "",
    dissent: Annotated[str, typer.Option(help="Who disagreed, and why; for the record only.")] = "",
    safety: Annotated[str, typer.Option(help="Safety actions, each with who and by when; for the record only.")] = "",
    withhold: Annotated[str, typer.Option(help="What must not be told; a letter that says it is refused.")] = "",
    code: Annotated[str, typer.Option(help="The code of a reason to decline: 01, 02 or 03; for the record only.")] = "",
    present_: Annotated[str, typer.Option("--present", help="Who was at its meeting; for the record only.")] = "",
    step: Annotated[str, typer.Option(help="The first step, as the referrer may read it.")] = "",
    also: Annotated[bool, typer.Option("--also", help="Beside an outcome that waits for approval.")] = False,
    instead: Annotated[bool, typer.Option("--instead", help="In place of an outcome that waits.")] = False,
    correction: Annotated[
        str, typer.Option("--correct", metavar="WORDS", help="Puts an outcome right that was told: what was wrong.")
    ] = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="Undo an outcome that waits for approval.")] = False,
    by_whom: _AS = "",
) -> None:
    """Record what the meeting decided. Nothing is sent until somebody approves the letter."""
    with open_desk() as desk, desk.store.transaction(desk.now) as tx:
        if take_back:
            outcomes.take_back(desk.office, tx, reference, by_whom or who())
            console.print(f"{reference}: the outcome was taken back. Nothing was sent.", markup=False)
            return
        if not outcome_id:
            raise typer.BadParameter("say which outcome, as in --outcome consultation")
        mode: outcomes.Mode = "correct" if correction else "instead" if instead else "also" if also else ""
        recorded = {
            "lead": lead, "by": by, "reason": reason, "services": services or [], "questions": questions or [],
            "service": service, "until": until, "reviewed_on": reviewed, "rationale": rationale,
            "step": step, "correction": correction, "dissent": dissent, "safety": safety, "withhold": withhold,
            "code": code,
        }  # fmt: skip
        if present_:
            present.record(desk.office, tx, tx.referrals.get(reference)["meeting"], present_, by_whom or who())
        row = outcomes.record(desk.office, tx, reference, outcome_id, recorded, by_whom or who(), mode)
    console.print(
        f"{row['reference']}: recorded. See and approve its letter: mailbot approve {row['reference']}", markup=False
    )


def approve(
    reference: _REFERENCE,
    yes: Annotated[bool, typer.Option("--yes", help="Approve without asking, after showing the letter.")] = False,
    to: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="Confirm the referrer's address, and send there.")
    ] = "",
    by_whom: _AS = "",
) -> None:
    """Show the outcome letter's exact text; once you approve it, and only then, the referrer is told."""
    with open_desk() as desk:
        if to:
            with desk.store.transaction(desk.now) as tx:
                outcome_letters.confirm_address(tx, reference, to, by_whom or who())
        with desk.store.look(desk.now) as tx:
            letter = outcome_letters.letter_for(desk.office, tx, reference)
            referral_id = tx.referrals.get(reference)["id"]
        desk.viewed("approve", referral_id)
        _show(letter)
        if not yes and not _agreed():
            raise UserError("Not approved; nothing was sent.")
        with desk.store.transaction(desk.now) as tx:
            outcome_letters.approve(desk.office, tx, reference, by_whom or who(), letter)
    console.print(f"{reference.upper()}: approved. The letter is in the outbox.", markup=False)


def _agreed() -> bool:
    """A person at a terminal is asked. In a script the command itself is the approval, unless it is given a no."""
    if sys.stdin.isatty():
        return typer.confirm("Send exactly this?")
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")


def _show(letter: Letter) -> None:
    console.print(f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.text}", markup=False)


def digest(
    preview: Annotated[
        Path | None, typer.Option("--preview", metavar="DIR", help="Also write the letter and the review list here.")
    ] = None,
) -> None:
    """What the next digest will be, as things stand now. Nothing is sent or changed."""
    with open_desk() as desk, desk.store.look(desk.now) as tx:
        meeting = next_meeting(desk.now, desk.settings.meeting, tx.meetings.changes())
        lists = digest_job.lists_for(tx, meeting)
        facts = digest_job.facts_of(desk.office, tx, meeting, lists, None)
        desk.viewed("digest")
        console.print(desk.office.letters.words("digest", facts).text, markup=False)
        if preview is not None:
            preview.mkdir(parents=True, exist_ok=True)
            review_list = preview / f"review-list-{meeting.date.isoformat()}.docx"
            review_list.write_bytes(digest_job.review_list_of(desk.office, tx, meeting, lists))
            review_list.with_suffix(".xlsx").write_bytes(digest_job.rows_of(desk.office, tx, meeting, lists))
            for number, letter in enumerate(digest_job.write(desk.office, tx, meeting, lists), 1):
                (preview / f"digest-{number}.eml").write_bytes(letter.raw)
            console.print(f"Written to {preview}", markup=False)
