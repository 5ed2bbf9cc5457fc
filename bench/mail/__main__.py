"""`python -m bench.mail`: what is promised of mails beside what was seen; bench/mail.json keeps the figures.

Status 1 where a promise was broken. Where the corpus of real mails is not beside the repository, its part is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from bench.mail import containers, corpus, deciding, held_out, reading, replies

KEPT = Path(__file__).parents[1] / "mail.json"


def main() -> int:
    asked = _asked()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # a line a mail says nothing here
    found = _found(asked.smoke)
    promises = list(_promises(found))
    print(_table(found, promises))
    if not asked.smoke:
        asked.out.write_text(
            json.dumps({**found, "kept": {name: kept for name, _, _, kept in promises}}, indent=2) + "\n"
        )
    return 0 if all(kept for *_, kept in promises) else 1


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


def _promises(found: dict[str, Any]) -> Iterator[tuple[str, object, str, bool]]:
    """Name, what was seen, what is promised, and whether it was kept."""
    ours = found["containers_of_our_own"]
    yield (
        "files out of our own containers",
        f"{ours['pairs'] - len(ours['wrong'])} of {ours['pairs']}",
        "all",
        not ours["wrong"],
    )
    if read := found.get("reading"):
        yield (
            f"exceptions over {read['mails']} mails, {read['other_files']} other files",
            len(read["exceptions"]),
            "0",
            not read["exceptions"],
        )
        yield f"slower than {read['seconds_allowed']:g} s", len(read["breaches"]), "0", not read["breaches"]
        yield (
            "median time as a multiple of compat32",
            read["ratio"],
            f"at most {reading.RATIO:g}",
            read["ratio"] <= reading.RATIO,
        )
    if said := found.get("deciding"):
        answered = said["machines_answered"]
        yield "machines' mails that would be answered", len(answered), "0", not answered
        yield (
            "reports called delivery reports",
            said["reported"],
            f"at least {deciding.REPORTED}",
            said["reported"] >= deciding.REPORTED,
        )
        yield (
            "people called machines",
            said["called_machine"],
            f"at most {deciding.CALLED_MACHINE}",
            said["called_machine"] <= deciding.CALLED_MACHINE,
        )
    if quoted := found.get("replies"):
        yield "quoted replies right", quoted["right"], f"at least {replies.RIGHT}", quoted["right"] >= replies.RIGHT
    if real := found.get("containers"):
        missing = [one["file"] for one in real if one["missing"]]
        yield f"files missing out of {len(real)} real containers", len(missing), "0", not missing
    if judged := found.get("held_out"):
        yield (
            f"held out: the form to {judged['requests']} requests",
            judged["gets_form"],
            f"at least {held_out.GETS_FORM}",
            judged["gets_form"] >= held_out.GETS_FORM,
        )
        yield (
            f"held out: the form to {judged['others']} others",
            judged["others_that_would_get_it"],
            "0",
            not judged["others_that_would_get_it"],
        )


def _table(found: dict[str, Any], promises: list[tuple[str, object, str, bool]]) -> str:
    lines = [
        f"{name:<58}{seen!s:>12}  {promised}: {'kept' if kept else 'BROKEN'}" for name, seen, promised, kept in promises
    ]
    if "reading" not in found:
        lines.append(
            "The corpus of real mails is not beside the repository (../shared/corpus): nothing of it was measured."
        )
        return "\n".join(lines)
    read, said = found["reading"], found["deciding"]
    lines.append(
        f"\nmilliseconds a mail: median {read['median_ms']}, p99 {read['p99_ms']}; compat32 alone: median {read['bare_median_ms']}, p99 {read['bare_p99_ms']}"
    )
    lines += [
        f"labelled {label}: {', '.join(f'{kind} {count}' for kind, count in kinds.items())}"
        for label, kinds in said["kinds"].items()
    ]
    listed = {
        "raised": read["exceptions"], "too slow": read["breaches"], "would be answered": said["machines_answered"],
        "held back by its words alone": said["machines_only_words_hold_back"], "no delivery report": said["not_called_reports"],
        "called a machine": said["people_called_machines"], "reply wrong": found["replies"]["wrong"],
        "container": [f"{one['file']} gives {', '.join(one['files']) or 'nothing'}"
                      + (f", misses {', '.join(one['missing'])}" if one["missing"] else "")
                      + (f", cannot be opened ({one['problem']})" if "problem" in one else "") for one in found["containers"]],
    }  # fmt: skip
    lines += [f"{name}: {one}" for name, ones in listed.items() for one in ones]
    return "\n".join(lines)


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
