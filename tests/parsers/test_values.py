"""Text -> value: what is plain is read, what is doubtful is said to be, and nothing is guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import SURE, dates, values
from parsers.marks import marked, single
from parsers.value import Value
from tests.parsers.people import TODAY

DATES = st.dates(date(1900, 1, 1), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "27 3 1985", "27/03/1985", "27-03-1985", "27.3.1985", "27 March 1985", "27 march, 1985", "27th of March 1985",
        "27-Mar-1985", "27Mar1985", "1985-03-27", "Wednesday 27 March 1985", "March 27, 1985", " 27 / 3 / 1985 ",
        "27–03–1985", "２７/０３/１９８５", "27 March 1985.",
    ],
)  # fmt: skip
def test_a_full_date_is_read_day_first(text: str) -> None:
    found = dates.day(text, latest=TODAY)

    assert (found.value, found.confidence >= SURE, found.remark) == ("1985-03-27", True, None)


@pytest.mark.parametrize(
    ("text", "remark", "candidates"),
    [
        ("03/04/85", "the year has only two digits", ("1985-04-03",)),
        ("03/04/15", "the year has only two digits", ("1915-04-03", "2015-04-03")),
        ("30/02/1985", "there is no such date, read day first", ()),
        ("04/13/1985", "there is no such date, read day first", ()),
        ("27/03/1885", "there is no such date, read day first", ()),
        ("1 January 2030", "the date is in the future", ("2030-01-01",)),
        ("about 40", "not a full date with day, month and year", ()),
        ("March 1985", "not a full date with day, month and year", ()),
        ("27/03/1985 or 27/03/1986", "not a full date with day, month and year", ()),
        ("27 Smarch 1985", "not a full date with day, month and year", ()),
    ],
)
def test_a_doubtful_date_is_never_guessed(text: str, remark: str, candidates: tuple[str, ...]) -> None:
    """B28."""
    found = dates.day(text, latest=TODAY)

    assert (found.value, found.confidence < SURE, found.remark, found.candidates) == (None, True, remark, candidates)


@given(DATES, st.sampled_from(["%d/%m/%Y", "%d %m %Y", "%d %B %Y", "%Y-%m-%d", "%d.%m.%Y", "%A %d %b %Y"]))
def test_every_date_survives_every_usual_form(when: date, form: str) -> None:
    assert dates.day(when.strftime(form), latest=TODAY).value == when.isoformat()


@given(st.text(alphabet="0123456789/-. abMarch", max_size=14))
def test_what_looks_like_a_date_is_one_or_in_doubt(text: str) -> None:
    found = dates.day(text, latest=TODAY)

    assert (found.value is None) == (found.confidence < SURE)
    assert found.value is None or EARLIEST <= date.fromisoformat(found.value) <= TODAY


EARLIEST = date(1900, 1, 1)


@pytest.mark.parametrize(
    ("text", "value", "remark", "sure"),
    [
        ("12/11/2026", "2026-11-12", None, True),
        ("about 12 November 2026", "2026-11-12", "approximate", True),
        ("about 2 weeks ago", None, "approximate", True),
        ("ongoing", None, "approximate", True),
        ("30/02/2026", None, "there is no such date, read day first", False),
        ("12/11/26", None, "the year has only two digits", False),
        ("1/1/2027", None, "the date is in the future", False),
    ],
)
def test_a_date_or_words(text: str, value: str | None, remark: str | None, sure: bool) -> None:
    found = dates.about_day(text, latest=TODAY)

    assert (found.value, found.remark, found.confidence >= SURE) == (value, remark, sure)


@pytest.mark.parametrize(
    ("text", "value", "sure"),
    [
        ("March 2024", "2024-03", True),
        ("03/2024", "2024-03", True),
        ("2024-03", "2024-03", True),
        ("12 March 2024", "2024-03", True),
        ("around Sept. 2025", "2025-09", True),
        ("early 2023", None, True),
        ("13/2024", None, False),
        ("03/24", None, False),
        ("May 2027", None, False),
    ],
)
def test_a_month(text: str, value: str | None, sure: bool) -> None:
    found = dates.month(text, latest=TODAY)

    assert (found.value, found.confidence >= SURE) == (value, sure)


def test_the_year_of_a_declaration_can_only_be_near() -> None:
    assert dates.signed_day("19/11/26", today=TODAY).value == "2026-11-19"
    assert dates.signed_day("19/11/12", today=TODAY).value is None


@given(st.integers(0, 999_999_999))
def test_an_nhs_number_with_its_check_digit_is_sure_and_with_any_other_is_not(stem: int) -> None:
    """Modulus 11; a remainder that would need a tenth digit has no number."""
    digits = f"{stem:09}"
    check = (11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11) % 11

    for last in range(10):
        found = values.nhs_number(f"{digits}{last}")
        assert (found.value, found.confidence >= SURE) == (f"{digits}{last}", last == check)


@pytest.mark.parametrize(
    "text", ["9990000018", "999 000 0018", "999-000-0018", " 999–000–0018 ", "NHS No: 999 000 0018", "NHS 9990000018"]
)
def test_spaces_and_dashes_of_an_nhs_number_are_fine(text: str) -> None:
    """B29."""
    assert values.nhs_number(text) == Value("9990000018")


@pytest.mark.parametrize("text", ["999000001", "999 000 00188", "9990000018 or 9990000026", "A990000018"])
def test_an_nhs_number_of_another_length_is_in_doubt(text: str) -> None:
    found = values.nhs_number(text)

    assert (found.value, found.remark) == (None, "an NHS number has ten digits")


@pytest.mark.parametrize("text", ["not known", "n/a", "-"])
def test_no_nhs_number_is_an_answer(text: str) -> None:
    found = values.nhs_number(text)

    assert (found.value, found.confidence >= SURE) == (None, True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("01632 960123", "+441632960123"),
        ("(01632) 960-123", "+441632960123"),
        ("+44 (0)1632 960123", "+441632960123"),
        ("0044 7700 900123", "+447700900123"),
        ("07700900123 (mobile)", "+447700900123"),
        ("01632 960123 ext 5", "+441632960123;ext=5"),
        ("01632 960123 x45", "+441632960123;ext=45"),
        ("01632 960123 ext. 45", "+441632960123;ext=45"),
        ("01632 960123 extension 45", "+441632960123;ext=45"),
    ],
)
def test_a_telephone_number(text: str, value: str) -> None:
    assert values.phone(text) == Value(value)


@pytest.mark.parametrize("text", ["", "see above", "020", "07700 900123 or 01632 960123", "0770090012", "077009001234"])
def test_a_doubtful_telephone_number(text: str) -> None:
    assert values.phone(text).confidence < SURE


@pytest.mark.parametrize(
    ("text", "value"),
    [("so149zz", "SO14 9ZZ"), (" SO14  9ZZ ", "SO14 9ZZ"), ("w1a1aa", "W1A 1AA"), ("m1 1ae", "M1 1AE"), ("zz993vz", "ZZ99 3VZ")],
)  # fmt: skip
def test_a_postcode(text: str, value: str) -> None:
    assert values.postcode(text) == Value(value)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [("S014 9ZZ", ("SO14 9ZZ",)), ("PO4I 1AB", ("PO41 1AB",)), ("SO14 OZZ", ("SO14 0ZZ",)), ("no fixed address", ())],
)
def test_lookalikes_are_proposed_and_not_put_right(text: str, candidates: tuple[str, ...]) -> None:
    found = values.postcode(text)

    assert (found.value, found.confidence < SURE, found.candidates) == (None, True, candidates)


def test_half_a_postcode_is_kept_in_doubt() -> None:
    found = values.postcode("so14")

    assert (found.value, found.confidence < SURE) == ("SO14", True)


@given(st.from_regex(r"\A[A-Z]{1,2}[0-9]{1,2} ?[0-9][ABD-HJLNP-UW-Z]{2}\Z"), st.booleans())
def test_reading_a_postcode_again_changes_nothing(text: str, small: bool) -> None:
    once = values.postcode(text.lower() if small else text)

    assert values.postcode(once.value) == once


@pytest.mark.parametrize(
    ("text", "value", "sure"),
    [
        ("priya.nair@nhs.example", "priya.nair@nhs.example", True),
        ("Priya Nair <priya.nair@nhs.example>", "priya.nair@nhs.example", True),
        ("mailto:Priya@NHS.example", "Priya@NHS.example", True),
        ("a@b.example; c@d.example", None, False),
        ("priya.nair at nhs.example", None, False),
    ],
)
def test_an_address(text: str, value: str | None, sure: bool) -> None:
    found = values.email(text)

    assert (found.value, found.confidence >= SURE) == (value, sure)


OPTIONS = (("yes", "Yes"), ("no", "No"), ("not_known", "Not known"))
PLACES = (("approved_premises", "Approved premises"), ("prison", "Prison"), ("other", "Somewhere else"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("not_known", "not_known"), ("Not known", "not_known"), ("YES", "yes"), ("n", "no"), ("don’t know", "not_known")],
)
def test_a_choice_by_id_label_or_usual_word(text: str, value: str) -> None:
    found = values.choice(text, OPTIONS)

    assert (found.value, found.confidence >= SURE) == (value, True)


def test_a_choice_by_nearly_its_label_and_no_other() -> None:
    assert values.choice("Approved premisses", PLACES).value == "approved_premises"
    assert values.choice("yes and no", OPTIONS).value is None
    assert values.choice("HMP", PLACES).confidence < SURE


@given(st.text())
def test_text_stays_as_written(text: str) -> None:
    assert values.text(text).value == text.strip()


@pytest.mark.parametrize("text", ["Ð\ufffdan", "\uf600", "O(cid:12)Connor"])
def test_a_lost_character_is_in_doubt(text: str) -> None:
    assert values.text(text).confidence < SURE


@pytest.mark.parametrize(
    ("line", "on", "words"),
    [
        ("☒ Threats", True, "Threats"),
        ("☐ Threats", False, "Threats"),
        ("[x] Threats", True, "Threats"),
        ("[ ] Threats", False, "Threats"),
        ("( ) Threats", False, "Threats"),
        ("☐ Threats x", True, "Threats"),
        ("x Threats", True, "Threats"),
        ("Threats", None, "Threats"),
    ],
)
def test_marks(line: str, on: bool | None, words: str) -> None:
    found = marked(line)

    assert (found.on, found.words) == (on, words)


@pytest.mark.parametrize(
    ("cell", "on"),
    [("☒ Yes", True), ("☐ Yes", False), ("☐ x Yes", True), ("Yes", True), ("x", True), ("", False), ("No", False),
     ("signed", None)],
)  # fmt: skip
def test_the_only_box_of_a_cell(cell: str, on: bool | None) -> None:
    assert single(cell) is on


def test_dates_up_to_today_are_not_in_the_future() -> None:
    assert dates.day(f"{TODAY:%d/%m/%Y}", latest=TODAY).value == TODAY.isoformat()
    assert dates.day(f"{TODAY + timedelta(days=1):%d/%m/%Y}", latest=TODAY).value is None
