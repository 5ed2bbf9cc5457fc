"""What was found -> a table for people, a file for machines and the readme; what is promised beside what was seen."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.found import Found
from bench.place import SETTINGS

BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- figures end -->"
MEANING = {
    "backlog": "mails a second, from sign-in to the last SMTP 250, with every mail in INBOX before the start",
    "latency": "from the server's EXISTS, as a proxy passed it on, to the SMTP 250; single mails, each after a quiet",
    "commits": "durable commits that changed something, a mail of the backlog; with filing and copies to Sent",
    "round_trips": "commands that wait for the IMAP server, a mail of the backlog; with filing and copies to Sent",
    "peak_mb": "the most resident memory in the backlog, looked at every half second; of the process and its children",
    "cpu": "processor time of the process with its start and its end, a mail of the backlog",
    "bare": "one thread: FETCH in batches of 50, compat32 parse with every part decoded, one durable commit of the raw "
    "mail, one send by smtplib of the bytes of one of mailbot's letters",
    "both": "IMAP over TLS to the same Dovecot, the same SMTP sink without TLS, a fresh mailbox and database a run; "
    "SQLite with WAL and synchronous=FULL, PostgreSQL with fsync",
    "spread": "the largest less the smallest of the runs, as a part of the median",
}


def part(found: Found) -> dict[str, Any]:
    """One part as it is kept, with the machine it was measured on."""
    return {
        "about": found.about,
        "beside": found.beside,
        "machine": machine(),
        "lines": [line.to_json() for line in found.lines],
        "figures": found.figures,
    }


def keep(file: Path, parts: dict[str, Any]) -> dict[str, Any]:
    """Put these parts into the file, beside those that are there from another run; everything that is in it then."""
    before = json.loads(file.read_text()).get("parts", {}) if file.exists() else {}
    kept = {"settings": SETTINGS, "meaning": MEANING, "parts": {**before, **parts}}
    file.write_text(json.dumps(kept, indent=2) + "\n")
    return kept["parts"]


def table(parts: dict[str, Any]) -> str:
    """The lines of these parts as plain text."""
    lines = []
    for name, one in parts.items():
        lines += ["", f"{name}: {one['about']} Beside it: {one['beside']}."]
        lines += [f"  {_aligned(line)}".rstrip() for line in one["lines"]]
    settings = ", ".join(f"{name.lower().replace('__', '.')} = {value}" for name, value in SETTINGS.items())
    meanings = [f"{name.replace('_', ' ')}: {words}" for name, words in MEANING.items()]
    return "\n".join([*lines, "", f"mailbot's settings beside the servers' addresses: {settings}", *meanings])


def _aligned(line: dict[str, Any]) -> str:
    what, ours, beside, ratio, promised = _cells(line)
    return f"{what:<52}{ours:>10}{beside:>10}{ratio:>9}  {promised}"


def into(readme: Path, parts: dict[str, Any]) -> None:
    """Write the lines between the two markers of a page."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text("\n".join([before + BEGIN, *_page(parts), END]) + after)


def _page(parts: dict[str, Any]) -> Iterator[str]:
    machines = sorted({_in_words(one["machine"]) for one in parts.values()})
    yield f"On {'; and on '.join(machines)}."
    yield ""
    yield "| | mailbot | beside it | ratio | promised |"
    yield "|---|---|---|---|---|"
    for name, one in parts.items():
        yield f"| **{name}**: {one['about']} Beside it: {one['beside']}. | | | | |"
        for line in one["lines"]:
            yield f"| {' | '.join(_cells(line))} |"


def _cells(line: dict[str, Any]) -> tuple[str, str, str, str, str]:
    beside = line["beside"]
    kept = "" if line["kept"] else ": NOT KEPT"
    ratio = f"{line['value']:g}" if beside else ""
    return line["what"], f"{line['ours']:g}", "" if beside is None else f"{beside:g}", ratio, line["promised"] + kept


def _in_words(of: dict[str, Any]) -> str:
    return f"{of['system']} with {of['cores']} cores, {of['memory_gib']} GiB and Python {of['python']}"


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }
