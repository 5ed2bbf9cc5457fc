"""Word documents as other programs and people return them: without tags, without controls, corrected, typed beside."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from lxml import etree

from parsers.write.fill import fill_docx
from tests.parsers.editing import (
    BODY,
    Change,
    W,
    changed,
    control,
    drop_controls,
    drop_tags,
    drop_the_boxes_and_type_x,
    edit_questions,
    leave_hints_behind,
    run,
    track_changes,
)
from tests.parsers.kit import DOCX, FORM, codes, differences, read_here
from tests.parsers.people import PLAIN, PLAIN_READ

FILLED = fill_docx(DOCX, PLAIN)


@pytest.mark.parametrize(
    "change",
    [drop_tags, drop_controls, leave_hints_behind, edit_questions, drop_the_boxes_and_type_x, track_changes],
)
def test_nothing_is_lost(change: Change) -> None:
    reading = read_here(changed(FILLED, change))

    assert (reading.form_version, reading.how) == ("1", "word")
    assert differences(reading, PLAIN_READ) == {}


@pytest.mark.parametrize("change", [drop_tags, drop_controls, leave_hints_behind, track_changes])
def test_an_empty_form_stays_empty(change: Change) -> None:
    assert codes(read_here(changed(DOCX, change))) == ["empty_form"]


def without_subject(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if not name.startswith("docProps/"):
                target.writestr(name, source.read(name))
    return out.getvalue()


@pytest.mark.parametrize("change", [lambda _: None, drop_controls])
def test_the_form_is_known_by_its_questions(change: Change) -> None:
    reading = read_here(changed(without_subject(FILLED), change))

    assert differences(reading, PLAIN_READ) == {}


def test_another_document_is_not_our_form() -> None:
    def other(root: Any) -> None:
        body = root.find(f"{W}body")
        for child in list(body):
            body.remove(child)
        paragraph = etree.SubElement(body, f"{W}p")
        paragraph.append(run("Minutes of the parish council"))

    assert codes(read_here(changed(without_subject(FILLED), other))) == ["not_our_form"]


def test_words_typed_beside_an_empty_control_are_the_answer() -> None:
    reading = read_here(changed(DOCX, lambda root: control(root, "p_surname").addnext(run(" Whitlock"))))

    answer = reading.answers["p_surname"]
    assert (answer.value, answer.sure) == ("Whitlock", True)


def test_words_typed_beside_a_filled_control_are_shown_to_a_person() -> None:
    reading = read_here(changed(FILLED, lambda root: control(root, "p_surname").addnext(run(" (was Brook)"))))

    answer = reading.answers["p_surname"]
    assert (answer.value, answer.confidence) == ("Whitlock (was Brook)", 0.7)


@pytest.mark.parametrize("typed", [" x", " X", " yes"])
def test_a_mark_typed_beside_an_empty_box_counts_and_is_in_doubt(typed: str) -> None:
    reading = read_here(changed(DOCX, lambda root: control(root, "q_services.assessment").addnext(run(typed))))

    answer = reading.answers["q_services"]
    assert (answer.value, answer.sure) == (["assessment"], False)


def test_a_box_overtyped_with_a_mark_is_ticked() -> None:
    def overtype(root: Any) -> None:
        control(root, "q_services.assessment").find(f"{W}sdtContent/{W}r/{W}t").text = "✔"

    assert read_here(changed(DOCX, overtype)).answers["q_services"].value == ["assessment"]


def test_a_choice_typed_in_other_words_is_in_doubt_and_kept() -> None:
    def typed(root: Any) -> None:
        control(root, "r_sector").find(f"{W}sdtContent/{W}r/{W}t").text = "Police and Crime Commissioner"

    reading = read_here(changed(DOCX, typed))

    answer = reading.answers["r_sector"]
    assert (answer.value, answer.raw, answer.sure) == (None, "Police and Crime Commissioner", False)
    assert [field.id for field in reading.unclear(FORM)] == ["r_sector"]


def test_a_choice_in_nearly_the_words_of_an_option() -> None:
    def typed(root: Any) -> None:
        control(root, "r_sector").find(f"{W}sdtContent/{W}r/{W}t").text = "victim advocacy."

    assert read_here(changed(DOCX, typed)).answers["r_sector"].value == "victim_advocacy"


def test_a_copied_control_that_differs_is_not_chosen_from() -> None:
    def copy(root: Any) -> None:
        one = control(root, "p_surname")
        again = etree.fromstring(etree.tostring(one))
        again.find(f"{W}sdtContent/{W}r/{W}t").text = "Other"
        one.addnext(again)

    answer = read_here(changed(FILLED, copy)).answers["p_surname"]

    assert (answer.value, set(answer.candidates), answer.sure) == (None, {"Whitlock", "Other"}, False)


def test_paragraphs_inside_a_control_are_lines() -> None:
    def paragraphs(root: Any) -> None:
        content = control(root, "s_account").find(f"{W}sdtContent")
        for child in list(content):
            content.remove(child)
        for line in ("First.", "", "Then."):
            etree.SubElement(content, f"{W}p").append(run(line))

    assert read_here(changed(DOCX, paragraphs)).answers["s_account"].value == "First.\n\nThen."


def test_a_question_that_was_deleted_is_unanswered_and_in_doubt() -> None:
    def delete(root: Any) -> None:
        row = next(control(root, "p_surname").iterancestors(f"{W}tr"))
        row.getparent().remove(row)

    reading = read_here(changed(FILLED, delete))

    assert (reading.answers["p_surname"].value, reading.answers["p_surname"].sure) == (None, False)
    assert [field.id for field in reading.unanswered(FORM)] == ["p_surname"]


def test_every_row_is_known_by_its_own_words() -> None:
    """Without tags the words before an answer are all there is: no two may be alike."""
    from parsers.match import nearest
    from parsers.places import labels_of

    labels = [label for field in FORM.fields for label in labels_of(field)]

    for name, words in labels:
        near = nearest(words, labels)
        assert near is not None, words
        assert near.key == name


def test_entities_are_not_expanded() -> None:
    def raw(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                body = source.read(name)
                if name == BODY:
                    declared = b'<!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
                    body = declared + re.sub(rb"^<\?xml.*?\?>", b"", body).replace(b"Whitlock", b"&secret;")
                target.writestr(name, body)
        return out.getvalue()

    assert read_here(raw(FILLED)).answers["p_surname"].value in (None, "")
