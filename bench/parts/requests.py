"""Requests for the form beside the bare loop: a backlog of them, and single ones, on either database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench import place
from bench.asked import Asked, say
from bench.found import Found, Line
from bench.measure import Backlog, backlog, latency, p95
from bench.place import Engine, Place, Who

LOOPS: tuple[Who, ...] = ("bare", "mailbot")
SIZES = (1_000, 10_000)
AT_LEAST: dict[Engine, float] = {"sqlite": 0.5, "postgres": 0.35}
MEDIAN, P95 = 2.5, 5.0  # times bare, at most


@dataclass
class Seen:
    """What was seen of one loop, run after run, by the size of the backlog."""

    backlogs: dict[int, list[Backlog]] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Medians over the runs."""
        by_size = {str(size): _medians(seen) for size, seen in self.backlogs.items()}
        return {**by_size, "latency_median_ms": self.median, "latency_p95_ms": self.p95}

    def rate(self, size: int) -> float:
        return round(median(one.rate for one in self.backlogs[size]), 1)

    @property
    def median(self) -> float:
        return round(median(self.latencies), 2)

    @property
    def p95(self) -> float:
        return round(p95(self.latencies), 2)


def measured(engine: Engine, asked: Asked) -> Found:
    """Both loops in turns: the first size as often as asked, a larger one once."""
    sizes = (asked.mails,) if asked.mails else (10,) if asked.smoke else SIZES
    seen: dict[Who, Seen] = {who: Seen() for who in LOOPS}
    with place.opened(engine) as here:
        backlog(here, "mailbot", 5)  # warms up; and one of its letters is what the bare loop sends
        for number, size in enumerate(sizes):
            for run in range(1 if number else asked.runs):
                for who in LOOPS:
                    _backlog(here, who, seen[who], size, run)
        for run in range(asked.runs):
            for who in LOOPS:
                _latency(here, who, seen[who], -(-asked.single // asked.runs), run)
    about = f"{' and '.join(f'{size:,}' for size in sizes)} requests of 5 kB, {asked.runs} runs in turns."
    return Found(about, "the bare loop", _lines(seen, sizes, AT_LEAST[engine]), _figures(seen))


def _backlog(here: Place, who: Who, seen: Seen, size: int, run: int) -> None:
    found = backlog(here, who, size)
    seen.backlogs.setdefault(size, []).append(found)
    say(f"run {run + 1}, {who}: backlog of {size}, {found.rate:.0f} mails a second")


def _latency(here: Place, who: Who, seen: Seen, mails: int, run: int) -> None:
    found = latency(here, who, mails)
    seen.latencies += found
    say(f"run {run + 1}, {who}: {len(found)} single mails, {min(found):.1f} to {max(found):.1f} ms")


def _lines(seen: dict[Who, Seen], sizes: tuple[int, ...], at_least: float) -> tuple[Line, ...]:
    bare, ours = seen["bare"], seen["mailbot"]
    rates = [
        Line(f"backlog of {size:,}, mails a second", ours.rate(size), bare.rate(size), at_least=at_least)
        for size in sizes
    ]
    costs, bare_costs = (_medians(one.backlogs[sizes[0]]) for one in (ours, bare))
    return (
        *rates,
        Line("EXISTS to SMTP 250, median, ms", ours.median, bare.median, at_most=MEDIAN),
        Line("EXISTS to SMTP 250, 95 of 100, ms", ours.p95, bare.p95, at_most=P95),
        Line("commits a mail of the backlog", costs["commits"], at_most=4),
        *(Line(f"{what} of the backlog", costs[name], bare_costs[name]) for what, name in _COSTS.items()),
    )


_COSTS = {"IMAP round trips a mail": "round_trips", "peak memory, MB,": "peak_mb", "processor ms a mail": "cpu_ms"}


def _medians(seen: list[Backlog]) -> dict[str, float]:
    runs = [asdict(one) for one in seen]
    rates = [one.rate for one in seen]
    medians = {name: round(median(run[name] for run in runs), 2) for name in runs[0]}
    return {**medians, "spread": round((max(rates) - min(rates)) / median(rates), 2)}


def _figures(seen: dict[Who, Seen]) -> dict[str, Any]:
    runs = {
        who: {str(size): [asdict(one) for one in found] for size, found in one.backlogs.items()}
        for who, one in seen.items()
    }
    return {**{who: one.figures() for who, one in seen.items()}, "runs": runs}
