"""The review list as the meeting gets it; the people on it are fictional."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mailbot import outcomes
from mailbot.criteria import checks, load
from mailbot.meeting import meeting_on
from mailbot.reviewlist import Entry, write
from mailbot.settings import MailboxSettings, Settings
from mailbot.shown import aged, in_words, shown
from parsers.form import Field, Form
from parsers.reading import Answer

CONFIG = Path(__file__).parents[1] / "config"
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SETTINGS = Settings(
    folder=CONFIG,
    mailbox=MailboxSettings(address="referrals@hmasip.example", host="imap.example", start_from=NOW),
)
FORM = Form.load(CONFIG / "forms" / "1")
MEETING = meeting_on(date(2026, 11, 25), SETTINGS.meeting)

VALUES: Mapping[str, Any] = {
    "r_name": "Priya Example",
    "r_role": "Community psychiatric nurse",
    "r_org": "Fareham CMHT, HIOW Healthcare",
    "r_sector": "mental_health",
    "r_email": "priya.example@cmht.example",
    "r_phone": "+441632960123;ext=5",
    "r_ref": "CMHT/1234",
    "p_surname": "O’Example",
    "p_forenames": "Łukasz",
    "p_dob": "1985-03-27",
    "p_nhs": "9990000018",
    "p_address": "1 Sample Street, Southampton",
    "p_postcode": "SO14 9ZZ",
    "p_area": "hampshire",
    "p_setting": {"choice": "hospital", "text": "Sample House"},
    "p_contact": {"choice": "speak_first", "text": "Not by letter: his post is opened by others"},
    "p_needs": "Polish interpreter",
    "c_aware": "not_yet",
    "c_agree": "not_asked",
    "c_reason": "The contact has continued for more than a year and is getting more frequent.",
    "q_services": ["consultation", "assessment"],
    "q_question": "How do we manage him on the ward, and when should he not have a phone?",
    "q_urgent": {"choice": "yes", "text": "Discharge is planned for Friday."},
    "q_attend": {"choice": "phone_video", "text": "Not 2 December"},
    "s_target": "one_person",
    "s_relation": "former_partner",
    "s_behaviours": ["messages", "waiting", "gifts"],
    "s_account": "Up to 60 messages a day since they separated. He waits near her work twice a week. "
    "He has sent flowers, then letters about their future.\nHe stopped for a month after a police warning "
    "and began again in August, through her sister's account. Since admission he has asked 3 other patients "
    "to make calls for him.",
    "s_started": "2025-06",
    "s_latest": "2026-11-20",
    "s_fixation": "Speaks of little else, keeps a diary of her movements, cannot say when he would stop.",
    "s_unwanted": {"choice": "told_directly", "text": ""},
    **{
        f"k_signs.{row}": "yes" if place % 3 == 0 else "no" if place % 3 == 1 else "not_known"
        for place, (row, _) in enumerate(FORM["k_signs"].rows)
    },
    "k_people": {"choice": "yes", "text": "2 children; safeguarding referral made on 3 November"},
    "j_invest": "yes",
    "j_invest_who": "PC Example, Hampshire, 44260000000. Bail return 14 December.",
    "j_status": ["under_investigation"],
    "j_orders": {"choice": ["bail"], "text": "Until 14 December: no contact"},
    "h_services": "Dr B Example, consultant, Sample House, 01632 960124",
    "h_holder": "Priya Example, care co-ordinator, Fareham CMHT",
    "h_hold_ok": {"choice": "yes", "text": ""},
    "d_declare": {"checked": True, "name": "Priya Example", "date": "2026-11-22"},
}


def entry(reference: str = "HM-2026-0042", **changes: Any) -> Entry:
    answers = {key: Answer(value, str(value), 1.0) for key, value in VALUES.items()}
    answers.update(changes.pop("answers", {}))
    return replace(Entry(reference, NOW - timedelta(days=1), "New", answers), **changes)


def made(*entries: Entry) -> bytes:
    return write(MEETING, entries, FORM, SETTINGS, made_at=NOW)


def part(data: bytes, name: str = "word/document.xml") -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def words(data: bytes) -> str:
    """Every word of the document, a paragraph a line."""
    lines = part(data).replace("<w:br/>", "<w:t>\n</w:t>").split("</w:p>")
    return "\n".join("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", line)) for line in lines)


def test_the_front_page_lists_each_referral_without_its_person() -> None:
    document = docx.Document(io.BytesIO(made(entry(), entry("HM-2026-0043", late=True, missing=("Home postcode",)))))
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]

    assert rows == [
        ["Reference", "Received", "Status", "Cannot wait?", "Gaps", "Flags"],
        ["HM-2026-0042", "Monday 23 November 2026", "New", "Yes", "None", ""],
        ["HM-2026-0043", "Monday 23 November 2026", "New, late", "Yes", "1 not answered", ""],
    ]
    assert [row.cells[1].text for row in document.tables[0].rows] == [
        "Wednesday 25 November 2026 at 10am",
        "Meeting room 1",
        "Phone 02382 310 844",
        "Tuesday 24 November 2026 at 1pm",
        "",
    ]


def test_a_list_with_nothing_on_it_says_so() -> None:
    text = words(made())

    assert "0 referrals" in text
    assert "HM-" not in text


def test_a_referral_is_shown_in_the_forms_own_words() -> None:
    text = words(made(entry()))

    for expected in (
        "27 March 1985, aged 41", "999 000 0018", "O’Example", "Łukasz", "Hospital: Sample House", "01632 960123 ext 5",
        "Advice and consultation, Assessment", "Yes: Discharge is planned for Friday.", "June 2025", "20 November 2026",
        "Polish interpreter", "Messages or calls, Waiting near or turning up, Gifts or letters",
        "The person targeted is very frightened; Turns up 3 or more times a week", "Under investigation",
        "Bail conditions: Until 14 December: no contact", "Ticked, Priya Example, 22 November 2026",
        "By phone or video: Not 2 December", "NHS mental health or learning disability",
    ):  # fmt: skip
        assert expected in text
    assert not re.search(r"hampshire\b|former_partner|not_known|\{|\[", text)


def test_what_is_missing_unclear_or_late_is_said() -> None:
    answers = {
        "p_dob": Answer(None, "03/04/85?", 0.4),
        "q_urgent": Answer(None, "Yes and No ticked", 0.3),
        "k_signs.violence": Answer("yes", "x beside Yes", 0.5),
        "k_signs.weapons": Answer(None, "", 1.0),
    }
    data = made(
        entry(
            answers=answers, late=True, missing=("Home postcode", "Who holds the case now?"), unclear=("Date of birth",)
        )
    )
    text = words(data)

    for expected in (
        "HM-2026-0042 (late)", "It arrived after the cut-off", "please check: 03/04/85?", "please check: Yes and No ticked",
        "Violence now or before (x beside Yes)", "Signs: not answered\nAccess to or interest in weapons",
        "Date of birth", "2 not answered, 1 to check", "Please check",
    ):  # fmt: skip
        assert expected in text
    assert "aged" not in text


def test_a_question_without_an_answer_is_not_answered_and_an_optional_one_is_left_out() -> None:
    text = words(made(replace(entry(), answers={})))

    assert "Not answered\nSurname, First names, Date of birth, Home address" in text
    assert "Other names" not in text


def test_a_question_that_the_page_does_not_know_is_shown_under_its_own_label() -> None:
    new = Field("x_new", "10 New", "Is there a garden?", "text", "no")
    form = replace(FORM, fields=(*FORM.fields, new))
    data = write(MEETING, [entry(answers={"x_new": Answer("A big one", "", 1.0)})], form, SETTINGS, made_at=NOW)

    assert "Other answers\nIs there a garden?\nA big one" in words(data)


def test_every_question_of_the_shipped_form_has_its_place() -> None:
    assert "Other answers" not in words(made(replace(entry(), answers={})))


def test_each_referral_has_boxes_for_its_outcome() -> None:
    xml = part(made(entry(), entry("HM-2026-0043")))

    for reference in ("HM-2026-0042", "HM-2026-0043"):
        for name in ("outcome", *outcomes.PARTS):
            assert xml.count(f'<w:tag w:val="{reference}.{name}"/>') == 1
    options = re.findall(r'w:displayText="([^"]*)" w:value="([^"]+)"', xml)
    assert [(key, name) for name, key in options[:7]] == [
        (outcome.id, outcome.name) for outcome in outcomes.load(CONFIG)
    ]
    ids = re.findall(r'<w:id w:val="(\d+)"', xml)
    assert len(ids) == len(set(ids))


def test_the_same_list_has_the_same_bytes() -> None:
    assert made(entry()) == made(entry())


def test_it_is_british_english_with_headings_and_a_header_row_on_every_page() -> None:
    data = made(entry())
    document = docx.Document(io.BytesIO(data))
    headings = [(style, p.text) for p in document.paragraphs if (style := p.style.name if p.style else "") != "Normal"]

    assert headings[:3] == [
        ("Title", "Review list, Wednesday 25 November 2026"), ("Heading 2", "1 referral"), ("Heading 1", "HM-2026-0042"),
    ]  # fmt: skip
    assert 'w:lang w:val="en-GB"' in part(data, "word/styles.xml")
    assert part(data).count("<w:tblHeader/>") == 1
    assert document.core_properties.title == "Review list, Wednesday 25 November 2026"


def test_the_file_holds_no_name_outside_its_pages() -> None:
    archive = zipfile.ZipFile(io.BytesIO(made(entry())))

    for name in archive.namelist():
        if name != "word/document.xml":
            assert b"Example" not in archive.read(name)


@settings(max_examples=20)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_any_answer_can_be_shown(text: str) -> None:
    document = docx.Document(io.BytesIO(made(replace(entry(), answers={"q_question": Answer(text, text, 1.0)}))))

    assert document.paragraphs


@pytest.mark.parametrize(
    ("field_id", "value", "expected"),
    [
        ("p_nhs", "9990000018", "999 000 0018"),
        ("p_dob", "not a date", "not a date"),
        ("s_started", "2024-03", "March 2024"),
        ("s_latest", "2026-11-20", "20 November 2026"),
        ("r_phone", "nonsense", "nonsense"),
        ("j_invest", "not_known", "Not known"),
        ("q_services", ["consultation", "from_an_old_form"], "Advice and consultation, from_an_old_form"),
        ("h_hold_ok", {"choice": None, "text": "asked"}, "asked"),
        ("d_declare", {"checked": False, "name": None, "date": None}, "Not ticked, no name given"),
        ("q_question", 7, "7"),
        ("q_question", None, ""),
    ],
)
def test_values_in_words(field_id: str, value: Any, expected: str) -> None:
    assert in_words(FORM[field_id], value) == expected


def test_an_approximate_date_is_shown_as_it_was_written() -> None:
    assert shown(FORM["s_latest"], Answer(None, "about 2 weeks ago", 0.95)) == "about 2 weeks ago"
    assert shown(FORM["s_latest"], Answer(None, "", 1.0)) == ""
    assert shown(FORM["s_latest"], Answer(None, "", 0.2, remark="both are ticked")) == "please check: both are ticked"
    assert shown(FORM["s_latest"], None) == ""


def test_ages() -> None:
    assert aged("1985-11-26", date(2026, 11, 25)) == 40
    assert aged("1985-11-25", date(2026, 11, 25)) == 41
    assert aged("2027-01-01", date(2026, 11, 25)) is None
    assert aged("about 40", date(2026, 11, 25)) is None


def test_each_flag_stands_on_the_page_with_the_words_it_rests_on_and_the_order_stays() -> None:
    published = load(CONFIG)
    found = checks(published, FORM, entry().answers, date(2026, 11, 23))
    entries = [replace(entry("HM-2026-0042"), checks=found), entry("HM-2026-0041")]
    document = docx.Document(io.BytesIO(write(MEETING, entries, FORM, SETTINGS, made_at=NOW, published=published)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)

    assert [row[0] for row in rows[1:]] == ["HM-2026-0042", "HM-2026-0041"]
    assert rows[1][-1] == "C2, C4, C7, also"
    assert "No direct intervention while under police investigation. Looks not met: under investigation" in text
    assert "under investigation: advice and consultation only (asked for assessment)" in text
    assert "Investigated now: Yes" in text
    assert "C1 41 on referral; C3" in text
    assert "score" not in text.lower()


def test_what_must_be_checked_stands_beside_its_picture() -> None:
    out = io.BytesIO()
    Image.new("L", (300, 40), 200).save(out, "PNG")
    crop = base64.b64encode(out.getvalue()).decode()
    answers = {
        "p_surname": Answer("Whitlock", "Whitlock", 0.5, crop=crop),
        "p_needs": Answer("x", "x", 0.5, crop="AAAA"),
    }
    entry = Entry("HM-2026-0001", NOW, "queued", answers)

    data = write(MEETING, [entry], FORM, SETTINGS, made_at=NOW)

    assert data == write(MEETING, [entry], FORM, SETTINGS, made_at=NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (picture,) = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert archive.read(picture) == out.getvalue()
    (shape,) = docx.Document(io.BytesIO(data)).inline_shapes
    assert round(shape.width.mm) == 69
    assert "please check: x" in words(data)
