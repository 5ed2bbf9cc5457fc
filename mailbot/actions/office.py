"""What every action needs: the settings, the words, the form and the letters, loaded once."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailbot import criteria, outcomes
from mailbot.bank_holidays import BankHolidays
from mailbot.criteria import Published
from mailbot.encoder import Encoder
from mailbot.errors import UserError
from mailbot.letters import Attachment, Letters
from mailbot.outcomes import Outcomes
from mailbot.secure import SecureList
from mailbot.settings import Settings
from mailbot.wordlists import WordList
from parsers import Form, FormError
from parsers.write import BLANK_FILES

_WORD_LISTS = (
    "form_request", "not_a_request", "danger", "note",
    "sensitive", "withdrawal", "unreadable", "more_information", "status",
    "likeness", "senses",
)  # fmt: skip


@dataclass(frozen=True)
class Office:
    """The configuration, ready to be used; it does not change while mailbot runs."""

    settings: Settings
    letters: Letters
    form: Form
    blanks: tuple[Attachment, ...]
    outcomes: Outcomes
    words: Mapping[str, WordList]
    encoder: Encoder
    published: Published
    bank_holidays: BankHolidays
    secure: SecureList

    def is_secure(self, address: str) -> bool:
        """Whether an outcome may go to this address: its domain is on the secure list, or is set to be."""
        return replace(self.secure, domains=self.secure.domains | set(self.settings.referrals.also_secure)).has(address)

    @classmethod
    def open(cls, settings: Settings) -> Office:
        """Load everything from the configuration folder; raises one UserError with every problem."""
        folder = settings.folder
        parts: dict[str, Callable[[], Any]] = {
            "form": lambda: Form.load(settings.form_folder),
            "letters": lambda: Letters(settings),
            "outcomes": lambda: outcomes.load(folder),
            "secure": lambda: SecureList.load(folder),
            "bank_holidays": lambda: BankHolidays.load(folder),
            "published": lambda: criteria.load(folder),
            "words": lambda: _word_lists(folder / "words"),
            "encoder": lambda: Encoder(folder / "words"),
        }
        found, problems = {}, list[str]()
        for name, load in parts.items():
            try:
                found[name] = load()
            except FormError as error:
                problems.append(str(error))
            except UserError as error:
                problems.extend(error.problems)
        problems.extend(
            f"{settings.form_folder / file}: is missing; `mailbot form --build` makes it"
            for file in BLANK_FILES
            if not (settings.form_folder / file).is_file()
        )
        if problems:
            raise UserError(*problems)
        return cls(settings=settings, blanks=blanks(settings.form_folder), **found)


def _word_lists(folder: Path) -> Mapping[str, WordList]:
    found, problems = {}, list[str]()
    for name in _WORD_LISTS:
        try:
            found[name] = WordList.load(folder / f"{name}.toml")
        except UserError as error:
            problems.extend(error.problems)
    if problems:
        raise UserError(*problems)
    return found


def blanks(folder: Path) -> tuple[Attachment, ...]:
    """The kept blank forms, as attachments."""
    return tuple(
        Attachment(name, mimetypes.guess_type(name)[0] or "application/octet-stream", (folder / name).read_bytes())
        for name in BLANK_FILES
    )
