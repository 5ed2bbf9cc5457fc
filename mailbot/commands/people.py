"""list, show, do, retry and add: what needs a person, and what a person answers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from mailbot import wording
from mailbot.actions import about, answers, by_hand, corrections, on_paper, people, present
from mailbot.actions.advice import checks_of
from mailbot.commands.desk import Desk, console, open_desk, print_json, print_table, who
from mailbot.commands.forms import read_paths
from mailbot.referral import OPEN, State
from mailbot.store import Transaction
from parsers import Answer


def add_to(app: typer.Typer) -> None:
    app.command("list")(list_)
    app.command()(show)
    app.command("do")(do)
    app.command()(retry)
    app.command()(add)


_AS = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Who you are, for the record; your sign-in name unless you say.")
]


def list_(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """The queue: what needs a person, the referrals that are open, and the letters in trouble."""
    with open_desk() as desk, desk.store.look(desk.now) as tx:
        needs = [_need(desk, tx, row) for row in tx.needs.waiting()]
        referrals = [dict(row) for row in tx.referrals.in_states([*OPEN, State.DECIDED])]
        letters = [
            {name: row[name] for name in ("id", "name", "state", "note", "written_at")} for row in tx.letters.troubled()
        ]
        desk.viewed("list")
    if as_json:
        print_json({"needs_a_person": needs, "referrals": referrals, "letters": letters})
        return
    print_table(
        "Needs a person", ("item", "age", "why", "answers"),
        [(one["id"], one["age"], one["why"], "\n".join(one["actions"])) for one in needs],
    )  # fmt: skip
    print_table(
        "Referrals", ("reference", "state", "meeting", "received"),
        [(row["reference"], row["state"], row["meeting"], f"{row['received_at']:%Y-%m-%d}") for row in referrals],
    )  # fmt: skip
    print_table(
        "Letters in trouble", ("letter", "name", "state", "note"),
        [(row["id"], row["name"], _plain(row["state"]), row["note"] or "") for row in letters],
    )  # fmt: skip
    if not needs and not referrals and not letters:
        console.print("Nothing waits.")


def _need(desk: Desk, tx: Transaction, row: sa.RowMapping) -> dict[str, Any]:
    mail = tx.mails.get(row["mail_id"]) if row["mail_id"] else None
    return {
        "id": row["id"],
        "rule": row["why"],
        "why": row["words"],
        "age": wording.age(desk.now - row["opened_at"]),
        "mail": row["mail_id"],
        "letter": row["letter_id"],
        "reference": tx.referrals.by_id(row["referral_id"])["reference"] if row["referral_id"] else None,
        "thinks": [why["words"] for why in (mail["why"] if mail else None) or ()],
        "actions": [action.command for action in people.actions_for(desk.office, row)],
    }


def show(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The referral, such as HM-2026-0042.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """One referral with every mail, letter, answer and event."""
    with open_desk() as desk, desk.store.look(desk.now) as tx:
        referral = tx.referrals.get(reference)
        found: dict[str, Any] = {
            "referral": dict(referral),
            "answers": {key: _shown(answer) for key, answer in tx.referrals.answers(referral["id"]).items()},
            "corrections": [asdict(one) for one in corrections.different(desk.office, tx, referral["id"])],
            "mails": [dict(row) for row in tx.mails.of_referral(referral["id"])],
            "letters": [
                {name: row[name] for name in ("id", "name", "state", "recipient", "note", "written_at", "sent_at")}
                for row in tx.letters.of_referral(referral["id"])
            ],
            "criteria": [asdict(check) for check in checks_of(desk.office, tx, referral)],
            "outcomes": [
                {**row, "present": present.of(tx, str(row["recorded"].get("reviewed_on")))}
                for row in tx.outcomes.of_referral(referral["id"])
            ],
            "invitations": [dict(row) for row in tx.invitations.of_referral(referral["id"])],
            "events": [dict(row) for row in tx.audit.of_referral(referral["id"])],
        }
        answers_ = tx.referrals.answers(referral["id"])
        form, published = desk.office.form, desk.office.published
        desk.viewed("show", referral["id"])
    if as_json:
        print_json(found)
        return
    _show_referral(found["referral"])
    print_table(
        "Answers", ("question", "answer", "sure"),
        [(_label(form, key), one["raw"] or one["remark"], "yes" if one["confidence"] >= 0.9 else f"check {key}")
         for key, one in found["answers"].items() if one["raw"] or on_paper.seen_only(answers_[key])],
    )  # fmt: skip
    print_table(
        f"Criteria, as published on {wording.plain_date(published.dated)}", ("criterion", "looks", "why", "rests on"),
        [(published.words_of(one["criterion"]), one["verdict"], one["says"], "\n".join(one["words"]))
         for one in found["criteria"]],
    )  # fmt: skip
    if found["corrections"]:
        print_table(
            "Corrected by a later form", ("question", "was", "now"),
            [(one["label"], one["was"], one["now"]) for one in found["corrections"]],
        )  # fmt: skip
    print_table(
        "Mails",
        ("mail", "came", "kind", "state"),
        [(m["id"], f"{m['came_at']:%Y-%m-%d %H:%M}", m["kind"], _plain(m["state"])) for m in found["mails"]],
    )
    print_table(
        "Letters",
        ("letter", "name", "state", "to"),
        [(one["id"], one["name"], _plain(one["state"]), one["recipient"]) for one in found["letters"]],
    )
    print_table(
        "Outcomes",
        ("outcome", "recorded by", "approved by"),
        [(one["outcome"], one["recorded_by"], one["approved_by"] or "") for one in found["outcomes"]],
    )
    print_table(
        "At the meeting",
        ("invited", "for", "answer", "from"),
        [
            (one["recipient"], one["day"], _plain(one["answer"] if one["state"] == "invited" else one["state"]),
             one["answered_by"] or "")
            for one in found["invitations"]
        ],
    )  # fmt: skip
    print_table(
        "Events",
        ("when", "who", "what"),
        [(f"{e['at']:%Y-%m-%d %H:%M}", e["actor"], e["what"]) for e in found["events"]],
    )


def _shown(answer: Answer) -> dict[str, Any]:
    """An answer without its picture, which is for the review list."""
    return {name: value for name, value in asdict(answer).items() if name != "crop"}


def _plain(state: str) -> str:
    """A state as people say it: `delivered_not` is "not delivered"."""
    return {"delivered_not": "not delivered"}.get(state, state.replace("_", " "))


def _show_referral(row: dict[str, Any]) -> None:
    console.print(f"{row['reference']}: {row['state']}, for the meeting on {row['meeting']}", markup=False)
    confirmed = row["confirmed_by"] or "not confirmed"
    console.print(
        f"referrer {row['referrer'] or 'not known'} ({confirmed}); sent by {row['sender'] or 'nobody'}", markup=False
    )


def _label(form: Any, key: str) -> str:
    field_id, _, row = key.partition(".")
    if field_id not in form:
        return key
    return f"{form[field_id].label} {dict(form[field_id].rows).get(row, '')}".strip()


def do(
    item: Annotated[
        str, typer.Argument(metavar="ID", help="The item's number, as `mailbot list` shows it, or a referral.")
    ],
    action: Annotated[str, typer.Argument(metavar="ACTION", help="One of the item's answers, such as send-form.")],
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WITH]", help="The reference, address, kind or answer, where the action needs one."),
    ] = None,
    by_whom: _AS = "",
) -> None:
    """Answer something that needs a person, or say who sees a referral: `do HM-2026-0042 not-for Police`."""
    by = by_whom or who()
    with open_desk() as desk, desk.store.transaction(desk.now) as tx:
        said = " ".join(what or ())
        if not item.isdecimal() and not about.named(desk.office).fullmatch(item):
            raise typer.BadParameter("give the number of an item, or a referral such as HM-2026-0042")
        if item.isdecimal():
            done = answers.answer(desk.office, tx, int(item), action, said, by)
        else:
            done = about.answer(desk.office, tx, item, action, said, by)
    console.print(done, markup=False)


def retry(
    mail: Annotated[int, typer.Argument(metavar="ID", help="The number of a mail that was set aside.")],
    by_whom: _AS = "",
) -> None:
    """Take a mail that was set aside into work again."""
    with open_desk() as desk, desk.store.transaction(desk.now) as tx:
        answers.retry(tx, mail, by_whom or who())
    console.print(f"Mail {mail} is handled again.", markup=False)


def add(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A filled-in form, where there is one.")] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=TEXT",
            help="An answer by its id, as in --set p_surname=Example; say it again for more.",
        ),
    ] = None,
    by_whom: _AS = "",
) -> None:
    """Enter a referral that came on paper or by telephone."""
    with open_desk() as desk:
        readings = read_paths([file], desk.settings) if file else []
        with desk.store.transaction(desk.now) as tx:
            row = by_hand.add(desk.office, tx, readings, pairs or [], by_whom or who())
    console.print(f"{row['reference']}: for the meeting on {row['meeting']}.", markup=False)
