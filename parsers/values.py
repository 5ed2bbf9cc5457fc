"""Text -> typed value with confidence and remark; small pure functions that never guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import phonenumbers
from stdnum.gb import nhs

from parsers.match import nearest, plain
from parsers.value import DOUBTFUL, EXACT, LIKELY, UNSURE, Value

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".]+")
_OUT = r"[A-Z][0-9][0-9ABCDEFGHJKPSTUW]?|[A-Z]{2}[0-9][0-9ABEHMNPRVWXY]?"
_POSTCODE = re.compile(rf"({_OUT})([0-9][A-Z]{{2}})")
_OUTWARD = re.compile(rf"(?:{_OUT})[0-9]?")
_NEVER_INWARD = set("CIKMOV")  # no postcode has these after its space
# what is left where a program could not keep a character
_LOST = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]|\\(cid:\\d+\\)")

_YES = ("yes", "y", "true")
_NO = ("no", "n", "false")
_NOT_KNOWN = ("not known", "unknown", "don t know", "dont know", "do not know", "not sure", "nk", "n k")
_YES_NO = {"yes": _YES, "no": _NO, "not_known": _NOT_KNOWN}


def text(written: str) -> Value:
    """The words as written, without space around them; a lost character is remarked on."""
    if _LOST.search(written):
        return Value(written.strip(), UNSURE, "a character could not be read")
    return Value(written.strip())


def email(written: str) -> Value:
    """One e-mail address; null where there is none, or more than one."""
    found = tuple(dict.fromkeys(one.removeprefix("mailto:").rstrip(".") for one in _EMAIL.findall(written)))
    if len(found) != 1:
        return Value(None, DOUBTFUL, "not one e-mail address", found)
    return Value(found[0], EXACT if found[0] == written.strip() else LIKELY)


def phone(written: str) -> Value:
    """A telephone number in E.164, an extension as RFC 3966 has it: `+441632960123;ext=5`."""
    matcher = phonenumbers.PhoneNumberMatcher(written, "GB", leniency=phonenumbers.Leniency.POSSIBLE)
    numbers = [match.number for match in matcher]
    found = tuple(dict.fromkeys(_dialled(number) for number in numbers))
    if len(found) != 1:
        return Value(None, DOUBTFUL, "not one telephone number", found)
    # The metadata knows no drama numbers and lags behind new ranges; a lost digit is what must not pass.
    if not phonenumbers.is_valid_number(numbers[0]) and len(str(numbers[0].national_number)) != 10:
        return Value(found[0], UNSURE, "this telephone number seems too short or too long")
    return Value(found[0])


def _dialled(number: phonenumbers.PhoneNumber) -> str:
    bare = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{bare};ext={number.extension}" if number.extension else bare


def nhs_number(written: str) -> Value:
    """Ten digits; a number that fails its check digit (modulus 11) is kept, in doubt."""
    plain_text = unicodedata.normalize("NFKC", written)
    bare = re.sub(r"^\s*nhs\s*(?:number|num|no)?\.?\s*:?", "", plain_text, flags=re.IGNORECASE)
    digits = re.sub(r"[\s.\u00ad\u2010-\u2015\u2212-]", "", bare)
    if not any(char.isdigit() for char in digits):
        return Value(None, LIKELY, "no number is given")
    if not (len(digits) == 10 and digits.isascii() and digits.isdigit()):
        return Value(None, DOUBTFUL, "an NHS number has ten digits")
    if not nhs.is_valid(digits):
        return Value(digits, DOUBTFUL, "the check digit of this NHS number is wrong")
    return Value(digits)


def postcode(written: str) -> Value:
    """A postcode in capitals with one space; look-alikes (O for 0, I for 1) are proposed, never put right."""
    bare = "".join(unicodedata.normalize("NFKC", written).upper().split()).rstrip(".")
    found = _POSTCODE.fullmatch(bare)
    if found:
        whole = f"{found[1]} {found[2]}"
        usual = found[1] == "ZZ99" or not _NEVER_INWARD & set(found[2])
        odd = Value(whole, UNSURE, "no postcode ends like this", _lookalikes(bare))
        return Value(whole) if usual else odd
    if _OUTWARD.fullmatch(bare):
        return Value(" ".join(written.upper().split()), UNSURE, "only the first part of a postcode")
    return Value(None, DOUBTFUL, "not a postcode", _lookalikes(bare))


def _lookalikes(bare: str) -> tuple[str, ...]:
    digit, letter = str.maketrans("OIL", "011"), str.maketrans("01", "OI")
    outward, inward = bare[:-3], bare[-3:]
    heads = {outward[:1].translate(letter) + outward[1:].translate(digit)}
    heads |= {outward[:2].translate(letter) + outward[2:].translate(digit)}
    tail = inward[:1].translate(digit) + inward[1:].translate(letter)
    proposals = sorted(f"{head} {tail}" for head in heads if _POSTCODE.fullmatch(head + tail))
    return tuple(one for one in proposals if one.replace(" ", "") != bare and not _NEVER_INWARD & set(tail))


def choice(written: str, options: Sequence[tuple[str, str]]) -> Value:
    """The id of an option, by its id, its label, a usual word for it, or nearly its label."""
    word = written.strip()
    if word in dict(options):
        return Value(word)
    wanted = plain(word)
    same = [key for key, label in options if plain(label) == wanted]
    same = same or [key for key, _ in options if wanted in _YES_NO.get(key, ())]
    if len(same) == 1:
        return Value(same[0], LIKELY if word not in dict(options).values() else EXACT)
    near = nearest(word, options)
    if near is None:
        return Value(None, DOUBTFUL, "none of the choices")
    return Value(near.key, near.confidence, "nearly the words of this choice")
