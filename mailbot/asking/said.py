"""Looking for the phrases of a wording list in what a person wrote now."""

from __future__ import annotations

import re

from mailbot.mail import Mail
from mailbot.newwords import is_passed_on
from mailbot.understood import Known

_ANSWERS = re.compile(r"^(?:\s*\[[^\]]{1,30}\]:?|\s*ext\w*:)*\s*(?:re|aw|sv)\s*:", re.IGNORECASE)


def said(mail: Mail, known: Known, file: str, *lists: str) -> str:
    """The first phrase of these lists that stands in the subject, without its tags, or in the new words."""
    wording = known.words[file]
    text = f"{mail.about}\n\n{mail.words}"
    return next((phrase for name in lists if (phrase := wording.said(name, text))), "")


def is_short(mail: Mail, words: int) -> bool:
    """Whether so few new words were written that what they say is all they say."""
    return len(mail.words.split()) <= words


def heading(mail: Mail) -> str:
    """The subject, and in front of it "re:" where it answers a mail, "fw:" where it passes one on."""
    mark = "fw: " if is_passed_on(mail.subject) else "re: " if is_answer(mail) else ""
    return f"{mark}{mail.about}"


def is_answer(mail: Mail) -> bool:
    """Whether it answers another mail, by its thread or its subject."""
    return bool(mail.thread) or bool(_ANSWERS.match(mail.subject))
