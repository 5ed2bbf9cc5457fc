"""B7: the form in an older version: accepted, its answers found under today's questions, what is new asked."""

from __future__ import annotations

import shutil
from pathlib import Path

from parsers import Form
from parsers.write import build
from tests.stories.conftest import OpenDesk
from tests.stories.mails import PRIYA, pdf_form

# a question that was renamed, one that is new, and an option with another id
SINCE = (
    ('id = "r_deputy"\n', 'id = "r_stand_in"\nformerly = ["r_deputy"]\n'),
    ('id = "h_holder"\n', 'id = "h_leads"\n'),
    ('label = "Who holds the case now?"', 'label = "Which professional leads on this case?"'),
)


def test_it_is_a_referral_and_only_what_is_new_is_asked(open_desk: OpenDesk, root: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(root / "config", config)
    new = (config / "forms" / "1" / "form.toml").read_text("utf-8").replace('version = "1"', 'version = "2"')
    for old, changed in SINCE:
        assert old in new, old
        new = new.replace(old, changed)
    (config / "forms" / "2").mkdir()
    (config / "forms" / "2" / "form.toml").write_text(new, "utf-8")
    build(Form.load(config / "forms" / "2"), config / "forms" / "2")
    desk = open_desk(CONFIG=str(config), REFERRALS__FORM="2").start()

    came = desk.came_of(desk.receive(PRIYA, "Referral", "On the form I had.", files={"form.pdf": pdf_form()}))

    assert (came.kind, came.waits, len(came.references)) == ("returned_form", (), 1)
    receipt = came.letter("receipt")
    assert came.told == {"receipt": [receipt.to]}
    asked = [
        line for line in ("Which professional leads on this case?", "Surname", "Date of birth") if line in receipt.text
    ]
    assert asked == ["Which professional leads on this case?"]
    answers = desk.show(came.references[0])["answers"]
    assert answers["r_stand_in"]["value"] == "Tom Reed, 07700 900456, tom.reed@nhs.example"
    assert answers["p_surname"]["value"] == "Whitlock"
