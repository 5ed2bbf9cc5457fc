"""Several readers look at one form: the lower ones fill what the surer left empty, and what differs is shown."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name

from parsers.write.fill import fill_pdf
from tests.parsers.fill.places import places
from tests.parsers.kit import FORM, PDF, differences, read_here
from tests.parsers.people import PLAIN, PLAIN_READ


def _left_out(*keys: str) -> bytes:
    return fill_pdf(PDF, {key: value for key, value in PLAIN.items() if key not in keys})


def _drawn(data: bytes, words: Mapping[str, str]) -> bytes:
    """The same file with words drawn on its pages, as web tools do that know nothing of fields."""
    at = {place.name: place for place in places(PDF)}
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        font = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for name, text in words.items():
            page, (left, bottom, _, _) = document.pages[at[name].page], at[name].rect
            page.add_resource(font, Name.Font, Name("/Drawn"))
            page.contents_add(f"q BT /Drawn 10 Tf {left + 3} {bottom + 5} Td ({text}) Tj ET Q".encode())
        document.save(out)
    return out.getvalue()


def test_words_drawn_on_the_page_fill_a_field_that_was_left_empty() -> None:
    reading = read_here(_drawn(_left_out("p_surname"), {"p_surname": "Whitlock"}))

    assert reading.how == "acroform"
    assert reading.problems == ()
    assert differences(reading, PLAIN_READ) == {}
    answer = reading.answers["p_surname"]
    assert answer.sure
    assert answer.where is not None
    assert answer.where["reader"] == "flat"


def test_a_field_and_its_page_that_differ_are_both_shown() -> None:
    reading = read_here(_drawn(_left_out(), {"p_surname": "Somebody Else"}))

    answer = reading.answers["p_surname"]
    assert answer.value is None
    assert not answer.sure
    assert answer.remark == "the field and the page say different things"
    assert answer.candidates[0] == "Whitlock"
    assert len(answer.candidates) == 2  # the second in letters that lie over one another
    assert set(differences(reading, PLAIN_READ)) == {"p_surname"}


def test_what_a_pen_drew_over_a_field_is_not_overlooked() -> None:
    place = next(place for place in places(PDF) if place.name == "p_surname")
    left, bottom, right, top = place.rect
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(_left_out("p_surname"))) as document:
        look = document.make_stream(
            f"1.5 w 0 0 0.8 RG {left + 5} {bottom + 3} m {left + 30} {top - 3} l {left + 60} {bottom + 4} l S".encode(),
            Type=Name.XObject, Subtype=Name.Form, BBox=Array([left, bottom, right, top]),
        )  # fmt: skip
        ink = Dictionary(
            Type=Name.Annot, Subtype=Name.Ink, Rect=Array([left, bottom, right, top]), F=4, AP=Dictionary(N=look)
        )
        document.pages[place.page].obj.Annots.append(document.make_indirect(ink))
        document.save(out)

    reading = read_here(out.getvalue())

    assert FORM["p_surname"] in reading.unclear(FORM)
    assert FORM["p_surname"] not in reading.unanswered(FORM)
    assert set(differences(reading, PLAIN_READ)) == {"p_surname"}


def test_only_a_form_that_says_more_is_looked_at_twice() -> None:
    reading = read_here(fill_pdf(PDF, PLAIN))

    assert {answer.where["reader"] for answer in reading.answers.values() if answer.where} == {"acroform"}
