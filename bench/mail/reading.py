"""How long a mail takes to parse beside the standard library alone, and whether any raises or takes too long."""

from __future__ import annotations

import email
import email.policy
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.mail.corpus import Example
from mailbot.kinds import KINDS
from mailbot.mail import parse
from mailbot.understood import Known
from tests.desk import MONDAY, US, our_office

SECONDS, RATIO, ROUNDS = 2.0, 6.0, 3


def measured(mails: Sequence[Example], others: Sequence[Example]) -> dict[str, Any]:
    """Times in milliseconds, the median of some rounds for each mail; what broke, by name."""
    known = Known(now=MONDAY, our_addresses=frozenset({US}), words=our_office().words)
    exceptions, breaches = [], []
    for one in (*mails, *others):
        start = time.process_time()  # of this process: what else the machine does is not the mail's doing
        if not _survives(one.raw, known):
            exceptions.append(one.name)
        if time.process_time() - start > SECONDS:
            breaches.append(one.name)
    ours = sorted(_milliseconds(parse, one.raw) for one in mails)
    bare = sorted(_milliseconds(_bare, one.raw) for one in mails)
    return {
        "mails": len(mails),
        "other_files": len(others),
        "exceptions": exceptions,
        "breaches": breaches,
        "seconds_allowed": SECONDS,
        "median_ms": round(median(ours), 3),
        "p99_ms": round(_p99(ours), 2),
        "bare_median_ms": round(median(bare), 3),
        "bare_p99_ms": round(_p99(bare), 2),
        "ratio": round(median(ours) / median(bare), 2),
    }


def _survives(raw: bytes, known: Known) -> bool:
    """Whether it is parsed, and every kind says what it thinks of it."""
    try:
        found = parse(raw)
        for kind in KINDS.values():
            kind.recognise(found, known)
    except Exception:  # whatever it is, it is counted
        return False
    return not any("could not be read" in problem for problem in found.problems)


def _bare(raw: bytes) -> None:
    """The limit: the standard library's parser, with every part decoded."""
    for part in email.message_from_bytes(raw, policy=email.policy.compat32).walk():
        if not part.is_multipart():
            try:
                part.get_payload(decode=True)
            except (ValueError, LookupError):
                continue


def _milliseconds(work: Any, raw: bytes) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work(raw)
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def _p99(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
