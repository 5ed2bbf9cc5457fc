"""The mails that mailbot's opinion of a request is learned from: those of tests/corpus, each known to ask or not."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mailbot.mail import Mail, parse  # noqa: E402
from mailbot.understood import Known  # noqa: E402
from mailbot.wordlists import WordList  # noqa: E402

EXAMPLES = ROOT / "tests" / "corpus" / "words"
TABLE = ROOT / "config" / "words" / "likeness.toml"
US = "desk@desk.example"
#: kinds that a mail is of by its words
SPOKEN = ("sensitive", "withdrawal", "returned_form", "more_information", "status_question", "note")


@dataclass(frozen=True)
class Example:
    """A mail, the set it is of, and whether it asks for the form."""

    mail: Mail
    of: str
    asks: bool


def known(weights: dict[str, float]) -> Known:
    """What mailbot knows about a mail from a stranger, with this table."""
    paths = (ROOT / "config" / "words").glob("*.toml")
    words = {path.stem: WordList.load(path) for path in paths if path != TABLE}
    now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    return Known(now=now, our_addresses=frozenset({US}), words={**words, "likeness": WordList({}, weights=weights)})


def written() -> Iterable[Example]:
    """The mails of tests/corpus/words, which `%%` parts; a line "Subject: ..." in one is its subject."""
    return _of(EXAMPLES, "")


def twins() -> Iterable[Example]:
    """Mails that share their words and differ in what they want: nothing that single words could tell."""
    return _of(EXAMPLES / "twins", "twins")


def _of(folder: Path, of: str) -> Iterable[Example]:
    for path in sorted(folder.glob("*.txt")):
        name, number = re.fullmatch(r"([a-z]+)(\d*)", path.stem).groups()
        for block in path.read_text("utf-8").split("%%"):
            yield Example(as_mail(block), f"{of}{number or '1'}", name == "asks")


def as_mail(block: str) -> Mail:
    subject = re.search(r"^Subject: (.*)$", block, re.MULTILINE)
    message = EmailMessage()
    message["From"], message["To"] = "Sam Person <sam@police.example>", US
    message["Subject"] = subject[1] if subject else ""
    message.set_content(re.sub(r"^Subject: .*\n?", "", block.strip(), count=1, flags=re.MULTILINE))
    return parse(message.as_bytes())


def real() -> Iterable[Example]:
    """Those of tests/corpus/mails that got the form, and those whose words are of another kind."""
    for path in sorted((EXAMPLES.parent / "mails").glob("*.eml")):
        kind = json.loads(path.with_suffix(".json").read_text("utf-8"))["kind"]
        if kind == "form_request" or kind in SPOKEN:
            yield Example(parse(path.read_bytes()), "mails", kind == "form_request")
