"""Letters and digits that look alike in handwriting, told apart by what can stand in a field of this type."""

from __future__ import annotations

import re

_AS_DIGIT = str.maketrans({**dict.fromkeys("OoDCQ", "0"), **dict.fromkeys("Il|", "1"), "Z": "2", "S": "5", "B": "8"})
_AS_LETTER = str.maketrans("01258", "OIZSB")
# signs that are digits or look like them, with a digit among them, and no part of a word: not the S of Sept or SO15
_NUMBER = re.compile(r"(?<![^\W\d_])(?=[OoDCQIl|ZSB]*\d)[\dOoDCQIl|ZSB]+(?![^\W\d_])")
_POSTCODE = re.compile(r"[A-Z]{1,2}[1-9]\d?[A-Z]?\d[A-Z]{2}|[A-Z]{1,2}0\d[A-Z]{2}", re.IGNORECASE)
_YEAR = re.compile(r"(?<![^\W_])(?=\w*\d)[\dOoQIlZSB]{3}[\dOoQIlZSBs](?![^\W_])")
_NUMBERS = {"date", "date~", "monthyear", "nhsno", "tel"}


def fitted(text: str, kind: str | None) -> str:
    """Handwriting as it was read, with digits for letters and letters for digits where only those can stand."""
    if kind in _NUMBERS:
        return _NUMBER.sub(lambda found: found[0].translate(_AS_DIGIT), text.replace("×", "x"))
    return _postcode(text) if kind == "postcode" else _YEAR.sub(_year, text)


def _year(found: re.Match[str]) -> str:
    """Four signs that are a year of this century or the last; else they are left alone: SO15 is none."""
    digits = found[0].translate(_AS_DIGIT).replace("s", "5")
    return digits if digits.startswith(("19", "20")) else found[0]


def _postcode(text: str) -> str:
    """One or two letters, a number, a digit and two letters; left alone where it would still be none."""
    bare = "".join(text.split())
    if _POSTCODE.fullmatch(bare) or not 5 <= len(bare) <= 7:
        return text
    for letters in (2, 1):
        number = bare[letters:-3].translate(_AS_DIGIT) + bare[-3].translate(_AS_DIGIT)
        fits = bare[:letters].translate(_AS_LETTER) + number + bare[-2:].translate(_AS_LETTER)
        if _POSTCODE.fullmatch(fits):
            signs = iter(fits)
            return "".join(one if one.isspace() else next(signs) for one in text)
    return text
