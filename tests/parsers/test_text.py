"""The form as plain text: typed into the blank, wrapped and quoted by mail programs, or in an order of its own."""

from __future__ import annotations

import re
import string
import textwrap
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers import MAIL_TEXT, File, Limits, ladder, may_hold_form
from parsers.plain import plain
from parsers.readers.text import decoded
from parsers.write.controls import of_form
from parsers.write.fill import by_control
from tests.parsers.fill.by_typing import typed
from tests.parsers.kit import BLANK_TEXT, FORM, codes, differences, read_here
from tests.parsers.people import HARD, HARD_READ, PLAIN, PLAIN_READ, TODAY

FILLED = typed(BLANK_TEXT, FORM, by_control(PLAIN))

# A person's own list: the labels, the answers behind them, and nothing else.
OWN_ORDER = {
    "Surname": "Whitlock", "First names": "Daniel James", "Date of birth": "27 3 1985", "Home postcode": "SO14 9ZZ",
    "Your full name": "Priya Nair", "Your job title": "Forensic nurse", "Your work email address": "p.nair@nhs.example",
    "Your work phone number": "01632 960123", "Have you told them about this referral?": "No, not yet",
    "Do they agree to it?": "Not asked", "What would help?": "Assessment, please", "When did it start?": "March 2026",
    "Who is it directed at?": "One person", "Damage to property": "Not known",
    "Tell us what has happened": "He wrote to her.\n\nThen he came to her work.", "Home address": "4 Made Up Street",
}  # fmt: skip


def read(text: str) -> Any:
    return read_here(text.encode())


def mail_text(text: str) -> list[Any]:
    return list(ladder.read(File(MAIL_TEXT, text.encode()), [FORM], Limits(), TODAY))


@pytest.mark.parametrize(("answers", "expected"), [(PLAIN, PLAIN_READ), (HARD, HARD_READ)], ids=["plain", "hard"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_answer_is_read(answers: dict[str, Any], expected: dict[str, Any], ends: str) -> None:
    reading = read(typed(BLANK_TEXT, FORM, by_control(answers)).replace("\n", ends))

    assert (reading.form_version, reading.how, reading.problems) == ("1", "text", ())
    assert differences(reading, expected) == {}
    assert all(answer.sure for answer in reading.answers.values())


@pytest.mark.parametrize("mark", ["[X]", "[ x ]", "[x ]", "[✓]", "[ ] x", "x [ ]", "☒", "(x)"])
def test_marks_as_people_make_them(mark: str) -> None:
    reading = read(typed(BLANK_TEXT, FORM, by_control(PLAIN), mark))

    assert differences(reading, PLAIN_READ) == {}


def wrapped(text: str) -> str:
    return "\n".join(line for long in text.split("\n") for line in (textwrap.wrap(long, 66) or [""]))


CHANGES: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: "\n".join(f"> {line}".rstrip() for line in text.split("\n")),
    "quoted twice": lambda text: "\n".join(f">> {line}" for line in text.split("\n")),
    "wrapped": wrapped,
    "without help": lambda text: re.sub(r"\n\([^)]*\)(?=\n)", "", text),
    "spaced out": lambda text: text.replace("\n", "\n\n"),
    "bold labels": lambda text: re.sub(r"^([A-Z][^\n:?]{4,70}:)", r"*\1*", text, flags=re.MULTILINE),
    "numbered": lambda text: re.sub(r"^(Your|Home|Surname|First)", r"7. \1", text, flags=re.MULTILINE),
    "a letter around it": lambda text: f"Dear team,\n\nthe form is below.\n\n{text}\nKind regards,\nPriya",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_programs_and_people_do_to_it(change: str) -> None:
    reading = read(CHANGES[change](FILLED))

    found = {key: pair for key, pair in differences(reading, PLAIN_READ).items() if not _same_words(*pair)}
    assert found == {}


def _same_words(one: Any, other: Any) -> bool:
    return (
        str(one).replace("\\n", " ").split() == str(other).replace("\\n", " ").split()
    )  # of wrapped and spaced lines nobody can tell which were typed


@pytest.mark.parametrize("change", [lambda text: text, *CHANGES.values()])
def test_an_empty_form_is_empty(change: Any) -> None:
    reading = read(change(BLANK_TEXT))

    filled = {key for key, answer in reading.answers.items() if answer.raw}
    assert filled <= {"d_declare"}  # the greeting of a letter around it may stand there
    assert all(not answer.sure or answer.value is None or "Kind" in answer.raw for answer in reading.answers.values())


def test_answers_typed_below_their_questions() -> None:
    below = re.sub(r"^(Surname|Home address|When did it start)([:?]) (.+)$", r"\1\2\n\n\3", FILLED, flags=re.MULTILINE)

    assert below != FILLED
    assert differences(read(below), PLAIN_READ) == {}


def test_choices_in_words_with_the_boxes_left_or_gone() -> None:
    text = BLANK_TEXT.replace("What kind of organisation is it?", "What kind of organisation is it? Police")
    text = text.replace("How are they connected?", "How are they connected?\nFormer partner")
    text = text.replace("[ ] Yes\n[ ] No\n[ ] Not asked\n[ ] They may lack capacity to decide", "Not asked")
    text = text.replace("What would help?\n", "What would help?\nAssessment\n")

    answers = read(text).answers

    assert [answers[key].value for key in ("r_sector", "s_relation", "c_agree", "q_services")] == [
        "police", "former_partner", "not_asked", ["assessment"],
    ]  # fmt: skip


def test_two_ticks_where_one_may_stand_are_in_conflict() -> None:
    answer = read(FILLED.replace("[ ] Police", "[x] Police")).answers["r_sector"]

    assert (answer.value, answer.candidates, answer.sure) == (None, ("mental_health", "police"), False)


def test_boxes_on_one_line_are_told_apart() -> None:
    text = BLANK_TEXT.replace("[ ] Yes\n[ ] No\nIf yes, what", "[ ] Yes [x] No\nIf yes, what")
    text = text.replace(
        "[ ] In person\n[ ] By phone or video\n[ ] No\n", "In person [ ] By phone or video [x] No [ ]\n"
    )

    answers = read(text).answers

    assert (answers["q_urgent"].value, answers["q_attend"].value) == (
        {"choice": "no", "text": None}, {"choice": "phone_video", "text": None},
    )  # fmt: skip


def test_words_beside_a_box_are_kept() -> None:
    with_text = read(
        FILLED.replace("[ ] Hospital", "[x] Hospital: Parklands").replace("[x] Supported", "[ ] Supported")
    )
    without = read(FILLED.replace("[x] Assessment", "[ ] Assessment").replace("[ ] Assessment", "[x] Assessment, soon"))

    assert with_text.answers["p_setting"].value == {"choice": "hospital", "text": "Hospital: Parklands\nHarbour House"}
    assert "assessment" in without.answers["q_services"].value
    assert not without.answers["q_services"].sure


def test_a_person_s_own_list_is_read() -> None:
    reading = read(
        "\n".join(f"{label}{'' if label.endswith('?') else ':'} {words}" for label, words in OWN_ORDER.items())
    )

    values = {key: answer.value for key, answer in reading.answers.items() if answer.raw}
    assert reading.form_version == "1"
    assert values == {
        "p_surname": "Whitlock", "p_forenames": "Daniel James", "p_dob": "1985-03-27", "p_postcode": "SO14 9ZZ",
        "r_name": "Priya Nair", "r_role": "Forensic nurse", "r_email": "p.nair@nhs.example", "r_phone": "+441632960123",
        "c_aware": "not_yet", "c_agree": "not_asked", "s_started": "2026-03", "s_target": "one_person",
        "k_signs.damage": "not_known", "s_account": "He wrote to her.\n\nThen he came to her work.",
        "p_address": "4 Made Up Street",
    }  # fmt: skip
    assert not reading.answers["q_services"].sure  # "Assessment, please" is no option's words
    assert not reading.answers["p_area"].sure  # not in the list


def test_a_label_at_the_start_of_a_line_of_a_story_is_part_of_the_story() -> None:
    story = "Since the spring.\nDamage to property: he broke a window.\nSurname: she has changed hers.\nThreats: many."

    reading = read(typed(BLANK_TEXT, FORM, by_control({**PLAIN, "s_account": story})))

    assert differences(reading, {**PLAIN_READ, "s_account": story}) == {}


def test_a_question_that_stands_twice_is_in_conflict_or_agrees() -> None:
    differing = read(FILLED.replace("Surname: Whitlock", "Surname: Whitlock\n\nSurname: Brook")).answers["p_surname"]
    once = read(FILLED.replace("Surname: Whitlock", "Surname:\n\nSurname: Whitlock")).answers["p_surname"]

    assert (differing.value, differing.candidates, differing.sure) == (None, ("Whitlock", "Brook"), False)
    assert once.value == "Whitlock"


def test_two_forms_in_one_text_are_not_mixed() -> None:
    other = typed(BLANK_TEXT, FORM, by_control({**PLAIN, "p_surname": "Brook", "p_forenames": "Ann"}))

    both, blank_first = read(f"{FILLED}\n{other}").answers, read(f"{BLANK_TEXT}\n{FILLED}").answers

    assert (both["p_surname"].value, both["p_surname"].candidates) == (None, ("Whitlock", "Brook"))
    assert not both["r_name"].sure
    assert (blank_first["p_surname"].value, blank_first["p_surname"].sure) == ("Whitlock", False)


def test_an_edited_label_is_in_doubt() -> None:
    answer = read(FILLED.replace("Your job title:", "Your job titel :")).answers["r_role"]

    assert (answer.value, answer.confidence) == ("Forensic nurse", 0.85)


def test_where_an_answer_stood_is_known() -> None:
    where = read(FILLED).answers["p_surname"].where

    assert where == {"reader": "text", "line": FILLED.split("\n").index("Surname: Whitlock") + 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_encodings_that_programs_save_in(encoding: str) -> None:
    words = FILLED.replace("Whitlock", "Siân O’Connor")

    assert decoded(words.encode(encoding)) == words
    assert read_here(words.encode(encoding)).answers["p_surname"].value == "Siân O’Connor"


@pytest.mark.parametrize(
    "text",
    [
        "Surname: Whitlock\nDate of birth: 27 3 1985\nHome address: 4 Made Up Street\nPlease call me.",
        "Another service's form\nSurname:\nFirst names:\nDate of birth:\nGP:\nHome postcode:\nHome address:\nEthnicity:",
        "Dear team, tell us what has happened when somebody is referred? Surname and so on.",
    ],
)
def test_other_text_is_not_our_form(text: str) -> None:
    assert codes(read(text)) == ["not_our_form"]
    assert not may_hold_form(text, [FORM])
    assert mail_text(text) == []


def test_a_mail_s_words_may_be_the_form() -> None:
    (reading,) = mail_text(f"Dear team,\n\n{FILLED}")

    assert (reading.files, reading.how) == ((MAIL_TEXT,), "text")
    assert differences(reading, PLAIN_READ) == {}


@pytest.mark.parametrize(
    "text", [BLANK_TEXT, f"{BLANK_TEXT}\nKind regards\nJo", BLANK_TEXT.replace("Surname:", "Surname: Whitlock")]
)
def test_a_blank_in_a_mail_s_words_is_no_form(text: str) -> None:
    assert may_hold_form(text, [FORM])
    assert mail_text(text) == []


def test_asking_whether_a_mail_may_hold_the_form_costs_nothing() -> None:
    words = "Dear team, could you please send me the form for a man we work with? His surname will follow. " * 15
    took = []
    for _ in range(20):
        began = time.perf_counter()
        may_hold_form(words, [FORM])
        took.append(time.perf_counter() - began)

    assert min(took) < 0.001


def test_a_text_that_is_nothing_but_labels_ends() -> None:
    labels = "\n".join(f"{control.label}: x" for control in of_form(FORM))
    began = time.monotonic()

    read("\n".join([labels] * 60) + "\nSurnam: x" * 3000)

    assert time.monotonic() - began < 10


_LETTERS = string.ascii_letters + string.digits + " .,;:!?'\"()[]{}<>/\\|@#%&*+=_~^-–’“”éŁŷΩ😀"
_LINE = st.text(_LETTERS, min_size=1, max_size=40).map(str.strip).filter(lambda text: bool(plain(text)))
_LABELS = {plain(control.label) for control in of_form(FORM)}


def _answer(control: Any) -> st.SearchStrategy[str]:
    if control.kind == "tick":
        return st.just("Yes")
    if control.kind == "choice":
        return st.sampled_from([key for key, _ in control.options])
    line = _LINE.filter(lambda text: plain(text) not in _LABELS)
    return line if control.kind == "line" else st.lists(line, min_size=1, max_size=3).map("\n".join)


_CONTROLS = list(of_form(FORM))
_SOME = st.lists(st.sampled_from(_CONTROLS), unique_by=lambda one: one.name).flatmap(
    lambda some: st.fixed_dictionaries({one.name: _answer(one) for one in some})
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(_SOME)
def test_whatever_is_typed_is_what_is_read(wanted: dict[str, str]) -> None:
    answers = read(typed(BLANK_TEXT, FORM, wanted)).answers

    for field in FORM.fields:
        for key in field.keys:
            assert answers[key].raw == _raw(field, key, wanted)


def _raw(field: Any, key: str, wanted: dict[str, str]) -> str:
    """The words as they stand on the form, in the order of its boxes."""
    labels = dict(field.options)
    if field.type == "check+name+date":
        parts = [field.label if key in wanted else "", wanted.get(f"{key}.name", ""), wanted.get(f"{key}.date", "")]
    elif field.type.startswith("multi"):
        parts = ["; ".join(label for option, label in field.options if f"{key}.{option}" in wanted)]
    else:
        parts = [labels.get(wanted.get(key, ""), wanted.get(key, ""))]
    parts.append(wanted.get(f"{key}.text", ""))
    return "\n".join(part.strip() for part in parts if part.strip())
