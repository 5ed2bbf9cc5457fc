"""`python -m bench.crash`: kills mailbot again and again under load; bench/crash.json keeps the figures.

SQLite with one process and PostgreSQL with two, by turns with a server that keeps Sent copies itself and one that does
not, and with one that takes commands together (PIPELINING) and one that does not. Status 1 where anything was lost or
went twice. Needs Dovecot and PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.crash import accounts
from bench.crash.accounts import Account
from bench.crash.shift import Shift
from bench.report import machine
from tests.servers import dovecot, postgres
from tests.servers.dovecot import Dovecot
from tests.servers.net import short_folder
from tests.servers.postgres import Postgres
from tests.servers.smtp import SmtpSink, keep_sent_copies
from tests.stories.desk import Desk

KEPT = Path(__file__).parents[1] / "crash.json"
REPLICAS = {"sqlite": 1, "postgres": 2}
_SHIFT = 50  # kills at one desk, then a fresh one
_LIMITS = ("LETTERS_PER_HOUR", "LETTERS_PER_MINUTE", "FORMS_PER_ADDRESS_PER_DAY")
_SETTINGS = {f"SENDER__{limit}": "0" for limit in _LIMITS}
# the time of grace is longer than the server takes to keep a copy
_KEEPS = {"SENDER__KEEPS_SENT_COPIES": "true", "SENDER__IN_DOUBT_GRACE_SECONDS": "10"}


def main() -> int:
    asked = _asked()
    engines = [asked.db] if asked.db else list(REPLICAS)
    found = {engine: _campaign(engine, asked.kills, random.Random(asked.seed)) for engine in engines}
    print(_table(found))
    if not asked.smoke:
        kept = json.loads(KEPT.read_text())["campaigns"] if KEPT.exists() else {}
        KEPT.write_text(json.dumps({"machine": machine(), "campaigns": {**kept, **found}}, indent=2) + "\n")
    return int(any(one["lost"] or one["twice"] for one in found.values()))


def _campaign(engine: str, kills: int, chance: random.Random) -> dict[str, Any]:
    total, killed, begun = Account(), Counter[str](), time.monotonic()
    with _servers(engine) as (server, database):
        for number, size in enumerate(_shifts(kills)):
            with _desk(server, database, server_keeps_copies=number % 2 == 1, pipelining=number % 4 < 2) as desk:
                shift = Shift(desk, size, REPLICAS[engine], chance)
                shift.work()
                account = accounts.of(shift.load)
                if account.faults:
                    _keep_for_looking(desk, account)
            killed.update(shift.killed)
            total.add(account)
            _say(engine, killed.total(), kills, total)
    seconds = round(time.monotonic() - begun)
    return {"kills": killed.total(), "by_point": dict(killed.most_common()), **total.figures(), "seconds": seconds}


def _shifts(kills: int) -> list[int]:
    return [min(_SHIFT, kills - begun) for begun in range(0, kills, _SHIFT)]


@contextlib.contextmanager
def _servers(engine: str) -> Iterator[tuple[Dovecot, Postgres | None]]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(dovecot.running())
        yield server, stack.enter_context(postgres.running(durable=True)) if engine == "postgres" else None


@contextlib.contextmanager
def _desk(server: Dovecot, database: Postgres | None, *, server_keeps_copies: bool, pipelining: bool) -> Iterator[Desk]:
    sink = SmtpSink(after=[keep_sent_copies(server)] if server_keeps_copies else [], pipelining=pipelining)
    settings = {**_SETTINGS, **(_KEEPS if server_keeps_copies else {})}
    with short_folder("crash-") as folder, sink.running():
        desk = Desk(server, sink, folder, database.new_database() if database else "", **settings)
        try:
            yield desk
        finally:
            desk.close()


def _keep_for_looking(desk: Desk, account: Account) -> None:
    """What was wrong, and what mailbot said, stay in build/."""
    folder = Path("build") / f"crash-{time.time_ns()}"
    folder.mkdir(parents=True)
    (folder / "faults.txt").write_text("\n".join(account.faults) + "\n")
    for log in desk.folder.glob("*.log"):
        (folder / log.name).write_bytes(log.read_bytes())
    _say_line(f"faults and logs are in {folder}")


def _table(found: dict[str, dict[str, Any]]) -> str:
    names = ("kills", "mails", "letters", "held_in_doubt", "set_aside", "lost", "twice", "seconds")
    rows = [("", *names), *((engine, *(str(one[name]) for name in names)) for engine, one in found.items())]
    return "\n".join("".join(f"{cell:>15}" for cell in row) for row in rows)


def _say(engine: str, done: int, kills: int, total: Account) -> None:
    _say_line(
        f"{engine}: {done} of {kills} kills, {total.mails} mails, {total.letters} letters, "
        f"{total.held_in_doubt} held in doubt, {total.lost} lost, {total.twice} twice"
    )


def _say_line(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.crash", description=__doc__.split("\n\n")[0] if __doc__ else ""
    )
    parser.add_argument("--kills", type=int, default=1000, help="on each database (1000)")
    parser.add_argument("--db", choices=sorted(REPLICAS), help="only this one")
    parser.add_argument("--seed", type=int, default=1, help="of where and when it is killed (1)")
    parser.add_argument("--smoke", action="store_true", help="only whether it works: 12 kills on each, nothing is kept")
    asked = parser.parse_args()
    if asked.smoke:
        asked.kills = min(asked.kills, 12)
    return asked


if __name__ == "__main__":
    sys.exit(main())
