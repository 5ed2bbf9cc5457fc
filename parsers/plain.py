"""Words as they are compared, and whether a text may be a form: cheap enough to ask of every mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from parsers.form import Form

#: Of a form's questions found in a text: it may be that form. Another service's form shares fewer.
SOME = 0.25
#: The name that a mail's own words are read under.
MAIL_TEXT = "mail text"
_MOST = 100_000  # characters; the form is a tenth of it
_BETWEEN = re.compile(r"[\W_]+")


def plain(words: str) -> str:
    """Words as they are compared: no case, no punctuation, single spaces."""
    folded = unicodedata.normalize("NFKC", words).casefold().replace("(optional)", " ")
    return _BETWEEN.sub(" ", folded).strip()


def may_hold_form(words: str, forms: Iterable[Form]) -> bool:
    """Whether so many of a form's questions stand in this text that it is worth reading."""
    text = f" {plain(words[:_MOST])} "
    return any(_questions(text, form) >= SOME * len(form.fields) for form in forms)


def _questions(text: str, form: Form) -> int:
    return sum(f" {_label(field.label)} " in text for field in form.fields)


@lru_cache(maxsize=1000)
def _label(words: str) -> str:
    return plain(words)
