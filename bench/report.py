"""Figures -> a table for people and a file for machines; what is promised stands beside what was seen."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import Backlog
from bench.place import SETTINGS, Who

BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- figures end -->"
AT_LEAST, AT_MOST = 0.3, 5.0
MEANING = {
    "backlog": "mails a second, from sign-in to the last SMTP 250, with every mail in INBOX before the start",
    "latency": "from the server's EXISTS, as a proxy passed it on, to the SMTP 250; single mails while all is quiet",
    "commits": "durable commits that changed something, a mail of the backlog; with filing and copies to Sent",
    "round_trips": "commands that wait for the IMAP server, a mail of the backlog; with filing and copies to Sent",
    "peak_mb": "the most resident memory of the process in the backlog",
    "cpu": "processor time of the process with its start and its end, a mail of the backlog",
    "bare": "one thread: FETCH in batches of 50, compat32 parse with every part decoded, one durable commit of the raw "
    "mail, one send by smtplib of the bytes of one of mailbot's letters",
    "both": "IMAP over TLS to the same Dovecot, the same SMTP sink without TLS, a fresh mailbox and database a run; "
    "SQLite with WAL and synchronous=FULL, PostgreSQL with fsync",
    "spread": "the largest less the smallest of the runs, as a part of the median",
}


@dataclass
class Seen:
    """What was seen of one loop, run after run."""

    backlogs: list[Backlog] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Medians over the runs."""
        rates = [one.rate for one in self.backlogs]
        return {
            "backlog_mails_per_second": round(median(rates), 1),
            "backlog_spread": round((max(rates) - min(rates)) / median(rates), 2),
            "latency_median_ms": round(median(self.latencies), 2),
            "latency_p95_ms": round(sorted(self.latencies)[int(len(self.latencies) * 0.95)], 2),
            "commits_per_mail": round(median(one.commits for one in self.backlogs), 2),
            "imap_round_trips_per_mail": round(median(one.round_trips for one in self.backlogs), 2),
            "peak_memory_mb": round(median(one.peak_mb for one in self.backlogs), 1),
            "cpu_ms_per_mail": round(median(one.cpu_ms for one in self.backlogs), 2),
        }


def results(seen: dict[Who, Seen], measured: dict[str, Any]) -> dict[str, Any]:
    """Everything that is kept of a bench."""
    figures = {who: one.figures() for who, one in seen.items()}
    bare, ours = figures["bare"], figures["mailbot"]
    ratios = {
        "backlog": round(ours["backlog_mails_per_second"] / bare["backlog_mails_per_second"], 3),
        "latency": round(ours["latency_median_ms"] / bare["latency_median_ms"], 2),
    }
    return {
        "machine": machine(),
        "measured": measured,
        "settings": SETTINGS,
        "figures": figures,
        "ratios": ratios,
        "promised": {"backlog": f"at least {AT_LEAST}", "latency": f"at most {AT_MOST}"},
        "kept": {"backlog": ratios["backlog"] >= AT_LEAST, "latency": ratios["latency"] <= AT_MOST},
        "runs": {who: [asdict(backlog) for backlog in one.backlogs] for who, one in seen.items()},
        "meaning": MEANING,
    }


def table(found: dict[str, Any]) -> str:
    """The figures as plain text."""
    bare, ours = found["figures"]["bare"], found["figures"]["mailbot"]
    rows: list[Sequence[object]] = [("", "bare", "mailbot", "ratio", "promised")]
    for name in bare:
        measure = {"backlog_mails_per_second": "backlog", "latency_median_ms": "latency"}.get(name, "")
        ratio = found["ratios"].get(measure, round(ours[name] / bare[name], 2) if bare[name] else "")
        promised = f"{found['promised'][measure]}: {'kept' if found['kept'][measure] else 'BROKEN'}" if measure else ""
        rows.append((name.replace("_", " "), bare[name], ours[name], ratio, promised))
    lines = [f"{row[0]:<28}{row[1]:>10}{row[2]:>10}{row[3]:>8}  {row[4]}".rstrip() for row in rows]
    settings = ", ".join(f"{name.lower().replace('__', '.')} = {value}" for name, value in SETTINGS.items())
    meanings = [f"{name.replace('_', ' ')}: {words}" for name, words in MEANING.items()]
    return "\n".join([*lines, "", f"mailbot's settings beside the servers' addresses: {settings}", *meanings])


def into(readme: Path, found: dict[str, Any]) -> None:
    """Write the figures between the two markers of a page."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    bare, ours, is_ = found["figures"]["bare"], found["figures"]["mailbot"], found["machine"]
    rows = [f"| {name.replace('_', ' ')} | {bare[name]} | {ours[name]} |" for name in bare]
    measured = found["measured"]
    ratios = found["ratios"]
    about = (
        f"{measured['mails']} requests of 5 kB, {measured['database']}, {measured['runs']} runs in turns, on "
        f"{is_['system']} with {is_['cores']} cores and Python {is_['python']}. Backlog {ratios['backlog']} of bare; "
        f"latency {ratios['latency']} times bare."
    )
    lines = [BEGIN, about, "", "| | bare loop | mailbot |", "|---|---|---|", *rows, END]
    readme.write_text(before + "\n".join(lines) + after)


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }
