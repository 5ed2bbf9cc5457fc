"""Words on a returned form -> the question, option or form version they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.form import Form
from parsers.plain import plain

__all__ = ["ENOUGH", "NEAR", "SAME", "Near", "by_names", "by_words", "nearest", "plain"]

NEAR = 80  # below this, two labels of the form are as alike as a label and its edited copy
SAME = 95
ENOUGH = 0.6  # of a form's questions found: it is that form


class Near(NamedTuple):
    """What words belong to, and how often such a match is right."""

    key: str
    score: float

    @property
    def confidence(self) -> float:
        return 0.95 if self.score >= SAME else 0.85


def nearest(words: str, labels: Iterable[tuple[str, str]]) -> Near | None:
    """The key whose label is nearly these words; nothing where two are equally near."""
    wanted = plain(words)
    near = (Near(key, fuzz.ratio(wanted, plain(label))) for key, label in labels)
    scores = sorted(near, key=lambda one: -one.score)
    if not wanted or not scores or scores[0].score < NEAR:
        return None
    if len(scores) > 1 and scores[0].score - scores[1].score < 3:
        return None
    return scores[0]


def by_names(names: Iterable[str], forms: Sequence[Form]) -> Form | None:
    """The version of the form that has these field names."""
    known = {name.partition(".")[0] for name in names}
    return _best({form: sum(field.id in known for field in form.fields) for form in forms})


def by_words(words: str, forms: Sequence[Form]) -> Form | None:
    """The version of the form whose questions stand in these words."""
    text = plain(words)
    return _best({form: sum(plain(field.label) in text for field in form.fields) for form in forms})


def _best(found: dict[Form, int]) -> Form | None:
    form = max(found, key=lambda one: found[one] / len(one.fields))
    return form if found[form] >= ENOUGH * len(form.fields) else None
