"""The form definition: the shipped one, when a question is needed, and what a wrong definition is told."""

from pathlib import Path

import pytest

from parsers import Form, FormError
from parsers.condition import holds

SHIPPED = Path(__file__).parents[2] / "config" / "forms" / "1"

HEAD = """
version = "7"
title = "Form"
service = "A service"
return_to = "desk@hampshire.example"
urgent = "Call 999."
intro = ["Send it to {return_to}."]
"""


def definition(folder: Path, fields: str, head: str = HEAD) -> Path:
    (folder / "form.toml").write_text(head + fields)
    return folder


def field(id: str = "a", label: str = "A question", type: str = "text", more: str = "") -> str:  # noqa: A002 - as in TOML
    return (
        f'\n[[field]]\nid = "{id}"\nsection = "1 You"\nlabel = "{label}"\ntype = "{type}"\nrequired = "yes"\n{more}\n'
    )


CHOICE = 'options = [["yes", "Yes"], ["no", "No"]]'


def test_shipped_definition_has_every_question_of_the_service() -> None:
    form = Form.load(SHIPPED)

    assert (form.version, len(form.fields)) == ("1", 48)
    assert [heading for heading, _ in form.sections()][:2] == ["1 You", "2 The person you are referring"]
    assert len(form["k_signs"].keys) == 12
    assert form.return_to in " ".join(form.intro)
    assert "999" in form.urgent


def test_optional_is_said_in_the_label_and_nowhere_else() -> None:
    for question in Form.load(SHIPPED).fields:
        assert ("(optional)" in question.label) == (question.required == "no"), question.id


def test_empty_form_lacks_what_is_required() -> None:
    missing = {question.id for question in Form.load(SHIPPED).missing({})}

    assert {"r_name", "k_signs", "d_declare", "c_reason", "p_postcode"} <= missing
    assert not {"r_ref", "k_tools", "j_invest_who"} & missing


@pytest.mark.parametrize(
    ("values", "needed"),
    [
        ({"c_aware": "yes", "c_agree": "yes"}, False),
        ({"c_aware": "yes", "c_agree": "no"}, True),
        ({}, True),
    ],
)
def test_reason_for_sharing_is_needed_unless_told_and_agreed(values: dict[str, str], needed: bool) -> None:
    form = Form.load(SHIPPED)

    assert (form["c_reason"] in form.missing(values)) is needed


def test_choice_with_text_counts_by_its_choice() -> None:
    assert holds("p_setting = prison", {"p_setting": {"choice": "prison", "text": "Winchester"}})
    assert holds("a = x or b = y and not c = z", {"a": "x"})
    assert not holds("(a = x or b = y) and not (c = z)", {"a": "x", "c": "z"})


@pytest.mark.parametrize("condition", ["", "a", "a =", "(a = b", "a = b c", "not", "a = b or"])
def test_condition_that_cannot_be_read_is_refused(condition: str) -> None:
    with pytest.raises(ValueError, match="condition"):
        holds(condition, {})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (field() + field(label="Another"), "this id stands twice, give each question its own: a"),
        (field() + field("b"), "this label stands twice, give each question its own: A question"),
        (field(type="number"), "field a: type 'number' is not known; use one of text, longtext"),
        (field(type="choice"), "field a: give it at least two options"),
        (field(type="choice", more='options = [["yes", "Yes"], ["yes", "No"]]'), "field a: an option stands twice"),
        (field(type="choice", more='options = ["yes", "no"]'), 'field a: write options as ["id", "words on the form"]'),
        (field(type="multi+text", more=CHOICE), "field a: say with text_prompt what the line of text is for"),
        (field(type="matrix", more=CHOICE), "field a: a matrix has rows, and nothing else has"),
        (field("A.b"), "field A.b: begin ids with a letter"),
        (field(type="multi", more='options = [["text", "A"], ["b", "B"]]'), "field a: no option or row may be called text"),
        (field(more='lable = "typo"'), "field a: lable is not known"),
        (field(more='condition = "b = yes"').replace('"yes"\n', '"when"\n', 1), "asks for b = yes, which no question has"),
        (field().replace('required = "yes"', ""), "field a: lacks required"),
        (field().replace('required = "yes"', 'required = "when"'), "field a: condition ''"),
        ("\n[[field]\n", "is not valid TOML"),
        ("", "field is missing"),
    ],
)  # fmt: skip
def test_wrong_definition_is_told_what_to_mend(tmp_path: Path, fields: str, words: str) -> None:
    with pytest.raises(FormError) as refused:
        Form.load(definition(tmp_path, fields))

    assert words in str(refused.value)
    assert "form.toml" in str(refused.value)


def test_head_must_say_where_to_return_the_form(tmp_path: Path) -> None:
    head = HEAD.replace('return_to = "desk@hampshire.example"', "")

    with pytest.raises(FormError, match="return_to is missing"):
        Form.load(definition(tmp_path, field(), head))


def test_missing_definition_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="is missing; put the form definition there"):
        Form.load(tmp_path)


def test_small_definition_is_enough(tmp_path: Path) -> None:
    form = Form.load(definition(tmp_path, field() + field("b", "B", "choice", CHOICE)))

    assert [question.id for question in form.fields] == ["a", "b"]
    assert form.intro == ("Send it to desk@hampshire.example.",)
