"""`python -m bench.lists`: the digest and its review list for 25, 250 and 2,500 referrals, each built in a child.

Then the same digest is written as the timetable does it, while another process asks again and again for the
database's one writer: `held_seconds` is the longest it had to wait, and so had any mail.

Beside each the bare limit of the same run: the same answers read from the same database and squeezed once, as any
program must that puts them into a file; both in seconds of processor time. Status 1 where a promise was broken;
bench/lists.json keeps the figures.
"""

from __future__ import annotations

import argparse
import json
import resource
import select
import sqlite3
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.engine import make_url

from mailbot.actions import Office
from mailbot.jobs import digest, once
from mailbot.meeting import Meeting, next_meeting
from mailbot.settings import MailboxSettings, Settings, StaffSettings
from mailbot.store import Store, Transaction
from mailbot.store.referrals import NewReferral
from parsers import Answer

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).parent / "lists.json"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1, hours=4)
CHAIR, POLICE = "chair@desk.example", "jo@police.example"
SIZES = (25, 250, 2_500)
#: at most: megabytes; a referral's time in the longest list beside one in the middle list; all beside the bare limit
MOST_MB, MOST_GROWTH, MOST_RATIO = 300, 1.3, 20
#: seconds, by the clock, that the longest list may keep a mail from being taken
MOST_HELD = 10


def main() -> int:
    asked = _asked()
    if asked.child:
        print(json.dumps(_measure(asked.child)))
        return 0
    if asked.probe:
        print(_longest_wait(asked.probe))
        return 0
    sizes = (5, 10, 20) if asked.smoke else SIZES
    found = {str(size): _in_child(size) for size in sizes}
    kept = _kept(found)
    for size, figures in found.items():
        print(f"{size:>6} referrals: " + ", ".join(f"{name} {value}" for name, value in figures.items()))
    for words, (value, most) in kept.items():
        print(f"{words}: {value:.2f} (at most {most}){'' if value <= most else '  BROKEN'}")
    if not asked.smoke:
        KEPT.write_text(json.dumps({"figures": found, "promises": kept}, indent=2) + "\n")
    return 0 if asked.smoke or all(value <= most for value, most in kept.values()) else 1


def _kept(found: dict[str, dict[str, float]]) -> dict[str, tuple[float, float]]:
    _, middle, longest = found.values()
    each = [figures["seconds"] / int(size) for size, figures in found.items()]
    return {
        "peak memory of the longest list, MB": (longest["peak_mb"], MOST_MB),
        "seconds a referral, the longest list beside the middle one": (each[2] / each[1], MOST_GROWTH),
        "the longest list beside the bare limit": (longest["seconds"] / longest["bare_seconds"], MOST_RATIO),
        "the middle list beside the bare limit": (middle["seconds"] / middle["bare_seconds"], MOST_RATIO),
        "seconds that the longest list holds the writer": (longest["held_seconds"], MOST_HELD),
    }


def _in_child(size: int) -> dict[str, float]:
    """A database with so many referrals, and a process of its own that makes the digest of it."""
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/mailbot.db"
        _fill(database, size)
        command = [sys.executable, "-m", "bench.lists", "--child", database]
        made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(made.stdout.splitlines()[-1])
    return found


def _measure(database: str) -> dict[str, Any]:
    """In the child: what the digest of everybody takes, with a list for each of two agencies and one in rows."""
    settings = _settings()
    office = Office.open(settings)
    store = Store(database)
    meeting = next_meeting(TUESDAY, settings.meeting)
    with store.look(TUESDAY) as tx:
        started = time.process_time()
        sizes = [len(one.data) for one in _digests(office, tx, meeting)]
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bare = _bare(tx, meeting) * len(sizes)
    held = _held(office, store, database, meeting)
    store.close()
    return {
        "seconds": round(seconds, 3), "bare_seconds": round(bare, 3), "peak_mb": round(peak), "files": len(sizes),
        "largest_kb": max(sizes) // 1024, "held_seconds": round(held, 3),
    }  # fmt: skip


def _held(office: Office, store: Store, database: str, meeting: Meeting) -> float:
    """How long the writer was held at most while the digest was made and written, as another process saw it."""
    command = [sys.executable, "-m", "bench.lists", "--probe", database]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as probe:
        assert probe.stdout
        probe.stdout.readline()  # it has begun
        assert once.send(office, store, TUESDAY, meeting)
        found, _ = probe.communicate()
    return float(found)


def _longest_wait(database: str) -> float:
    """In a process of its own, until its input ends: seconds that the writer had to be waited for, at most."""
    connection = sqlite3.connect(str(make_url(database).database), timeout=600, isolation_level=None)
    longest = 0.0
    print("asking", flush=True)
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        began = time.monotonic()
        connection.execute("BEGIN IMMEDIATE")
        longest = max(longest, time.monotonic() - began)
        connection.execute("ROLLBACK")
    return longest


def _digests(office: Office, tx: Transaction, meeting: Meeting) -> list[Any]:
    lists = digest.lists_for(tx, meeting)
    files: dict[tuple[str, str], Any] = {}
    for mine in digest.digests(office, tx, meeting, lists):
        office.letters.words("digest", mine.facts)
        files |= {(one.name, one.sha256): one for one in mine.attachments}
    return list(files.values())


def _bare(tx: Transaction, meeting: Meeting) -> float:
    """Seconds to read every answer of the list and squeeze its words."""
    started = time.process_time()
    squeezer = zlib.compressobj()
    for row in digest.lists_for(tx, meeting).for_review:
        words = "\n".join(f"{key} {answer.raw}" for key, answer in tx.referrals.answers(row["id"]).items())
        squeezer.compress(words.encode())
    squeezer.flush()
    return time.process_time() - started


def _fill(database: str, size: int) -> None:
    from tests.test_reviewlist import VALUES  # noqa: PLC0415 - a referral with every question answered

    store = Store(database)
    store.upgrade()
    answers = {key: Answer(value, str(value), 1.0) for key, value in VALUES.items()}
    new = NewReferral("HM", MONDAY, next_meeting(MONDAY, _settings().meeting).date, False, "1", None, None, None, "")
    with store.transaction(MONDAY) as tx:
        for number in range(size):
            account = f"{VALUES['s_account']} This is what happened to number {number}."
            row = tx.referrals.add(new, {**answers, "s_account": Answer(account, account, 1.0)})
            if number % 10 == 0:
                tx.referrals.change(row["id"], not_for=["Police"])
    store.close()


def _settings() -> Settings:
    return Settings(
        folder=ROOT / "config",
        mailbox=MailboxSettings(address="referrals@desk.example", host="imap.desk.example", start_from=MONDAY),
        staff=StaffSettings(addresses=(CHAIR, POLICE), agencies=("police.example: Police",), rows=(CHAIR,)),
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--smoke", action="store_true", help="only whether it works: 20 referrals at most")
    parser.add_argument("--probe", metavar="DATABASE", help=argparse.SUPPRESS)
    parser.add_argument("--child", metavar="DATABASE", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
