"""The words of the blank Word document by which it is known, and those that stand where nothing is answered yet."""

from __future__ import annotations

#: Begins the document's subject; the form's version follows.
SUBJECT = "mailbot-form;"

TYPE_HERE, CHOOSE_ONE, GIVE_DATE = "‹type here›", "‹choose one›", "‹date›"

#: What stands in an unanswered control, ours first; programs leave these words beside or inside answers.
PLACEHOLDERS = (
    TYPE_HERE, CHOOSE_ONE, GIVE_DATE,
    "Click or tap here to enter text.", "Choose an item.", "Click or tap to enter a date.",
)  # fmt: skip
