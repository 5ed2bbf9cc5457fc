"""The first start on a mailbox of years, a small one beside a large one; and the second, with nothing new."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean
from typing import Any

from bench import maildir, place
from bench.asked import Asked, say
from bench.found import Found, Line
from bench.place import Place, Run
from bench.requests import request

SIZES, SMOKE = (5_000, 50_000), (40, 200)
IN_LINE = 1.5  # times the seconds a mail of the small mailbox takes, at most
MOST_MB, FLAT, HANDFUL = 200, 1.1, 20
_WORDED = 500  # requests; the others are like one of them under another name
_PATIENCE = 1800.0


@dataclass(frozen=True)
class Started:
    """What the starts on one mailbox took."""

    counted_ms: float  # a mail, where all came before `start_from`
    kept_ms: float  # a mail, where all came after it: until the last is kept, while the first are answered
    peak_mb: float
    growth: float  # of resident memory: the last quarter of keeping beside the second
    second_start_round_trips: float


def measured(asked: Asked) -> Found:
    """The small mailbox, then the large one."""
    sizes = SMOKE if asked.smoke else SIZES
    with place.opened("sqlite") as here:
        seen = {size: _started(here, size) for size in sizes}
    few, many = (seen[size] for size in sizes)
    words, again = f"of {sizes[1]:,} mails", many.second_start_round_trips
    lines = (
        Line(f"ms to count each {words} from before us", many.counted_ms, few.counted_ms, at_most=IN_LINE),
        Line(f"ms to keep each {words}", many.kept_ms, few.kept_ms, at_most=IN_LINE),
        Line(f"peak memory {words}, MB", max(many.peak_mb, few.peak_mb), at_most=MOST_MB),
        Line(f"memory {words}, the last quarter beside the second", many.growth, at_most=FLAT),
        Line(f"IMAP round trips of a second start {words}", again, at_most=HANDFUL),
        Line(f"IMAP round trips of a second start {words}, beside few", again, few.second_start_round_trips),
    )
    figures: dict[str, Any] = {str(size): vars(one) for size, one in seen.items()}
    about = f"The first start on a mailbox of {sizes[1]:,} mails, SQLite, and a second with nothing new."
    return Found(about, f"the same with {sizes[0]:,}", lines, figures)


def _started(here: Place, size: int) -> Started:
    address = here.dovecot.new_address()
    maildir.filled(here.dovecot, address, _mails(size, address))
    say(f"{size} mails are there")
    database = here.new_database()
    today = datetime.now(UTC).isoformat()
    with here.running("mailbot", address, database=database, MAILBOX__START_FROM=today) as first:
        first.wait(lambda: bool(_said(first, "reconciled")), "counted and reconciled", _PATIENCE)
    counted = _seconds(first, "mail_kept")
    say(f"counted in {counted:.1f} seconds")
    with here.running("mailbot", address, database=database, MAILBOX__START_FROM=today) as second:
        second.wait(lambda: bool(_said(second, "reconciled")), "reconciled again", _PATIENCE)
    assert not _said(second, "mail_kept"), "the second start kept what the first had"
    with here.running("mailbot", address) as third:
        third.wait(lambda: _kept(third) == size, "every mail kept", _PATIENCE)
    kept = _seconds(third, "mail_kept")
    say(f"kept in {kept:.1f} seconds")
    return Started(
        round(counted * 1000 / size, 3),
        round(kept * 1000 / size, 3),
        max(first.costs()["peak_mb"], third.costs()["peak_mb"]),
        _growth(third.megabytes),
        second.costs()["round_trips"],
    )


def _mails(size: int, address: str) -> Iterator[tuple[bytes, float]]:
    """Requests over the last two years, up to yesterday; no two from the same person."""
    worded = [request(number, address) for number in range(min(size, _WORDED))]
    yesterday = time.time() - 86_400
    for number in range(size):
        raw = worded[number % _WORDED]
        new = b"person%d@" % number, b"<%d." % number
        old = b"person%d@" % (number % _WORDED), b"<%d." % (number % _WORDED)
        yield raw.replace(old[0], new[0]).replace(old[1], new[1], 1), yesterday - (size - number) * 1200


def _said(run: Run, event: str) -> list[dict[str, Any]]:
    """The lines of its log that tell of this."""
    lines = run.log.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if f'"{event}"' in line and line.endswith("\n")]


def _kept(run: Run) -> int:
    return sum(one["new"] + one["counted_only"] for one in _said(run, "mail_kept"))


def _seconds(run: Run, event: str) -> float:
    """From the sign-in to the last that was said of this."""
    opened, last = _said(run, "mailbox_open")[0], _said(run, event)[-1]
    return _moment(last) - _moment(opened)


def _moment(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def _growth(megabytes: list[float]) -> float:
    """The last quarter beside the second: the first is the start itself."""
    quarter = len(megabytes) // 4
    if not quarter:
        return 1.0
    return round(mean(megabytes[-quarter:]) / mean(megabytes[quarter : 2 * quarter]), 3)
