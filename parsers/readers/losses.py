"""What a program lost of a filled form on its way onto the page, known by what else arrived there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from parsers.answers import Written
from parsers.form import Form
from parsers.readers.printed import HIDDEN
from parsers.reading import Problem
from parsers.value import UNSURE
from parsers.write.controls import of_form

Controls = Mapping[str, Written]

_GONE = "nothing is here, and may have been lost"
_NO_MARKS = Problem(
    "lost_text", "Words arrived but no choice is marked; the program that saved this form may have lost the marks."
)
_PARTS = Problem(
    "lost_text", "Some answers did not reach the page whole; the program that saved this form may have lost the rest."
)


def doubting_gaps(form: Form, controls: Controls, *, cut_off: bool, on_paper: bool) -> dict[str, Written]:
    """What is blank is in doubt where nothing of its kind arrived: programs lose all words, or all dots.

    Of a few pages on paper nothing can be said: they may hold boxes alone.
    """
    kinds, last = _kinds(form), _last_options(form)
    arrived = {
        kinds.get(name) for name, written in controls.items() if not (written.blank or last.get(name) == written.text)
    }
    if _many_marked(controls, last):
        arrived.add("choice")

    def lost(name: str, written: Written) -> bool:
        by_eye = not on_paper and _by_eye(written)
        return written.blank and not by_eye and (cut_off or (bool(arrived) and kinds.get(name) not in arrived))

    return {name: _doubted(one) if lost(name, one) else one for name, one in controls.items()}


def doubting_wiped(form: Form, controls: Controls, unwritten: frozenset[str]) -> dict[str, Written]:
    """An empty field without its space had words, where spaces of others arrived; `unwritten` are those that did."""
    kinds = _kinds(form)

    def lost(name: str, written: Written) -> bool:
        empty = written.blank and "rect" in (written.where or {}) and not _by_eye(written)
        return bool(unwritten) and empty and kinds.get(name) == "words" and name not in unwritten

    return {name: _doubted(one) if lost(name, one) else one for name, one in controls.items()}


def losses(form: Form, controls: Controls) -> Sequence[Problem]:
    """What is to be said of a print: that no marks arrived, or parts of words."""
    return tuple(_losses(_kinds(form), controls))


def _losses(kinds: Mapping[str, str], controls: Controls) -> Iterator[Problem]:
    printed = {name: written for name, written in controls.items() if not _by_eye(written)}
    words = [written for name, written in printed.items() if kinds.get(name) == "words"]
    marks = [written for name, written in printed.items() if kinds.get(name) == "choice"]
    if not any(not written.blank for written in words):
        return  # that none arrived is said of every form
    if any(written.remark == _GONE for written in marks):
        yield _NO_MARKS
    if any(written.remark in (_GONE, HIDDEN) for written in words):
        yield _PARTS


def _kinds(form: Form) -> dict[str, str]:
    return {control.name: "words" if control.kind in ("line", "box") else control.kind for control in of_form(form)}


def _last_options(form: Form) -> dict[str, str]:
    return {control.name: control.options[-1][0] for control in of_form(form) if control.kind == "choice"}


def _many_marked(controls: Controls, last: Mapping[str, str]) -> bool:
    """Whether so many chose the last option that they meant it; else qpdf kept no other, of what pypdf stored."""
    choices = [controls[name] for name in last if name in controls]
    return 0 < len(choices) < 2 * sum(not written.blank for written in choices)


def _by_eye(written: Written) -> bool:
    return (written.where or {}).get("reader") == "scan"


def _doubted(written: Written) -> Written:
    return replace(written, confidence=min(written.confidence, UNSURE), remark=written.remark or _GONE)
