"""`python -m bench.mail`: what is promised of mails beside what was seen; bench/mail.json keeps the figures.

Status 1 where a promise was broken. Where the corpus of real mails is not beside the repository, its part is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bench.mail import containers, corpus, deciding, held_out, reading, replies


@dataclass(frozen=True)
class Promise:
    """What was seen, what is promised, and whether it was kept."""

    name: str
    seen: str
    promised: str
    kept: bool


KEPT = Path(__file__).parents[1] / "mail.json"


def main() -> int:
    asked = _asked()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # a line a mail says nothing here
    found = _found(asked.smoke)
    promises = list(_promises(found))
    print(_table(found, promises))
    if not asked.smoke:
        asked.out.write_text(json.dumps({**found, "kept": {one.name: one.kept for one in promises}}, indent=2) + "\n")
    return 0 if asked.smoke or all(one.kept for one in promises) else 1


def _found(smoke: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"containers_of_our_own": containers.pairs()}
    if corpus.CORPUS.is_dir():
        mails, others = list(corpus.mails()), list(corpus.others())
        labelled = [one for one in mails if one.label]
        if smoke:
            mails, others, labelled = mails[::40], others[::40], labelled[::40]
        found["reading"] = reading.measured(mails, others)
        found["deciding"] = deciding.decided(labelled)
        found["replies"] = replies.trimmed()
        found["containers"] = containers.real()
    if not smoke and (judged := held_out.judged()):
        found["held_out"] = judged
    return found


def _promises(found: dict[str, Any]) -> Iterator[Promise]:
    ours = found["containers_of_our_own"]
    yield Promise(
        "files that come out of our own containers",
        f"{ours['pairs'] - len(ours['wrong'])} of {ours['pairs']}",
        "all",
        not ours["wrong"],
    )
    if read := found.get("reading"):
        over = f"{read['mails']} mails and {read['other_files']} other files"
        yield _none(f"exceptions over {over}", read["exceptions"])
        yield _none(f"slower than {read['seconds_allowed']:g} s", read["breaches"])
        yield _at_most("median time, as a multiple of compat32", read["ratio"], reading.RATIO)
    if said := found.get("deciding"):
        yield _none("machines' mails that would be answered", said["machines_answered"])
        yield _at_least("reports that are called delivery reports", said["reported"], deciding.REPORTED)
        yield _at_most("people who are called machines", said["called_machine"], deciding.CALLED_MACHINE)
    if quoted := found.get("replies"):
        yield _at_least(f"right of {quoted['replies']} quoted replies", quoted["right"], replies.RIGHT)
    if real := found.get("containers"):
        yield _none(
            f"of {len(real)} real containers, those that miss files", [one["file"] for one in real if one["missing"]]
        )
    for one, judged in found.get("held_out", {}).items():
        of = f"held out, {one} set: the form to"
        yield _at_least(f"{of} {judged['requests']} requests", judged["gets_form"], held_out.GETS_FORM)
        yield _at_most(f"{of} {judged['others']} others", judged["others_that_would_get_it"], 0)


def _none(name: str, seen: list[str]) -> Promise:
    return _at_most(name, len(seen), 0)


def _at_most(name: str, seen: float, most: float) -> Promise:
    return Promise(name, f"{seen:g}", f"at most {most:g}" if most else "none", seen <= most)


def _at_least(name: str, seen: float, least: float) -> Promise:
    return Promise(name, f"{seen:.2%}", f"at least {least:.0%}", seen >= least)


def _table(found: dict[str, Any], promises: list[Promise]) -> str:
    lines = [f"{one.name:<58}{one.seen:>10}  {one.promised}: {'kept' if one.kept else 'BROKEN'}" for one in promises]
    if "reading" not in found:
        lines.append(
            "The corpus of real mails is not beside the repository (../shared/corpus): nothing of it was measured."
        )
        return "\n".join(lines)
    read, kinds = found["reading"], found["deciding"]["kinds"]
    lines += [
        "",
        f"milliseconds a mail: median {read['median_ms']}, p99 {read['p99_ms']}",
        f"compat32 with every part decoded: median {read['bare_median_ms']}, p99 {read['bare_p99_ms']}",
    ]
    lines += [
        f"labelled {label}: {', '.join(f'{kind} {count}' for kind, count in of.items())}" for label, of in kinds.items()
    ]
    return "\n".join([*lines, *_listed(found)])


def _listed(found: dict[str, Any]) -> Iterator[str]:
    """Every single one that broke, or may break, a promise, and what each container gave."""
    read, said = found["reading"], found["deciding"]
    lists = {
        "raised": read["exceptions"],
        "too slow": read["breaches"],
        "would be answered": said["machines_answered"],
        "held back by its words alone": said["machines_only_words_hold_back"],
        "no delivery report": said["not_called_reports"],
        "called a machine": said["people_called_machines"],
        "reply wrong": found["replies"]["wrong"],
        "container": [_container(one) for one in found["containers"]],
    }
    return (f"{name}: {one}" for name, ones in lists.items() for one in ones)


def _container(one: dict[str, Any]) -> str:
    missing = f", misses {', '.join(one['missing'])}" if one["missing"] else ""
    problem = f", cannot be opened ({one['problem']})" if "problem" in one else ""
    same = f", {len(one['same_bytes'])} as in the corpus" if one.get("same_bytes") else ""
    return f"{one['file']} gives {', '.join(one['files']) or 'no files'}{same}{missing}{problem}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.mail", description=__doc__.split("\n\n")[0] if __doc__ else ""
    )
    parser.add_argument(
        "--out", type=Path, default=KEPT, help="where the figures go (bench/mail.json; with --smoke nowhere)"
    )
    parser.add_argument("--smoke", action="store_true", help="only whether it works: one mail in forty")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
