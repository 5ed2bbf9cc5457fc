"""Quoted replies with their expected output: the fixtures of Discourse's email_reply_trimmer."""

from __future__ import annotations

import re
from typing import Any

from bench.mail.corpus import CORPUS
from mailbot.newwords import new_words

FOLDER = CORPUS / "email-reply-trimmer" / "test"
RIGHT = 0.95


def trimmed() -> dict[str, Any]:
    """How many are right; quoted lines and runs of blank lines do not count: new words have none."""
    wrong, count = [], 0
    for path in sorted((FOLDER / "emails").glob("*.txt")):
        count += 1
        expected = (FOLDER / "trimmed" / path.name).read_text("utf-8")
        if _plain(new_words(path.read_text("utf-8"))) != _plain(expected):
            wrong.append(path.stem)
    return {"replies": count, "wrong": wrong, "right": round(1 - len(wrong) / count, 4) if count else 1.0}


def _plain(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n") if not line.lstrip().startswith(">")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
