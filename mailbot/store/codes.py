"""Codes: the short words that prove an answer to a staff letter, each issued to one recipient with one letter."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from mailbot.store.tables import code, letter

#: without vowels, and without what looks like something else: no code is a word, and each can be read out
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


class Codes:
    """Codes, through one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def new(self) -> str:
        """A code that nobody can guess, such as "7KQM-3XWP"; it counts once it is kept."""
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
        return f"{drawn[:4]}-{drawn[4:]}"

    def keep(self, new: str, letter_id: int, recipient: str) -> None:
        """The code went out in this letter: from now on it counts, from this address alone."""
        row = {"code": new, "letter_id": letter_id, "recipient": recipient.lower()}
        self._connection.execute(sa.insert(code).values(row))

    def issued(self, codes: Collection[str]) -> Sequence[sa.RowMapping]:
        """Those of these codes that were issued: `recipient` and the letter, the newest first."""
        if not codes:
            return []
        query = (
            sa.select(
                code.c.recipient, letter.c.id, letter.c.name, letter.c.state, letter.c.cause, letter.c.referral_id
            )
            .join(letter, letter.c.id == code.c.letter_id)
            .where(code.c.code.in_(codes))
            .order_by(letter.c.id.desc())
        )
        return self._connection.execute(query).mappings().all()
