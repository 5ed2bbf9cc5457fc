"""A form of every type of question, made, filled in and read again, is what was put on it: PDF, Word and plain text."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from stdnum.gb import nhs

from parsers import Field, File, Form, Limits, ladder
from parsers.form import FieldType
from parsers.plain import plain
from parsers.write.docx import docx_bytes
from parsers.write.fill import by_control, fill_docx, fill_pdf
from parsers.write.pdf import pdf
from parsers.write.text import text
from tests.parsers.fill.by_typing import typed
from tests.parsers.kit import FORM, codes
from tests.parsers.people import TODAY

_LETTERS = string.ascii_letters + string.digits + " .,;:!?'\"()&%@/+-–’“”éÖŁŷΩ"
# words are no label or option of the form, or text would not tell them from one
_KNOWN = {plain(one) for field in FORM.fields for _, one in (("", field.label), *field.options, *field.rows)}
_LINE = (
    st.text(_LETTERS, min_size=2, max_size=30).map(str.strip).filter(lambda one: bool(plain(one) and one[0].isalnum()))
)
_WORDS = _LINE.filter(lambda one: plain(one) not in _KNOWN and len(plain(one)) > 3)
_DAYS = st.dates(date(1901, 1, 1), TODAY)


@dataclass(frozen=True)
class Sample:
    """A form, what somebody put on it, and what that means."""

    form: Form
    written: dict[str, Any]
    meant: dict[str, Any]


def _pair(value: Any) -> tuple[Any, Any]:
    return value, value


def _nhs_number(digits: int) -> str:
    """With its check digit; nothing where there is none."""
    return next((one for last in range(10) if nhs.is_valid(one := f"999{digits:06}{last}")), "")


def _day(when: date) -> tuple[str, str]:
    return f"{when:%d/%m/%Y}", when.isoformat()


_DECLARED = st.tuples(_WORDS, st.sampled_from(["2026-11-19", "2026-10-02"])).map(
    lambda one: ({"checked": True, "name": one[0], "date": one[1]},) * 2
)
_ANSWERS: dict[str, st.SearchStrategy[tuple[Any, Any]]] = {
    "text": _WORDS.map(_pair),
    "longtext": st.lists(_WORDS, min_size=1, max_size=4).map("\n".join).map(_pair),
    "email": st.from_regex(r"\A[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{2,9}\.example\Z").map(_pair),
    "tel": st.integers(0, 999).map(lambda n: (f"07700 900{n:03}", f"+447700900{n:03}")),
    "date": _DAYS.map(_day),
    "date~": _DAYS.map(_day),
    "monthyear": _DAYS.map(lambda when: (f"{when:%B %Y}", f"{when:%Y-%m}")),
    "nhsno": st.integers(0, 999_999).map(_nhs_number).filter(bool).map(lambda n: (f"{n[:3]} {n[3:6]} {n[6:]}", n)),
    "postcode": st.sampled_from(["SO14 9ZZ", "PO1 3AX", "W1A 0AX"]).map(lambda one: (one.lower(), one)),
    "check+name+date": _DECLARED,
}


@st.composite
def _samples(draw: st.DrawFn) -> Sample:
    """Every type once, in any order, with labels of the real form, which are known to differ enough."""
    labels = iter(draw(st.permutations([field.label for field in FORM.fields if not field.rows])))
    prompts = iter(draw(st.permutations([field.text_prompt for field in FORM.fields if field.has_text])))
    fields = [_field(draw, kind, next(labels), prompts) for kind in draw(st.permutations(get_args(FieldType)))]
    form = replace(FORM, version="9", fields=tuple(fields), sha256="0" * 64, folder=None)
    answers = {key: pair for field in fields for key, pair in _answered(draw, field)}
    return Sample(form, {k: one for k, (one, _) in answers.items()}, {k: one for k, (_, one) in answers.items()})


def _field(draw: st.DrawFn, kind: FieldType, label: str, prompts: Any) -> Field:
    model = next(field for field in FORM.fields if field.type == kind)
    options = model.options
    if len(options) > 2 and not kind.startswith("yesno") and kind != "matrix":
        first = draw(st.integers(0, len(options) - 2))
        options = options[first : first + draw(st.integers(2, 6))]
    rows = model.rows[: draw(st.integers(1, 4))] if model.rows else ()
    prompt = next(prompts) if model.has_text else ""
    required: Literal["yes", "no"] = "no" if label.endswith("(optional)") else "yes"
    return replace(
        model, label=label, options=options, rows=rows, text_prompt=prompt, required=required, condition="",
        section="1 All", help="", lines=4 if kind == "longtext" else 0,
    )  # fmt: skip


def _answered(draw: st.DrawFn, field: Field) -> list[tuple[str, tuple[Any, Any]]]:
    if draw(st.integers(0, 4)) == 0:
        return []
    keys = [key for key, _ in field.options]
    if field.type in _ANSWERS:
        return [(field.id, draw(_ANSWERS[field.type]))]
    if field.rows:
        return [(key, _pair(draw(st.sampled_from(keys)))) for key in field.keys]
    if field.type.startswith("multi"):
        chosen: Any = draw(
            st.lists(st.sampled_from(keys), min_size=1, unique=True).map(lambda one: sorted(one, key=keys.index))
        )
    else:
        chosen = draw(st.sampled_from(keys))
    return [(field.id, _pair({"choice": chosen, "text": draw(st.none() | _WORDS)} if field.has_text else chosen))]


def _pdf(sample: Sample) -> bytes:
    return fill_pdf(pdf(sample.form), sample.written)


def _docx(sample: Sample) -> bytes:
    return fill_docx(docx_bytes(sample.form), sample.written)


def _text(sample: Sample) -> bytes:
    return typed(text(sample.form), sample.form, by_control(sample.written)).encode()


def _is_read_back(sample: Sample, make: Callable[[Sample], bytes]) -> None:
    (reading,) = ladder.read(File("form", make(sample)), [sample.form], Limits(), TODAY)

    assert reading.form_version == "9"
    assert codes(reading) == ([] if sample.written else ["empty_form"])
    for field in sample.form.fields:
        for key in field.keys:
            answer = reading.answers[key]
            assert (answer.value, answer.sure) == (sample.meant.get(key), True), (field.type, answer)


def _examples(most: int) -> settings:
    every = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=most,
        deadline=None,
        suppress_health_check=every,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],  # to shrink a form that is drawn anew each time takes minutes
    )


@_examples(6)
@given(_samples())
def test_a_pdf_is_read_back(sample: Sample) -> None:
    pytest.importorskip("weasyprint")
    _is_read_back(sample, _pdf)


@_examples(25)
@given(_samples())
def test_a_word_document_is_read_back(sample: Sample) -> None:
    _is_read_back(sample, _docx)


@_examples(40)
@given(_samples())
def test_plain_text_is_read_back(sample: Sample) -> None:
    _is_read_back(sample, _text)
